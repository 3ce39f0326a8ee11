// Two evaluations of the same rows: cell by cell, row by row.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareEvaluations, evaluate, mcnemar, wilson } from 'shotglass/experiments';
import { fakeModel, sentiment } from './fake.mjs';

const rows = Array.from({ length: 12 }, (_, i) => ({
  input: `row ${i}`,
  output: i % 2 === 0 ? 'Positive' : 'Negative',
}));

/** The evaluation of a task whose answers to the rows, by index, are right or wrong as said. */
async function evaluated(isRight, options = {}, tested = rows) {
  const answerOf = (context) => {
    const [, at] = /Review: row (\d+)\n[^\n]*$/.exec(context) ?? [];
    const { output } = rows[Number(at)];
    const shots = (context.match(/Review: /g) ?? []).length - 1;
    const other = output === 'Positive' ? 'Negative' : 'Positive';
    return isRight(Number(at), shots, context) ? output : other;
  };
  const model = fakeModel((context, word) => (word.trim() === answerOf(context) ? -0.1 : -3));
  let last = null;
  for await (const { result } of evaluate(model, sentiment, tested, { shots: [0, 2], ...options }))
    last = result;
  return last;
}

test('each number of shots has both accuracies, their difference and its test', async () => {
  const a = await evaluated((i) => i < 6);
  const b = await evaluated((i, shots) => (shots === 0 ? i < 6 : i >= 4));
  const [none, two] = compareEvaluations(a, b);
  assert.deepEqual([none.difference, none.p, none.better], [0, 1, { a: 0, b: 0 }]);
  assert.deepEqual(two.counts, { both: 2, onlyA: 4, onlyB: 6, neither: 0 });
  assert.deepEqual(two.better, { a: 4, b: 6 });
  assert.equal(two.p, mcnemar(4, 6));
  assert.deepEqual([two.n, two.cells, two.shots], [12, 1, 2]);
  assert.deepEqual(two.a, { mean: 0.5, interval: wilson(6, 12) });
  assert.deepEqual(two.b, { mean: 8 / 12, interval: wilson(8, 12) });
  assert.ok(Math.abs(two.difference - 2 / 12) < 1e-12);
  assert.ok(two.interval.low < two.difference && two.difference < two.interval.high);
  const [, reversed] = compareEvaluations(b, a);
  assert.equal(reversed.p, two.p);
  assert.ok(Math.abs(reversed.interval.low + two.interval.high) < 1e-12);
});

test('several draws of the demonstrations are no more rows', async () => {
  const options = { seeds: [0, 1, 2, 3, 4], shots: [2] };
  // A is right on a row more often or less often, with the draw; B always on the first nine.
  const a = await evaluated((i, _, context) => i < 3 || context.includes('funny'), options);
  const b = await evaluated((i) => i < 9, options);
  const [point] = compareEvaluations(a, b);
  assert.deepEqual([point.cells, point.n], [5, 12]);
  const { both, onlyA, onlyB, neither } = point.counts;
  assert.ok(Math.abs(both + onlyA + onlyB + neither - 12) < 1e-9);
  assert.ok(onlyA % 1 !== 0, 'a mean over draws');
  assert.deepEqual(point.better, { a: 3, b: 6 });
  assert.equal(point.p, mcnemar(3, 6));
  assert.ok(Math.abs(point.a.mean - a.curve[0].mean) < 1e-12);
  // Each draw is compared with the same draw, so an evaluation does not differ from itself.
  const [itself] = compareEvaluations(a, a);
  assert.deepEqual([itself.counts.onlyA, itself.counts.onlyB, itself.p], [0, 0, 1]);
});

test('what is not complete in both is left out', async () => {
  const a = await evaluated((i) => i < 6);
  const b = await evaluated((i) => i < 8);
  const partial = { ...b, cells: [b.cells[0], { ...b.cells[1], isComplete: false }] };
  assert.deepEqual(
    compareEvaluations(a, partial).map(({ shots }) => shots),
    [0],
  );
  assert.deepEqual(compareEvaluations(a, { ...b, cells: [] }), []);
});

test('other rows are refused', async () => {
  const a = await evaluated((i) => i < 6);
  const refused = { code: 'invalid-option', message: /same rows as a/ };
  const fewer = await evaluated((i) => i < 6, {}, rows.slice(1));
  assert.throws(() => compareEvaluations(a, fewer), refused);
  const turned = await evaluated((i) => i < 6, {}, [...rows].reverse());
  assert.throws(() => compareEvaluations(a, turned), refused);
});
