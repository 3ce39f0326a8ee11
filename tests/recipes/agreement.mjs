// How far a server that computes in 32 bits may be from the model here, whose activations have 16; and how far it is.
//
// The largest divergence of 16 bits from float32 on the prompts of `tests/golden` is 6.2e-7 nats (README). It is half the
// mean square of the differences of the log-probabilities, KL ≈ ½ Σ pᵢ δᵢ², so δ is typically √(2 KL) there or less.
// Rounding adds up from thousands of products, so δ is near normal, and the largest of n is about √(2 ln n) of the typical.
// The server's own rounding is inside of that: a sum of up to 1,536 products in 32 bits has a relative error of about
// √1536 · 2⁻²⁴, whatever the order in which a batch makes it add them, which is a sixth of the 2⁻¹⁶ of our codes.

/** The root mean square difference of a log-probability, in nats. */
export const TYPICAL = Math.sqrt(2 * 6.2e-7);

/** The largest of so many. */
export const largestOf = (count) => TYPICAL * Math.sqrt(2 * Math.log(count));

/** Differences of numbers: how many they are, the root of the mean square, and the largest. */
export function spread(differences) {
  const squares = differences.reduce((sum, x) => sum + x * x, 0);
  const rms = Math.sqrt(squares / differences.length);
  const largest = differences.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return { count: differences.length, rms, largest };
}

/**
 * Two evaluations of the same rows, label by label: the differences of the log-probabilities, the rows that have the same
 * answer, and those that have another although the two best labels are further apart than `bound` in the first.
 */
export function compared(own, other, bound) {
  const differences = [];
  const rows = { all: 0, same: 0, wrong: [] };
  for (const [c, cell] of own.cells.entries()) {
    for (const [r, row] of cell.rows.entries()) {
      const theirs = other.cells[c].rows[r];
      const labels = row.classification.labels.map(({ logprob }) => logprob);
      for (const [i, logprob] of labels.entries()) {
        differences.push(theirs.classification.labels[i].logprob - logprob);
      }
      const [best, second] = labels.toSorted((a, b) => b - a);
      rows.all += 1;
      if (theirs.predicted === row.predicted) rows.same += 1;
      else if (best - second > bound) rows.wrong.push({ shots: cell.shots, row: r });
    }
  }
  return { ...spread(differences), rows };
}
