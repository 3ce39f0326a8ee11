/** Numbers that only the element writes; those of an answer are written as everywhere. */

/** A difference of probabilities in percentage points, as small as it may be. */
export function formatPoints(difference: number): string {
  const points = Math.abs(difference) * 100;
  return points < 5e-7 ? '0' : String(Number(points.toPrecision(2)));
}
