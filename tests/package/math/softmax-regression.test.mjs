// The classifiers of the probe, against scikit-learn's recorded solutions (`scikit-learn.py`) and by their properties.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { minimize } from '../../../pkg/dist/math/lbfgs.js';
import {
  prototypes,
  scaleOf,
  scores,
  softmax,
  softmaxRegression,
  standardized,
} from '../../../pkg/dist/math/softmax-regression.js';

const { problems } = JSON.parse(readFileSync(new URL('scikit-learn.json', import.meta.url)));

function close(actual, expected, tolerance, what) {
  assert.equal(actual.length, expected.length, what);
  const off = Math.max(...Array.from(actual, (x, i) => Math.abs(x - expected[i])));
  assert.ok(off <= tolerance, `${what}: off by ${off}`);
}

function prepared({ rows }) {
  const raw = rows.map((row) => Float64Array.from(row));
  const scale = scaleOf(raw);
  return raw.map((row) => standardized(scale, row));
}

function fitted(problem, strength = problem.strength) {
  const rows = prepared(problem);
  const classes = problem.weights.length;
  return softmaxRegression(rows, problem.classOf, classes, strength);
}

for (const problem of problems) {
  test(`weights, intercepts and probabilities are scikit-learn's: ${problem.name}`, () => {
    const { weights, intercepts } = fitted(problem);
    for (const [c, own] of weights.entries()) close(own, problem.weights[c], 1e-4, `class ${c}`);
    // Only differences of intercepts are determined.
    const centred = (all) => all.map((x) => x - all.reduce((a, b) => a + b) / all.length);
    close(centred(intercepts), centred(problem.intercepts), 1e-4, 'intercepts');
    for (const [i, row] of prepared(problem).entries()) {
      const p = softmax(scores({ weights, intercepts }, row));
      close(p, problem.probabilities[i], 1e-4, `row ${i}`);
    }
  });
}

test('the order of the rows does not matter', () => {
  const [, problem] = problems;
  const order = [...problem.rows.keys()].sort((a, b) => ((a * 7) % 15) - ((b * 7) % 15));
  const permuted = {
    ...problem,
    rows: order.map((i) => problem.rows[i]),
    classOf: order.map((i) => problem.classOf[i]),
  };
  const [one, other] = [fitted(problem), fitted(permuted)];
  for (const [c, own] of one.weights.entries()) close(own, other.weights[c], 1e-5, `class ${c}`);
});

test('rows that are there twice weigh twice, as half the regularization would', () => {
  const [, problem] = problems;
  const twice = {
    ...problem,
    rows: [...problem.rows, ...problem.rows],
    classOf: [...problem.classOf, ...problem.classOf],
  };
  const [one, other] = [fitted(twice), fitted(problem, problem.strength / 2)];
  for (const [c, own] of one.weights.entries()) close(own, other.weights[c], 1e-5, `class ${c}`);
});

test('rows that are all alike have the shares of the classes', () => {
  const rows = [0, 0, 0].map(() =>
    standardized(scaleOf([Float64Array.of(5, 2)]), Float64Array.of(5, 2)),
  );
  const classifier = softmaxRegression(rows, [0, 0, 1], 2, 1);
  close(softmax(scores(classifier, rows[0])), [2 / 3, 1 / 3], 1e-6, 'shares');
  close(softmax(scores(classifier, Float64Array.of(1, 1))), [2 / 3, 1 / 3], 1e-6, 'elsewhere');
  const [first, second] = scores(prototypes(rows, [0, 0, 1], 2), rows[0]);
  assert.equal(first, second);
});

test('a class without rows is never predicted, and a single one always', () => {
  const rows = [
    [1, 2],
    [3, 1],
    [2, 2],
  ].map((row) => Float64Array.from(row));
  for (const classifier of [
    softmaxRegression(rows, [0, 2, 2], 3, 1),
    prototypes(rows, [0, 2, 2], 3),
  ]) {
    assert.equal(classifier.weights[1], null);
    const all = rows.map((row) => scores(classifier, row));
    assert.ok(
      all.every((each) => each[1] === Number.NEGATIVE_INFINITY && Number.isFinite(each[0])),
    );
  }
  for (const classifier of [
    softmaxRegression(rows, [1, 1, 1], 2, 1),
    prototypes(rows, [1, 1, 1], 2),
  ]) {
    for (const row of rows) {
      const [first, second] = scores(classifier, row);
      assert.ok(second > first);
    }
  }
});

test('prototypes are the classes with the most similar mean, whatever the length of a row', () => {
  const rows = [
    [1, 0],
    [3, 0.2],
    [0, 1],
    [-0.1, 5],
  ].map((row) => Float64Array.from(row));
  const classifier = prototypes(rows, [0, 0, 1, 1], 2);
  const cosine = (a, b) =>
    a.reduce((sum, x, j) => sum + x * b[j], 0) / Math.hypot(...a) / Math.hypot(...b);
  const means = [
    [2, 0.1],
    [-0.05, 3],
  ];
  for (const row of [
    [4, 3],
    [0.3, 0.4],
    [-1, -2],
  ]) {
    const own = Math.hypot(...row);
    const expected = means.map((mean) => cosine(row, mean));
    close(
      scores(classifier, Float64Array.from(row)).map((x) => x / own),
      expected,
      1e-12,
      String(row),
    );
  }
});

test('a column is in units of its standard deviation, and a constant one is 0', () => {
  const rows = [
    [1, 0.1],
    [3, 0.1],
    [5, 0.1],
  ].map((row) => Float64Array.from(row));
  const scale = scaleOf(rows);
  close(scale.mean, [3, 0.1], 1e-12, 'mean');
  close(scale.deviation, [Math.sqrt(8 / 3), 1], 1e-12, 'deviation');
  close(standardized(scale, rows[2]), [2 / Math.sqrt(8 / 3), 0], 1e-12, 'row');
});

test('L-BFGS finds the minimum of a badly scaled quadratic, and of a valley', () => {
  const scales = [1, 1e3, 1e-3, 50];
  const quadratic = (at, gradient) => {
    for (const [j, scale] of scales.entries()) gradient[j] = scale * (at[j] - j);
    return scales.reduce((sum, scale, j) => sum + (scale * (at[j] - j) ** 2) / 2, 0);
  };
  const found = minimize(quadratic, new Float64Array(4), 1e-9);
  assert.ok(found.isConverged);
  close(found.at, [0, 1, 2, 3], 1e-5, 'quadratic');
  // Rosenbrock's function.
  const valley = ([x, y], gradient) => {
    gradient[0] = -2 * (1 - x) - 400 * x * (y - x * x);
    gradient[1] = 200 * (y - x * x);
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2;
  };
  const { at, isConverged, value } = minimize(valley, Float64Array.of(-1.2, 1));
  assert.ok(isConverged && value < 1e-12);
  close(at, [1, 1], 1e-6, 'valley');
  const stopped = minimize(valley, Float64Array.of(-1.2, 1), 1e-8, 3);
  assert.equal(stopped.isConverged, false, 'after three iterations');
});
