import type { HeadPattern } from 'shotglass/experiments';

/** How much each head follows each pattern. */
export interface HeadsFigure {
  experiment: 'heads';
  /** Empty: no answer is looked at. */
  about: string;
  isFree: boolean;
  layers: number;
  heads: number;
  patterns: Readonly<Record<HeadPattern, PatternScores>>;
}

export interface PatternScores {
  /** Number of tokens that have a target. */
  count: number;
  /** By layer, then by head; null if no token has a target. */
  scores: readonly number[] | null;
  /** What attention to all tokens alike would give. */
  chance: number | null;
}

/** A head by its layer and its place in it, both from 1. */
export interface Head {
  layer: number;
  head: number;
  score: number;
}

/** The heads that follow a pattern most, from the first. */
export function strongest(
  { heads, patterns }: HeadsFigure,
  pattern: HeadPattern,
  count: number,
): Head[] {
  const all = (patterns[pattern].scores ?? []).map((score, i) => {
    return { layer: Math.floor(i / heads) + 1, head: (i % heads) + 1, score };
  });
  return all.sort((a, b) => b.score - a.score).slice(0, count);
}
