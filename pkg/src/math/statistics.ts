/** The figures of an evaluation. Pure: numbers in, numbers out; no model, no prompt. */
import { integer, invalid, number } from '../util/validate.js';

/** A range that a figure is in. */
export interface Interval {
  low: number;
  high: number;
}

/** A share of right answers, and how sure that share is. */
export interface Accuracy {
  /** Rows. */
  n: number;
  /** How many of them are right. */
  correct: number;
  /** `correct / n`, from 0 to 1. */
  accuracy: number;
  /** {@link wilson} of it: 95 %. */
  interval: Interval;
}

/** Of one bin of confidence: how sure the model was there, and how often it was right. */
export interface ReliabilityBin {
  /** The bin holds confidences above this, and the first bin also 0. */
  from: number;
  /** Up to this, which is in the bin. */
  to: number;
  /** Rows in the bin. */
  n: number;
  /** Mean confidence of them, from 0 to 1; null of none. */
  confidence: number | null;
  /** Share of them that is right, from 0 to 1; null of none. */
  accuracy: number | null;
}

/** Of the normal distribution, 95 % lies within this many standard deviations. */
const Z = 1.959964;

/**
 * The Wilson score interval, 95 %, of a share (Wilson 1927, JASA 22:209–212):
 *
 * ```text
 * (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)
 * ```
 *
 * It lies within 0 to 1 and has a width also where nothing, or everything, is right.
 *
 * @param successes How many, from 0 to `n`. May be a mean, and then need not be an integer.
 * @param n Of how many, 1 or more.
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
 * The share of rows that are right, with its interval.
 *
 * @throws {@link ShotglassError} `invalid-option` for no rows.
 */
export function accuracy(correct: readonly boolean[]): Accuracy {
  const n = some('correct', correct).length;
  const right = correct.filter(Boolean).length;
  return { n, correct: right, accuracy: right / n, interval: wilson(right, n) };
}

/**
 * How many rows of each class were taken for each class: `matrix[gold][predicted]`.
 *
 * @param gold Index of each row's class, from 0 to `classes − 1`.
 * @param predicted Index of the class that was predicted for it.
 * @throws {@link ShotglassError} `invalid-option` for lists of two lengths, or an index out of range.
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
 * The F1 of each class, `2 TP / (2 TP + FP + FN)`, from a {@link confusionMatrix}. Null for a class
 * that no row has and that was predicted for none: it has no F1.
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
 * The mean of the classes' F1, each class as heavy as the others.
 *
 * A class that no row has and that was predicted for none is left out. So does scikit-learn's
 * `f1_score(…, average='macro')`, which averages over the labels that occur in `y_true` or `y_pred`;
 * only where such a class is named in its `labels` does it count, as 0. A class that occurs and was
 * never predicted counts as 0, as there.
 *
 * @throws {@link ShotglassError} `invalid-option` for a matrix of no rows.
 */
export function macroF1(matrix: readonly (readonly number[])[]): number {
  const known = f1(matrix).filter((value) => value !== null);
  return mean(some('matrix', known));
}

/**
 * The Brier score in its first form, for any number of classes (Brier 1950): the mean over the rows of
 * `Σ_c (p_c − [c is gold])²`. From 0 for sure and right to 2 for sure and wrong; for two
 * classes it is twice what is often called by that name.
 *
 * @param posteriors Of each row, the probability of each class.
 * @param gold Index of each row's class.
 * @throws {@link ShotglassError} `invalid-option` for no rows, lists of two lengths, or an index out of
 * range.
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
 * Rows sorted into bins of equal width by how sure the model was (Guo et al. 2017, §2): bin `m` of `M`
 * holds confidences in `((m−1)/M, m/M]`, and the first also 0.
 *
 * @param confidences Of each row, the probability of what was predicted, from 0 to 1.
 * @param correct Whether that was right.
 * @param bins How many bins. Default 10.
 * @throws {@link ShotglassError} `invalid-option` for lists of two lengths, or a confidence out of range.
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
 * The expected calibration error (Guo et al. 2017, equation 3): the distance between accuracy and
 * confidence in each bin of a {@link reliability} table, weighted by the bin's rows. From 0 to 1.
 *
 * @throws {@link ShotglassError} `invalid-option` for no rows.
 */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  const n = integer('rows', sum(bins.map((bin) => bin.n)), 1);
  return sum(
    bins.map((bin) => (bin.n / n) * Math.abs((bin.accuracy ?? 0) - (bin.confidence ?? 0))),
  );
}

/**
 * Perplexity, `exp(−S/n)`: as unsure as a choice among this many tokens, each as likely.
 *
 * @param logprob `S`, the sum of the logprobs of all tokens, in nats.
 * @param tokens `n`, 1 or more.
 * @throws {@link ShotglassError} `invalid-option`.
 */
export function perplexity(logprob: number, tokens: number): number {
  return Math.exp(-logprob / integer('tokens', tokens, 1));
}

/**
 * Bits per byte, `−S / (n ln 2)`: what perplexity is without regard to how a tokenizer cuts.
 *
 * @param logprob `S`, the sum of the logprobs of all tokens, in nats.
 * @param bytes `n`, the length of their text in UTF-8, 1 or more.
 * @throws {@link ShotglassError} `invalid-option`.
 */
export function bitsPerByte(logprob: number, bytes: number): number {
  return -logprob / (integer('bytes', bytes, 1) * Math.LN2);
}

/**
 * The entropy `−Σ p ln p` of a distribution (Shannon 1948, §6), in nats; `0 ln 0` is 0. `exp` of it
 * is the effective number of choices.
 *
 * @throws {@link ShotglassError} `invalid-option` for a probability out of range.
 */
export function entropy(p: readonly number[]): number {
  return sum(p.map((value) => (number('p', value, 0, 1) === 0 ? 0 : -value * Math.log(value))));
}

/**
 * A text as {@link exactMatch} compares it: lower case, without the 32 punctuation characters of
 * ASCII, without whitespace at its ends, and with one space for each run of whitespace inside.
 */
export function normalizeAnswer(text: string): string {
  return text
    .toLowerCase()
    .replace(/[!-/:-@[-`{-~]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * Whether two texts are the same but for case, ASCII punctuation and whitespace: as lm-evaluation-harness
 * has it for TriviaQA (`exact_match` with `ignore_case` and `ignore_punctuation`), which strips
 * whitespace only at the beginning; here runs of it, and its place, never matter.
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
