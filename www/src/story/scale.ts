/** What the GPT-3 paper printed: a score at zero, one and few shots; null where it is not at hand. */
export type Scores = readonly [zero: number | null, one: number | null, few: number | null];

export interface ScaledTask {
  id: 'addition' | 'trivia' | 'lambada' | 'superglue';
  large: Scores;
  small: Scores;
}

/**
 * Brown et al. 2020, arXiv 2005.14165. 175B: Tables 3.2, 3.3, 3.8 and 3.9. 125M: transcribed from
 * Table H.1. Percent; accuracy but for SuperGLUE, which is the average of its tasks.
 */
export const scaledTasks: readonly ScaledTask[] = [
  { id: 'addition', large: [76.9, 99.6, 100.0], small: [0.7, 2.0, 2.0] },
  { id: 'trivia', large: [64.3, 68.0, 71.2], small: [4.15, 4.19, 6.96] },
  { id: 'lambada', large: [76.2, 72.5, 86.4], small: [42.7, 22.0, 22.0] },
  { id: 'superglue', large: [null, null, 71.8], small: [40.6, 54.4, 50.2] },
];

/** As the paper prints them: two decimals where it has two. */
export function formatScore(score: number | null): string {
  if (score === null) return '–';
  return Number.isInteger(score * 10) || Math.abs(score * 10 - Math.round(score * 10)) < 1e-9
    ? score.toFixed(1)
    : score.toFixed(2);
}
