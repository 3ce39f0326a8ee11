import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate, manyShots, planManyShots, shots } from 'shotglass/experiments';
import { fakeModel, resultOf, stepsOf, withDemonstrations } from './fake.mjs';

const task = { ...withDemonstrations(100), labels: ['Positive', 'Negative'], query: 'fine' };
const rows = ['red', 'blue', 'green'].map((input, i) => ({ input, output: task.labels[i % 2] }));
const ksOf = ({ readings }) => readings.map(({ k }) => k);

test('the rungs are powers of two up to 512, and the whole pool', () => {
  const of = (n) =>
    planManyShots({ ...withDemonstrations(n), labels: task.labels }).map(({ k }) => k);
  assert.deepEqual(of(1), [1]);
  assert.deepEqual(of(8), [1, 2, 4, 8]);
  assert.deepEqual(of(10), [1, 2, 4, 8, 10]);
  assert.deepEqual(of(600), [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
  assert.deepEqual(
    planManyShots(task, { shots: [4, 0] }).map(({ k }) => k),
    [0, 4],
  );
});

test('each prompt begins with the demonstrations of the one before it, in an order that the seed fixes', () => {
  for (const seed of [0, 1, 2]) {
    const planned = planManyShots(task, { seed });
    for (const [i, { k, shown, prompt }] of planned.entries()) {
      assert.equal(shown.length, k);
      const before = planned[i - 1];
      if (!before) continue;
      assert.deepEqual(shown.slice(0, before.k), before.shown);
      const query = prompt.text.lastIndexOf('Review: ');
      assert.ok(
        prompt.text
          .slice(0, query)
          .startsWith(before.prompt.text.slice(0, -'Review: fine\nSentiment:'.length)),
      );
    }
  }
  const lastOf = (seed) => planManyShots(task, { seed }).at(-1).shown;
  assert.deepEqual(lastOf(0), [...task.demonstrations.keys()]);
  assert.notDeepEqual(lastOf(1), lastOf(2));
  assert.deepEqual(lastOf(1), lastOf(1));
});

test('the readings are those of the same prompts, and each demonstration runs once', async () => {
  const model = fakeModel();
  const { readings, ended } = await resultOf(manyShots(model, task, { gold: 'Negative' }));
  assert.equal(ended, null);
  const { readings: known } = await resultOf(shots(fakeModel(), task, { shots: [1, 16, 100] }));
  for (const { k, classification } of known) {
    const reading = readings.find((each) => each.k === k);
    assert.deepEqual(reading.classification, classification);
    assert.equal(reading.pGold, classification.labels[1].p);
    assert.equal(reading.accuracy, null);
  }
  const longest = planManyShots(task).at(-1).prompt.text.length;
  const queries = 'Review: fine\nSentiment:'.length * readings.length;
  assert.ok(model.tokensRun <= longest + queries, `${model.tokensRun} tokens`);
});

test('the accuracy is that of an evaluation with the same seed', async () => {
  const options = { seed: 3, rows };
  const steps = await stepsOf(manyShots(fakeModel(), task, { ...options, shots: [1, 2, 8] }));
  const { readings } = steps.at(-1).result;
  const { curve } = await resultOf(
    evaluate(fakeModel(), task, rows, { shots: [1, 2, 8], seeds: [3] }),
  );
  assert.deepEqual(
    readings.map(({ accuracy }) => accuracy.accuracy),
    curve.map(({ mean }) => mean),
  );
  assert.deepEqual(
    steps.map(({ done, total }) => [done, total]),
    Array.from({ length: 12 }, (_, i) => [i + 1, 12]),
  );
  assert.equal(steps[1].result.readings[0].accuracy.n, 1);
  assert.equal(steps[0].result.readings[0].accuracy, null, 'an earlier step stays as it was');
});

test('free text is generated on the held-out rows', async () => {
  const model = fakeModel(undefined, { answers: () => ' Positive' });
  const { readings } = await resultOf(
    manyShots(model, task, { rows, rowLabels: null, shots: [2] }),
  );
  assert.equal(readings[0].accuracy.correct, 2);
});

test('what does not fit is reported and ends the curve', async () => {
  const model = fakeModel(undefined, { contextLength: 500 });
  const { done, total, result } = (await stepsOf(manyShots(model, task))).at(-1);
  assert.equal(done, total);
  assert.deepEqual(ksOf(result), [1, 2, 4, 8]);
  assert.equal(result.ended.k, 16);
  assert.equal(result.ended.error.code, 'prompt-too-long');
});

test('a held-out row that does not fit ends the curve too', async () => {
  const model = fakeModel(undefined, { contextLength: 500 });
  const long = { input: 'long '.repeat(50), output: 'Positive' };
  const options = { rows: [...rows, long] };
  const { result } = (await stepsOf(manyShots(model, task, options))).at(-1);
  assert.deepEqual(ksOf(result), [1, 2, 4]);
  assert.equal(result.ended.k, 8);
  assert.equal(result.readings.at(-1).accuracy.n, 4);
});

test('it can be aborted', async () => {
  const controller = new AbortController();
  const steps = manyShots(fakeModel(), task, { rows, signal: controller.signal });
  await steps.next();
  controller.abort();
  await assert.rejects(steps.next(), { code: 'aborted' });
});

test('what cannot be run is refused', async () => {
  const refused = (options, message) =>
    assert.throws(() => planManyShots(task, options), { code: 'invalid-option', message });
  refused({ pool: [] }, /^pool must be/);
  refused({ shots: [101] }, /^shots must be an integer from 0 to 100/);
  refused({ shots: [2, 2] }, /^shots must be .*distinct/);
  refused({ seed: -1 }, /^seed/);
  refused({ gold: 'Neutral' }, /^gold/);
  refused({ seeds: [1] }, /Unknown option seeds/);
  const inPool = [...rows, task.demonstrations[99]];
  await assert.rejects(resultOf(manyShots(fakeModel(), task, { rows: inPool })), {
    message: /^Row 4 has the same input as demonstration 100/,
  });
});
