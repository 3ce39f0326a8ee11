/** Rankings of rows by numbers. */

/** A row with what it is ranked by; null ranks last. */
export interface Ranked {
  index: number;
  score: number | null;
}

/**
 * The `k` rows with the highest scores in ascending order, so that the best stands next to the query. Of equal rows
 * the first one given counts as the better one.
 */
export function best(rows: readonly Ranked[], k: number): Ranked[] {
  const value = ({ score }: Ranked) => score ?? Number.NEGATIVE_INFINITY;
  // The sort is stable. A difference would be NaN for two rows without a score.
  const ranked = [...rows].sort(
    (a, b) => Number(value(a) < value(b)) - Number(value(a) > value(b)),
  );
  return ranked.slice(0, k).reverse();
}

/** The product of two vectors: of two of length 1 the cosine. */
export function product(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
