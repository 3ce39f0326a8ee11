/** The statistics of evaluations, as pure functions of numbers. */
import { integer, invalid, number } from '../util/validate.js';

/** A confidence interval. */
export interface Interval {
  low: number;
  high: number;
}

/** A fraction of correct rows, with its confidence interval. */
export interface Accuracy {
  /** Number of rows. */
  n: number;
  /** Number of correct rows. */
  correct: number;
  /** `correct / n`, from 0 to 1. */
  accuracy: number;
  /** The 95 % interval by {@link wilson}. */
  interval: Interval;
}

/** One bin of a reliability diagram: mean confidence and accuracy of its rows. */
export interface ReliabilityBin {
  /** Lower end, exclusive; the first bin also includes 0. */
  from: number;
  /** Upper end, inclusive. */
  to: number;
  /** Number of rows in the bin. */
  n: number;
  /** Mean confidence, 0 to 1; null for an empty bin. */
  confidence: number | null;
  /** Fraction of correct rows, 0 to 1; null for an empty bin. */
  accuracy: number | null;
}

/** Of the normal distribution, 95 % lies within this many standard deviations. */
const Z = 1.959964;

/**
 * The 95 % Wilson score interval of a proportion (Wilson 1927, JASA 22:209–212):
 *
 * ```text
 * (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)
 * ```
 *
 * It lies between 0 and 1, and has a width even if no or every trial succeeds.
 *
 * @param successes Number of successes, from 0 to `n`. As a mean it need not be an integer.
 * @param n Number of trials, 1 or more.
 * @throws {@link ShotglassError} `invalid-option`.
 */
export function wilson(successes: number, n: number): Interval {
  integer('n', n, 1);
  const p = number('successes', successes, 0, n) / n;
  const z2 = Z * Z;
  const middle = p + z2 / (2 * n);
  const half = Z * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  const scale = 1 + z2 / n;
  // The bounds of none and of all are 0 and 1 exactly, but for the last digit of the roots.
  return {
    low: successes === 0 ? 0 : (middle - half) / scale,
    high: successes === n ? 1 : (middle + half) / scale,
  };
}

/**
 * The fraction of correct rows, with its 95 % interval.
 *
 * @throws {@link ShotglassError} `invalid-option` if there are no rows.
 */
export function accuracy(correct: readonly boolean[]): Accuracy {
  const n = some('correct', correct).length;
  const right = correct.filter(Boolean).length;
  return { n, correct: right, accuracy: right / n, interval: wilson(right, n) };
}

/**
 * How two prompts answered the same rows, by number of rows. As means over several pairs of prompts the
 * numbers need not be integers.
 */
export interface PairedCounts {
  /** Rows on which both are correct. */
  both: number;
  /** Rows on which only the first is correct. */
  onlyA: number;
  /** Rows on which only the second is correct. */
  onlyB: number;
  /** Rows on which neither is correct. */
  neither: number;
}

/**
 * The p-value of McNemar's exact test (McNemar 1947, Psychometrika 12:153–157): how probable it is that
 * rows on which two prompts differ are divided this unevenly, or more so, if each were as likely to favour
 * either. With `n = onlyA + onlyB` and `m` the smaller of the two it is
 *
 * ```text
 * min(1, 2 Σ_{i ≤ m} C(n, i) / 2ⁿ)
 * ```
 *
 * which is the exact form of Fagerland, Lydersen & Laake 2013 (BMC Medical Research Methodology 13:91). Rows
 * on which both are correct, or neither is, say nothing about which is better.
 *
 * @param onlyA Number of rows on which only the first is correct.
 * @param onlyB Number of rows on which only the second is correct.
 * @throws {@link ShotglassError} `invalid-option`.
 */
export function mcnemar(onlyA: number, onlyB: number): number {
  const least = Math.min(integer('onlyA', onlyA, 0), integer('onlyB', onlyB, 0));
  const n = onlyA + onlyB;
  // In logarithms: the terms of a thousand rows are smaller than any number.
  let term = -n * Math.LN2;
  let tail = 0;
  for (let i = 0; i <= least; i++) {
    tail += Math.exp(term);
    term += Math.log((n - i) / (i + 1));
  }
  return Math.min(1, 2 * tail);
}

/**
 * The 95 % interval of a difference of two accuracies on the same rows, the second minus the first
 * (Newcombe 1998, Statistics in Medicine 17:2635–2650, method 10). With the accuracies `a` and `b` and their
 * {@link wilson} intervals `a₋…a₊` and `b₋…b₊` it is
 *
 * ```text
 * b − a − √((b − b₋)² − 2φ (b − b₋)(a₊ − a) + (a₊ − a)²)
 * b − a + √((b₊ − b)² − 2φ (b₊ − b)(a − a₋) + (a − a₋)²)
 * ```
 *
 * where `φ` is the correlation of the two over the rows, corrected for continuity. It lies between −1 and 1,
 * and has a width even if the two never differ.
 *
 * @throws {@link ShotglassError} `invalid-option` if there are no rows.
 */
export function pairedInterval({ both, onlyA, onlyB, neither }: PairedCounts): Interval {
  for (const [name, count] of Object.entries({ both, onlyA, onlyB, neither }))
    number(name, count, 0, Number.MAX_SAFE_INTEGER);
  // Means of thirds add up to whole rows but for the last digit.
  const n = integer('the number of rows', Math.round(both + onlyA + onlyB + neither), 1);
  const [rightA, rightB] = [Math.min(n, both + onlyA), Math.min(n, both + onlyB)];
  const [a, b] = [rightA / n, rightB / n];
  const [ofA, ofB] = [wilson(rightA, n), wilson(rightB, n)];
  const product = both * neither - onlyA * onlyB;
  const corrected = product > 0 ? Math.max(0, product - n / 2) : product;
  const spread = Math.sqrt(rightA * (n - rightA) * rightB * (n - rightB));
  const phi = spread === 0 ? 0 : corrected / spread;
  const half = (x: number, y: number) => Math.sqrt(Math.max(0, x * x - 2 * phi * x * y + y * y));
  const difference = (onlyB - onlyA) / n;
  return {
    low: difference - half(b - ofB.low, ofA.high - a),
    high: difference + half(ofB.high - b, a - ofA.low),
  };
}

/**
 * The number of rows by gold and predicted class: `matrix[gold][predicted]`.
 *
 * @param gold Class of each row, from 0 to `classes − 1`.
 * @param predicted Predicted class of each row.
 * @param classes Number of classes.
 * @throws {@link ShotglassError} `invalid-option` if the arrays differ in length or an index is out of
 * range.
 */
export function confusionMatrix(
  gold: readonly number[],
  predicted: readonly number[],
  classes: number,
): number[][] {
  sameLength('predicted', predicted, gold);
  const matrix = Array.from({ length: classes }, () => Array<number>(classes).fill(0));
  for (const [i, own] of gold.entries()) {
    const row = matrix[integer('gold', own, 0, classes - 1)] as number[];
    const other = integer('predicted', predicted[i] ?? Number.NaN, 0, classes - 1);
    row[other] = (row[other] ?? 0) + 1;
  }
  return matrix;
}

/**
 * The F1 of each class, `2 TP / (2 TP + FP + FN)`, from a {@link confusionMatrix}. Null for a class that
 * neither occurs nor is predicted.
 */
export function f1(matrix: readonly (readonly number[])[]): (number | null)[] {
  return matrix.map((row, own) => {
    const right = row[own] ?? 0;
    const asGold = sum(row);
    const asPredicted = sum(matrix.map((other) => other[own] ?? 0));
    return asGold + asPredicted === 0 ? null : (2 * right) / (asGold + asPredicted);
  });
}

/**
 * The unweighted mean of the classes' F1.
 *
 * A class that neither occurs nor is predicted is left out, as in scikit-learn's
 * `f1_score(…, average='macro')`, which averages over the labels in `y_true` or `y_pred` and counts other
 * classes, as 0, only if they are named in `labels`. A class that occurs but is never predicted counts as
 * 0, as in scikit-learn.
 *
 * @throws {@link ShotglassError} `invalid-option` if the matrix has no rows.
 */
export function macroF1(matrix: readonly (readonly number[])[]): number {
  const known = f1(matrix).filter((value) => value !== null);
  return mean(some('matrix', known));
}

/**
 * The Brier score in its original form, for any number of classes (Brier 1950): the mean over the rows of
 * `Σ_c (p_c − [c is gold])²`. It ranges from 0 (certain and correct) to 2 (certain and wrong). For two
 * classes it is twice the score that often has this name.
 *
 * @param posteriors For each row, the probability of each class.
 * @param gold Class of each row.
 * @throws {@link ShotglassError} `invalid-option` if there are no rows, the arrays differ in length, or an
 * index is out of range.
 */
export function brier(posteriors: readonly (readonly number[])[], gold: readonly number[]): number {
  sameLength('posteriors', some('posteriors', posteriors), gold);
  return mean(
    posteriors.map((p, i) => {
      const own = integer('gold', gold[i] ?? Number.NaN, 0, p.length - 1);
      return sum(p.map((value, c) => (value - (c === own ? 1 : 0)) ** 2));
    }),
  );
}

/**
 * Sorts rows into bins of equal width by confidence (Guo et al. 2017, §2): bin `m` of `M` holds
 * confidences in `((m−1)/M, m/M]`, and the first bin also 0.
 *
 * @param confidences For each row, the probability of the prediction, 0 to 1.
 * @param correct For each row, whether the prediction is correct.
 * @param bins Number of bins. Default 10.
 * @throws {@link ShotglassError} `invalid-option` if the arrays differ in length or a confidence is out of
 * range.
 */
export function reliability(
  confidences: readonly number[],
  correct: readonly boolean[],
  bins = 10,
): ReliabilityBin[] {
  sameLength('correct', correct, confidences);
  integer('bins', bins, 1);
  const inside = Array.from({ length: bins }, () => ({ n: 0, confidence: 0, right: 0 }));
  for (const [i, confidence] of confidences.entries()) {
    const bin = Math.ceil(number('confidences', confidence, 0, 1) * bins) - 1;
    const own = inside[Math.max(0, bin)] as (typeof inside)[number];
    own.n += 1;
    own.confidence += confidence;
    own.right += correct[i] ? 1 : 0;
  }
  return inside.map(({ n, confidence, right }, bin) => ({
    from: bin / bins,
    to: (bin + 1) / bins,
    n,
    confidence: n > 0 ? confidence / n : null,
    accuracy: n > 0 ? right / n : null,
  }));
}

/**
 * The expected calibration error (Guo et al. 2017, equation 3), from 0 to 1: the mean distance between
 * accuracy and confidence over the bins of {@link reliability}, weighted by their number of rows.
 *
 * @throws {@link ShotglassError} `invalid-option` if there are no rows.
 */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  const n = integer('rows', sum(bins.map((bin) => bin.n)), 1);
  return sum(
    bins.map((bin) => (bin.n / n) * Math.abs((bin.accuracy ?? 0) - (bin.confidence ?? 0))),
  );
}

/**
 * Perplexity, `exp(−S/n)`: the number of equally likely tokens with the same mean log-probability.
 *
 * @param logprob `S`, the sum of the logprobs of all tokens, in nats.
 * @param tokens `n`, 1 or more.
 * @throws {@link ShotglassError} `invalid-option`.
 */
export function perplexity(logprob: number, tokens: number): number {
  return Math.exp(-logprob / integer('tokens', tokens, 1));
}

/**
 * Bits per byte, `−S / (n ln 2)`: a measure like perplexity that does not depend on the tokenizer.
 *
 * @param logprob `S`, the sum of the logprobs of all tokens, in nats.
 * @param bytes `n`, the length of their text in UTF-8, 1 or more.
 * @throws {@link ShotglassError} `invalid-option`.
 */
export function bitsPerByte(logprob: number, bytes: number): number {
  return -logprob / (integer('bytes', bytes, 1) * Math.LN2);
}

/**
 * The entropy `−Σ p ln p` of a distribution (Shannon 1948, §6), in nats, where `0 ln 0` is 0. Its `exp` is
 * the effective number of choices.
 *
 * @throws {@link ShotglassError} `invalid-option` if a probability is out of range.
 */
export function entropy(p: readonly number[]): number {
  return sum(p.map((value) => (number('p', value, 0, 1) === 0 ? 0 : -value * Math.log(value))));
}

/**
 * A text as {@link exactMatch} compares it: in lower case, without the 32 ASCII punctuation characters,
 * without leading and trailing whitespace, and with single spaces inside.
 */
export function normalizeAnswer(text: string): string {
  return text
    .toLowerCase()
    .replace(/[!-/:-@[-`{-~]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * Whether two texts are equal apart from case, ASCII punctuation and whitespace. This is the metric of
 * lm-evaluation-harness for TriviaQA (`exact_match` with `ignore_case` and `ignore_punctuation`), except
 * that the harness strips whitespace only at the beginning.
 */
export function exactMatch(text: string, gold: string): boolean {
  return normalizeAnswer(text) === normalizeAnswer(gold);
}

/**
 * The mean of some numbers.
 *
 * @throws {@link ShotglassError} `invalid-option` for none.
 */
export function mean(values: readonly number[]): number {
  return sum(some('values', values)) / values.length;
}

/**
 * The sample standard deviation, `√(Σ (x − mean)² / (n − 1))`; null for fewer than two values, which have
 * none.
 */
export function standardDeviation(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const middle = mean(values);
  return Math.sqrt(sum(values.map((value) => (value - middle) ** 2)) / (values.length - 1));
}

/** The sum of some numbers; of none it is 0. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function some<Value>(name: string, values: readonly Value[]): readonly Value[] {
  if (values.length > 0) return values;
  throw invalid(name, 'a non-empty array');
}

function sameLength(name: string, values: readonly unknown[], others: readonly unknown[]): void {
  if (values.length === others.length) return;
  throw invalid(name, `as long as the other array (${others.length})`);
}
