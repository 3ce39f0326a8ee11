/** How much of the difference between two prompts the states at each layer and token carry. */
export interface PatchFigure {
  experiment: 'patch';
  /** The answer that is looked at. */
  about: string;
  isFree: boolean;
  /** Whether the other prompt is the pinned one, and not this one with other outputs. */
  isPinned: boolean;
  /** P(answer) after the present prompt, from which states are taken. */
  from: number;
  /** P(answer) after the other prompt, into which they are put. */
  into: number;
  /** Number of tokens of each prompt. */
  tokens: { from: number; into: number };
  /** Those of the grid, in ascending order. */
  layers: readonly number[];
  rows: readonly PatchRow[];
}

/** A token of the other prompt, or some neighboring ones. */
export interface PatchRow {
  tokens: readonly Uint8Array[];
  /** Whether the tokens are other ones in the two prompts. */
  differs: boolean;
  /** By layer of the grid: a share of the difference. Null where the overview has not come to it. */
  shares: readonly (number | null)[];
  /** By layer, whether the share is that of a wider stretch, until its own is known. */
  isWide: readonly boolean[];
}

/** What is to be seen in a whole grid: the tokens that carry most at first, and where the last token takes over. */
export function carriersOf({ rows, layers }: PatchFigure): {
  /** Index of the row that carries most on average in the lower half of the layers, but the last row. */
  row: number;
  /** The most that it carries there. */
  share: number;
  /** The lowest layer from which on the last token carries more than half; null if there is none. */
  arrives: number | null;
} | null {
  if (rows.some(({ shares, isWide }) => shares.includes(null) || isWide.includes(true)))
    return null;
  const last = layers.at(-1) ?? 0;
  const lower = layers.map((layer, i) => ({ layer, i })).filter(({ layer }) => 2 * layer <= last);
  const means = rows
    .slice(0, -1)
    .map(({ shares }) => lower.reduce((sum, { i }) => sum + (shares[i] ?? 0), 0));
  const row = means.indexOf(Math.max(...means));
  const ending = rows.at(-1)?.shares ?? [];
  const under = ending.findLastIndex((share) => (share ?? 0) <= 0.5);
  const arrives = layers[under + 1] ?? null;
  if (row < 0) return null;
  return { row, share: Math.max(...lower.map(({ i }) => rows[row]?.shares[i] ?? 0)), arrives };
}
