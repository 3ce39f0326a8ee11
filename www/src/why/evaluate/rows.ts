import type { Demonstration, Label } from 'shotglass';
import { holdOut } from 'shotglass/experiments';

/** The most rows that a page evaluates. */
export const mostRows = 5000;

interface Parted {
  train: readonly Demonstration[];
  /** Null where nothing is held out. */
  test: readonly Demonstration[] | null;
}

let last: { of: string; parted: Parted } | null = null;

/**
 * The table with so many rows held out, at least one of which stays. The same is the same object: the page asks for it
 * each time that it is drawn.
 */
export function parted(pool: readonly Demonstration[], count: number, hasLabels: boolean): Parted {
  const most = Math.min(count, pool.length - 1);
  if (most < 1) return { train: pool, test: null };
  const of = JSON.stringify([most, hasLabels, pool]);
  if (last?.of !== of) last = { of, parted: holdOut(pool, most, { stratified: hasLabels }) };
  return last.parted;
}

/** Why rows are not evaluated. */
export interface LeftOut {
  /** Their input is that of a demonstration: a model that may have seen the answer proves nothing. */
  seen: readonly Demonstration[];
  /** Their output is none of the labels. */
  unknown: readonly Demonstration[];
  /** There are more than a page evaluates. */
  surplus: number;
}

/** The rows that can be evaluated, and those that cannot. `labels` is null in free text. */
export function usable(
  rows: readonly Demonstration[],
  pool: readonly Demonstration[],
  labels: readonly Label[] | null,
): { rows: Demonstration[]; leftOut: LeftOut } {
  const shown = new Set(pool.map(({ input }) => input.trim()));
  const names =
    labels &&
    new Set(labels.flatMap(({ name, words }) => [name, ...words.map((word) => word.trimStart())]));
  const seen: Demonstration[] = [];
  const unknown: Demonstration[] = [];
  const left: Demonstration[] = [];
  for (const row of rows) {
    const output = row.output.trim();
    if (shown.has(row.input.trim())) seen.push(row);
    else if (output === '' || (names && !names.has(output))) unknown.push(row);
    else left.push({ input: row.input, output });
  }
  return { rows: left, leftOut: { seen, unknown, surplus: Math.max(0, left.length - mostRows) } };
}

/** The rows that two prompts can be asked: neither of them shows one. */
export function rowsOfPair(
  { train, isFree, labels }: Shows & { isFree: boolean; labels: readonly Label[] },
  pinned: Shows & { rows: readonly Demonstration[] },
): ReturnType<typeof usable> {
  return usable(pinned.rows, [...pinned.train, ...train], isFree ? null : labels);
}

interface Shows {
  train: readonly Demonstration[];
}

const inputNames = [
  'input',
  'text',
  'sentence',
  'question',
  'query',
  'prompt',
  'review',
  'context',
  'x',
];
const outputNames = [
  'output',
  'label',
  'answer',
  'target',
  'completion',
  'class',
  'sentiment',
  'y',
];

/** Which columns are meant, by their names, else by their places. */
export function guessColumns(columns: readonly string[]): { input: string; output: string } {
  const byName = (names: readonly string[]) =>
    names.flatMap(
      (name) => columns.find((column) => column.trim().toLowerCase() === name) ?? [],
    )[0];
  const named = byName(outputNames);
  const input = byName(inputNames) ?? columns.find((column) => column !== named) ?? '';
  return { input, output: named ?? columns.find((column) => column !== input) ?? '' };
}
