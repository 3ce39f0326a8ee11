import {
  type ContinuationNode,
  type Continuations,
  continuations,
  type SpelledToken,
  type Word,
  type WordReader,
  wordGoesOn,
} from 'shotglass';
import type { Work } from '../../app/job.ts';

/** The words that a prompt goes on with, and those that they go on with in turn. */
export interface Tree {
  prompt: string;
  /** What was found behind the prompt and these words; `''` is the prompt alone. */
  branches: ReadonlyMap<string, Continuations>;
  /** Whether it is a record of the words behind the prompt: there is nothing to be found behind these. */
  isRecorded?: true;
}

/** How many words are listed behind the prompt, and behind a word. */
export const wordsListed = 5;

/** Looks for the next words of the prompt, then for those behind each path that is open. */
export function growth(
  model: Pick<WordReader, 'info' | 'logprobs' | 'vocabulary'>,
  prompt: string,
  open: readonly string[],
): Work<Tree> {
  return async function* ({ signal, before, report }) {
    let tree: Tree = before?.prompt === prompt ? before : { prompt, branches: new Map() };
    for (const path of ['', ...open]) {
      if (tree.branches.get(path)?.done) continue;
      const steps = continuations(model, prompt + path, { words: wordsListed, signal });
      for await (const { done, total, result } of steps) {
        report(done, total);
        // A search that is taken up again must not take back what is on the page.
        if ((tree.branches.get(path)?.predictions ?? 0) > result.predictions) continue;
        tree = { prompt, branches: new Map(tree.branches).set(path, result) };
        yield tree;
      }
    }
  };
}

/** One line of the tree. */
export interface TreeRow {
  kind: 'word' | 'rest' | 'wait';
  /** The prompt and this is what the row stands for; of a rest or a wait, what they come behind. */
  path: string;
  /** Null but for words. */
  word: Word | null;
  /** 1 behind the prompt. */
  level: number;
  position: number;
  size: number;
  /** Given all before it. */
  p: number;
  /** The most that `p` can grow to. */
  atMost: number;
  /** From the prompt on: the product along the path. */
  joint: number;
  /** Whether words may come behind it. */
  opens: boolean;
  open: boolean;
  /** Lines that a wait keeps free. */
  lines: number;
}

/** A branch given that the word before it has ended: words and rest sum to 1. */
export interface Branch {
  words: { word: Word; p: number; atMost: number }[];
  rest: number;
}

/**
 * What comes behind a word that has ended. The search behind it also finds longer words
 * (`' from'` goes on as `' fromage'`). They stand beside it and not below it, so with `E` the
 * probability that the word ends there, `P(next | word) = P(next) / E`.
 *
 * `E` is that of the word's usual spelling; where it is not known, the words found bound it from
 * above, so that each p stays a lower bound.
 */
export function branchBehind(word: Word, parent: Continuations, found: Continuations): Branch {
  const longer = found.words.filter(({ text }) => wordGoesOn(word.text, text));
  const next = found.words.filter(({ text }) => !wordGoesOn(word.text, text));
  const sum = next.reduce((sum, { p }) => sum + p, 0);
  const bound = 1 - longer.reduce((sum, { p }) => sum + p, 0);
  const ends = Math.max(sum, Math.min(bound, endsAfter(word, parent) ?? 1), Number.MIN_VALUE);
  const words = next.map((word) => ({
    word,
    p: word.p / ends,
    atMost: Math.min(1, word.atMost / ends),
  }));
  return { words, rest: Math.max(0, 1 - sum / ends) };
}

/** The probability that a word ends behind the tokens that most often spell it, where it was looked at. */
function endsAfter(word: Word, { tree }: Continuations): number | null {
  let node: ContinuationNode | undefined = tree;
  for (const { id } of word.spellings[0]?.tokens ?? []) {
    node = node?.children.find(({ token }) => token?.id === id);
  }
  return node && node.p > 0 ? node.ends / node.p : null;
}

/** The lines of a tree with these paths open, from the top. */
export function rowsOf(tree: Tree, open: ReadonlySet<string>): TreeRow[] {
  const root = tree.branches.get('');
  if (!root) return [waiting('', 1, 1, wordsListed + 1)];
  const words = root.words.map((word) => ({ word, p: word.p, atMost: word.atMost }));
  return rowsBehind(tree, open, root, { words, rest: root.rest }, '', 1, 1);
}

function rowsBehind(
  tree: Tree,
  open: ReadonlySet<string>,
  found: Continuations,
  { words, rest }: Branch,
  path: string,
  level: number,
  joint: number,
): TreeRow[] {
  const size = words.length + 1;
  const rows = words.flatMap(({ word, p, atMost }, index): TreeRow[] => {
    const at = path + word.text;
    const opens = !tree.isRecorded && /\S/.test(word.text);
    const row: TreeRow = {
      ...{ kind: 'word', path: at, word, level, position: index + 1, size, p, atMost },
      ...{ joint: joint * p, opens, open: opens && open.has(at), lines: 0 },
    };
    if (!row.open) return [row];
    const below = tree.branches.get(at);
    const children = below
      ? rowsBehind(tree, open, below, branchBehind(word, found, below), at, level + 1, row.joint)
      : [waiting(at, level + 1, row.joint, wordsListed + 1)];
    return [row, ...children];
  });
  const missing = found.done ? 0 : wordsListed - words.length;
  return [
    ...rows,
    ...(missing > 0 ? [waiting(path, level, joint, missing)] : []),
    {
      ...{ kind: 'rest', path, word: null, level, position: size, size, p: rest, atMost: rest },
      ...{ joint: joint * rest, opens: false, open: false, lines: 0 },
    },
  ];
}

function waiting(path: string, level: number, joint: number, lines: number): TreeRow {
  const nothing = { word: null, position: 1, size: 1, p: 0, atMost: 0, opens: false, open: false };
  return { ...nothing, kind: 'wait', path, level, joint, lines };
}

/** A word cut where its tokens end; in one piece where one ends inside a character, or behind the word. */
export function partsOf({ text, spellings }: Pick<Word, 'text' | 'spellings'>): string[] {
  const tokens: readonly SpelledToken[] = spellings[0]?.tokens ?? [];
  const parts = tokens.map((token) => token.text);
  return parts.join('') === text ? parts : [text];
}
