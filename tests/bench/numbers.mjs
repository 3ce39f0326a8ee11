// From many samples to one number and its spread.

/** `{ median, least, most, count }` of numbers; null of none. */
export function summary(values) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median =
    sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, least: sorted[0], most: sorted[sorted.length - 1], count: sorted.length };
}

/** The summary of one key of the samples of a subject. */
export function of(result, key) {
  const samples = result?.samples ?? [];
  return summary(samples.map((sample) => sample[key]).filter((value) => value !== undefined));
}

/** The median alone; NaN where there is none, so that a ratio with it is none either. */
export function median(result, key) {
  return of(result, key)?.median ?? Number.NaN;
}
