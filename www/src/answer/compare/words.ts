import type { Continuations } from 'shotglass';

/** A word after two prompts; null where it is not among the words that were found after one of them. */
export interface WordPair {
  text: string;
  a: number | null;
  now: number | null;
}

/** The words after two prompts beside each other, and of each prompt the probability of all others. */
export interface WordPairs {
  /** The words of both lists, the more probable in either first. */
  rows: readonly WordPair[];
  rest: { a: number; now: number };
}

/** How many words of each prompt are listed. */
const listed = 5;

export function wordPairs(a: Continuations, now: Continuations): WordPairs {
  const heads = [a, now].flatMap(({ words }) => words.slice(0, listed).map(({ text }) => text));
  const p = ({ words }: Continuations, text: string) =>
    words.find((word) => word.text === text)?.p ?? null;
  const rows = [...new Set(heads)]
    .map((text) => ({ text, a: p(a, text), now: p(now, text) }))
    .sort((x, y) => Math.max(y.a ?? 0, y.now ?? 0) - Math.max(x.a ?? 0, x.now ?? 0));
  const left = (of: 'a' | 'now') =>
    Math.max(0, 1 - rows.reduce((sum, row) => sum + (row[of] ?? 0), 0));
  return { rows, rest: { a: left('a'), now: left('now') } };
}
