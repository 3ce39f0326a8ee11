/** Minimization of smooth functions. */

/** A function that writes its gradient at a point and returns its value there. */
export type Objective = (at: Float64Array, gradient: Float64Array) => number;

/** Where a minimization ended. */
export interface Minimum {
  at: Float64Array;
  value: number;
  /** Whether no component of the gradient exceeds the tolerance. */
  isConverged: boolean;
}

interface Pair {
  /** The difference of two points. */
  s: Float64Array;
  /** The difference of the gradients there. */
  y: Float64Array;
  /** `1 / sᵀy`. */
  rho: number;
}

/** Number of pairs that the curvature is estimated from. */
const MEMORY = 10;
/** The decrease that a step must bring, as a share of what the slope promises (Armijo 1966). */
const DECREASE = 1e-4;
/** Halvings of a step after which it is too short to change the point. */
const HALVINGS = 50;

/**
 * Minimizes a smooth function by L-BFGS (Nocedal & Wright 2006, algorithms 7.4 and 7.5), with steps that are
 * halved until they decrease the function enough. Of a convex function this finds the global minimum.
 *
 * @param tolerance The largest component that the gradient may have at the minimum.
 */
export function minimize(
  objective: Objective,
  start: Float64Array,
  tolerance = 1e-8,
  iterations = 1000,
): Minimum {
  let at = Float64Array.from(start);
  let gradient = new Float64Array(at.length);
  let value = objective(at, gradient);
  const pairs: Pair[] = [];
  for (let i = 0; i < iterations && largest(gradient) > tolerance; i++) {
    const direction = descent(gradient, pairs);
    const slope = dot(direction, gradient);
    const next = new Float64Array(at.length);
    const nextGradient = new Float64Array(at.length);
    // Without a curvature the length of the gradient says nothing about the distance to the minimum.
    let step = pairs.length > 0 ? 1 : Math.min(1, 1 / Math.sqrt(-slope));
    let nextValue = Number.POSITIVE_INFINITY;
    for (let halvings = 0; halvings <= HALVINGS; halvings++, step /= 2) {
      for (let j = 0; j < at.length; j++) next[j] = n(at, j) + step * n(direction, j);
      nextValue = objective(next, nextGradient);
      if (nextValue <= value + DECREASE * step * slope) break;
    }
    // Rounding hides what is left to gain.
    if (!(nextValue < value)) break;
    const s = next.map((x, j) => x - n(at, j));
    const y = nextGradient.map((x, j) => x - n(gradient, j));
    const curvature = dot(s, y);
    if (curvature > 0) pairs.push({ s, y, rho: 1 / curvature });
    if (pairs.length > MEMORY) pairs.shift();
    [at, gradient, value] = [next, nextGradient, nextValue];
  }
  return { at, value, isConverged: largest(gradient) <= tolerance };
}

/** Minus the gradient times the estimated inverse of the Hessian: the two loops of algorithm 7.4. */
function descent(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const q = gradient.map((x) => -x);
  const alphas: number[] = [];
  for (const { s, y, rho } of [...pairs].reverse()) {
    const alpha = rho * dot(s, q);
    alphas.unshift(alpha);
    addTo(q, y, -alpha);
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = 1 / (last.rho * dot(last.y, last.y));
    for (let j = 0; j < q.length; j++) q[j] = scale * n(q, j);
  }
  for (const [i, { s, y, rho }] of pairs.entries()) {
    addTo(q, s, n(alphas, i) - rho * dot(y, q));
  }
  return q;
}

function addTo(sum: Float64Array, row: Float64Array, factor: number): void {
  for (let j = 0; j < sum.length; j++) sum[j] = n(sum, j) + factor * n(row, j);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += n(a, j) * n(b, j);
  return sum;
}

function largest(row: Float64Array): number {
  return row.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
}

function n(row: ArrayLike<number>, index: number): number {
  return row[index] as number;
}
