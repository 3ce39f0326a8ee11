/** Values that differ by less than this share of the largest are about equal. */
const slight = 0.1;

/** Whether values are about equal: of one sign, and nearly of one size. */
export function areAlike(values: readonly number[]): boolean {
  const sizes = values.map(Math.abs);
  const most = Math.max(...sizes);
  const isOneSign = values.every((value) => value > 0) || values.every((value) => value < 0);
  return isOneSign && most - Math.min(...sizes) < slight * most;
}
