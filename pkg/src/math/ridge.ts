/** What {@link ridge} finds. */
export interface RidgeFit {
  /** `b`. */
  intercept: number;
  /** `β`, one number for each column. */
  coefficients: number[];
  /**
   * The weighted share of the variance that the fit explains,
   * `1 − Σ w (y − b − xβ)² / Σ w (y − ȳ)²`; 1 if all `y` are equal.
   */
  r2: number;
}

/**
 * Ridge regression with weighted rows (Hoerl & Kennard 1970): the `b` and `β` that minimize
 * `Σᵢ wᵢ (yᵢ − b − xᵢβ)² + α ‖β‖²`. The intercept is not penalized.
 *
 * @param rows One `x` for each row, all of the same length.
 * @param targets One `y` for each row.
 * @param weights One `w` for each row, 0 or more, and not all 0.
 * @param alpha `α`, above 0, so that there is one solution even if columns depend on each other.
 */
export function ridge(
  rows: readonly (readonly number[])[],
  targets: readonly number[],
  weights: readonly number[],
  alpha: number,
): RidgeFit {
  const total = sum(weights);
  const mean = (of: (index: number) => number) => sum(weights.map((w, i) => w * of(i))) / total;
  const columns = rows[0]?.length ?? 0;
  const center = Array.from({ length: columns }, (_, j) => mean((i) => at(rows, i, j)));
  const middle = mean((i) => targets[i] as number);
  // With centered columns, (XᵀWX + αI) β = XᵀWy.
  const x = (i: number, j: number) => at(rows, i, j) - (center[j] as number);
  const y = (i: number) => (targets[i] as number) - middle;
  const weighted = (of: (i: number) => number) => sum(weights.map((w, i) => w * of(i)));
  const matrix = center.map((_, j) =>
    center.map((_, l) => weighted((i) => x(i, j) * x(i, l)) + (j === l ? alpha : 0)),
  );
  const coefficients = solved(
    matrix,
    center.map((_, j) => weighted((i) => x(i, j) * y(i))),
  );
  const fitted = (i: number) => sum(coefficients.map((c, j) => c * x(i, j)));
  const variance = weighted((i) => y(i) ** 2);
  const left = weighted((i) => (y(i) - fitted(i)) ** 2);
  return {
    intercept: middle - sum(coefficients.map((c, j) => c * (center[j] as number))),
    coefficients,
    r2: variance === 0 ? 1 : 1 - left / variance,
  };
}

/** The solution of `A x = b` for a symmetric, positive definite `A`, by Cholesky's `A = L Lᵀ`. */
function solved(a: readonly (readonly number[])[], b: readonly number[]): number[] {
  const l: number[][] = [];
  for (let i = 0; i < b.length; i++) {
    const row: number[] = [];
    for (let j = 0; j <= i; j++) {
      const other = j === i ? row : (l[j] as number[]);
      const left = at(a, i, j) - sum(other.slice(0, j).map((v, k) => v * (row[k] as number)));
      row.push(j === i ? Math.sqrt(left) : left / (other[j] as number));
    }
    l.push(row);
  }
  const z: number[] = [];
  for (const [i, row] of l.entries()) {
    const known = sum(z.map((v, k) => v * (row[k] as number)));
    z.push(((b[i] as number) - known) / (row[i] as number));
  }
  const result = [...z];
  for (let i = b.length - 1; i >= 0; i--) {
    let left = z[i] as number;
    for (let k = i + 1; k < b.length; k++) left -= at(l, k, i) * (result[k] as number);
    result[i] = left / at(l, i, i);
  }
  return result;
}

function at(rows: readonly (readonly number[])[], i: number, j: number): number {
  return rows[i]?.[j] as number;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}
