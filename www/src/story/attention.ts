import type { Attention } from 'shotglass';

/**
 * How much the token attends to each token up to itself, as the mean over the heads of one layer
 * (from 0), or of all layers (null), or in one head (from 0) of one layer. One share for each,
 * `position + 1` of them; they sum to 1.
 */
export function sharesOf(
  attention: Attention,
  layer: number | null,
  head: number | null = null,
): Float64Array {
  const { layers, heads, position, weights } = attention;
  const length = position + 1;
  const isOne = layer !== null && head !== null;
  const first = layer === null ? 0 : layer * heads + (head ?? 0);
  const rows = layer === null ? layers * heads : isOne ? 1 : heads;
  const shares = new Float64Array(length);
  for (let row = first; row < first + rows; row++) {
    for (let i = 0; i < length; i++) {
      shares[i] = (shares[i] ?? 0) + (weights[row * length + i] ?? 0) / rows;
    }
  }
  return shares;
}

export interface Attended {
  index: number;
  share: number;
}

/** The first token, the token itself, then the others that it attends to most; and the rest of them. */
export function mostAttended(
  shares: Float64Array,
  count: number,
): { listed: Attended[]; rest: { count: number; share: number } } {
  const all = Array.from(shares, (share, index): Attended => ({ index, share }));
  const ends = new Set([0, all.length - 1]);
  const others = all.filter(({ index }) => !ends.has(index)).sort((a, b) => b.share - a.share);
  const listed = [...all.filter(({ index }) => ends.has(index)), ...others.slice(0, count)];
  const left = others.slice(count);
  return {
    listed,
    rest: { count: left.length, share: left.reduce((sum, { share }) => sum + share, 0) },
  };
}

/**
 * What the darkest tint stands for. The first token often takes so much that nothing else would
 * show: then it is left out of the scale, and marked.
 */
export function scaleOf(shares: Float64Array): { top: number; sink: boolean } {
  let others = 0;
  for (let i = 1; i < shares.length; i++) others = Math.max(others, shares[i] ?? 0);
  const first = shares[0] ?? 0;
  return shares.length > 1 && first > others
    ? { top: others, sink: true }
    : { top: Math.max(first, others), sink: false };
}
