/** Linear classifiers of rows of numbers: softmax regression, and prototypes. */
import { minimize } from './lbfgs.js';

/** A linear function of a row for each class; the largest value is the class that is predicted. */
export interface LinearClassifier {
  /** The weights of each class; null for a class that no training row has. */
  weights: (Float64Array | null)[];
  intercepts: number[];
}

/**
 * Fits multinomial logistic regression with ℓ2 regularization: the minimum over `W` and `b` of
 *
 * ```text
 * −Σ_rows ln softmax(W·x + b)[class] + strength/2 · ‖W‖²
 * ```
 *
 * The intercepts `b` are not regularized. This is what scikit-learn's `LogisticRegression` minimizes with
 * `C = 1/strength`, except that for two classes it has one weight vector in place of two opposite ones, whose
 * penalty is half as large: there `C = 2/strength` gives the same probabilities. A class without rows is never
 * predicted.
 *
 * The best weights are sums of rows, so they are sought in the space of the rows: a dozen rows of 576 numbers
 * have a dozen weights for each class.
 *
 * @param classOf The class of each row, from 0 to `classes − 1`.
 * @param strength A number above 0.
 */
export function softmaxRegression(
  all: readonly Float64Array[],
  classOf: readonly number[],
  classes: number,
  strength: number,
): LinearClassifier {
  const { basis, coordinates: rows } = inBasis(all);
  const present = [...new Set(classOf)].sort((a, b) => a - b);
  const size = rows[0]?.length ?? 0;
  const own = classOf.map((c) => present.indexOf(c));
  const stride = size + 1;
  // The weights of a class, then its intercept. The loss is divided by the number of rows, so that one
  // tolerance serves tables of all lengths.
  const objective = (at: Float64Array, gradient: Float64Array) => {
    let loss = 0;
    for (let j = 0; j < at.length; j++) {
      const isIntercept = j % stride === size;
      const penalized = isIntercept ? 0 : (strength * (at[j] as number)) / rows.length;
      gradient[j] = penalized;
      loss += (penalized * (at[j] as number)) / 2;
    }
    for (const [i, row] of rows.entries()) {
      const logits = present.map((_, c) => logit(at, c * stride, row));
      const p = softmax(logits);
      loss -= Math.log(Math.max(p[own[i] as number] as number, Number.MIN_VALUE)) / rows.length;
      for (const [c, value] of p.entries()) {
        const error = (value - (c === own[i] ? 1 : 0)) / rows.length;
        const start = c * stride;
        for (let j = 0; j < size; j++) {
          gradient[start + j] = (gradient[start + j] as number) + error * (row[j] as number);
        }
        gradient[start + size] = (gradient[start + size] as number) + error;
      }
    }
    return loss;
  };
  const start = new Float64Array(present.length * stride);
  // A single class is predicted whatever the weights.
  const { at } = present.length > 1 ? minimize(objective, start, 1e-7) : { at: start };
  const places = Array.from({ length: classes }, (_, c) => present.indexOf(c));
  return {
    weights: places.map((c) =>
      c < 0
        ? null
        : combined(basis, at.subarray(c * stride, c * stride + size), all[0]?.length ?? 0),
    ),
    intercepts: places.map((c) =>
      c < 0 ? Number.NEGATIVE_INFINITY : (at[c * stride + size] as number),
    ),
  };
}

/** What a row may have left outside of a basis, as a share of its length, to count as a sum of the basis. */
const ROUNDING = 1e-9;

/** An orthonormal basis of the space that rows span (Gram–Schmidt), and the rows in it. */
function inBasis(rows: readonly Float64Array[]): {
  basis: Float64Array[];
  coordinates: Float64Array[];
} {
  const basis: Float64Array[] = [];
  const shares = rows.map((row) => {
    const rest = Float64Array.from(row);
    const own = basis.map(() => 0);
    const least = ROUNDING * length(row);
    let [before, after] = [0, length(rest)];
    // What little is left of a row has lost digits, so its own shares are taken away once more.
    do {
      before = after;
      for (const [k, part] of basis.entries()) {
        const share = product(part, 0, rest);
        own[k] = (own[k] as number) + share;
        addTo(rest, part, -share);
      }
      after = length(rest);
    } while (after < before / 2 && after > least);
    if (after <= least) return own;
    basis.push(rest.map((x) => x / after));
    return [...own, after];
  });
  const coordinates = shares.map((own) => Float64Array.from(basis, (_, k) => own[k] ?? 0));
  return { basis, coordinates };
}

/** The sum of the rows of a basis, each with its weight. */
function combined(
  basis: readonly Float64Array[],
  weights: Float64Array,
  size: number,
): Float64Array {
  const sum = new Float64Array(size);
  for (const [k, part] of basis.entries()) addTo(sum, part, weights[k] as number);
  return sum;
}

/**
 * The classifier that predicts the class whose mean row is the most similar by its cosine (Snell et al. 2017,
 * with another distance). A class without rows is never predicted.
 */
export function prototypes(
  rows: readonly Float64Array[],
  classOf: readonly number[],
  classes: number,
): LinearClassifier {
  const size = rows[0]?.length ?? 0;
  const sums = Array.from({ length: classes }, () => new Float64Array(size));
  for (const [i, row] of rows.entries()) {
    const sum = sums[classOf[i] as number] as Float64Array;
    for (let j = 0; j < size; j++) sum[j] = (sum[j] as number) + (row[j] as number);
  }
  // The length of the row itself is the same for all classes, so it does not decide between them.
  const weights = sums.map((sum, c) => {
    if (!classOf.includes(c)) return null;
    const length = Math.hypot(...sum);
    return length > 0 ? sum.map((x) => x / length) : sum;
  });
  return { weights, intercepts: weights.map((row) => (row ? 0 : Number.NEGATIVE_INFINITY)) };
}

/** What a classifier says of a row: a number for each class, −∞ for one that has no training rows. */
export function scores({ weights, intercepts }: LinearClassifier, row: Float64Array): number[] {
  return weights.map((own, c) => {
    const intercept = intercepts[c] as number;
    return own ? intercept + product(own, 0, row) : intercept;
  });
}

/** `e^x / Σ e^x`. */
export function softmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits);
  const all = logits.map((x) => Math.exp(x - most));
  const total = all.reduce((sum, x) => sum + x, 0);
  return all.map((x) => x / total);
}

/** The mean of each column of some rows, and its standard deviation; 1 for a column that is constant. */
export interface Scale {
  mean: Float64Array;
  deviation: Float64Array;
}

/** The scale of rows, with `n` in the denominator of the variance. */
export function scaleOf(rows: readonly Float64Array[]): Scale {
  const size = rows[0]?.length ?? 0;
  const mean = new Float64Array(size);
  const deviation = new Float64Array(size);
  for (let j = 0; j < size; j++) {
    let sum = 0;
    for (const row of rows) sum += row[j] as number;
    const middle = sum / rows.length;
    let squares = 0;
    for (const row of rows) squares += ((row[j] as number) - middle) ** 2;
    mean[j] = middle;
    // Equal numbers may differ from their mean in the last digit.
    const own = Math.sqrt(squares / rows.length);
    deviation[j] = own > 1e-12 * Math.abs(middle) ? own : 1;
  }
  return { mean, deviation };
}

/** A row in units of the standard deviations from the means. */
export function standardized({ mean, deviation }: Scale, row: Float64Array): Float64Array {
  return row.map((x, j) => (x - (mean[j] as number)) / (deviation[j] as number));
}

function logit(at: Float64Array, start: number, row: Float64Array): number {
  return product(at, start, row) + (at[start + row.length] as number);
}

function product(weights: Float64Array, start: number, row: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < row.length; j++) sum += (weights[start + j] as number) * (row[j] as number);
  return sum;
}

function addTo(sum: Float64Array, row: Float64Array, factor: number): void {
  for (let j = 0; j < sum.length; j++) sum[j] = (sum[j] as number) + factor * (row[j] as number);
}

function length(row: Float64Array): number {
  return Math.sqrt(product(row, 0, row));
}
