import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contextualCalibration } from '../../../pkg/dist/experiments/compare.js';
import { planShots, shots } from '../../../pkg/dist/experiments/shots.js';
import { loadFake } from '../fake.mjs';
import { fakeModel, near, resultOf, sentiment, stepsOf, withDemonstrations } from './fake.mjs';

test('every k has its prompt, from none to all', () => {
  assert.deepEqual(
    planShots(sentiment).map(({ k, prompt }) => [k, prompt.text]),
    [
      [0, 'Review: fine\nSentiment:'],
      [1, 'Review: warm\nSentiment: Positive\n\nReview: fine\nSentiment:'],
      [
        2,
        'Review: warm\nSentiment: Positive\n\nReview: dull\nSentiment: Negative\n\n' +
          'Review: fine\nSentiment:',
      ],
      [
        3,
        'Review: warm\nSentiment: Positive\n\nReview: dull\nSentiment: Negative\n\n' +
          'Review: funny\nSentiment: Positive\n\nReview: fine\nSentiment:',
      ],
    ],
  );
});

test('each k has the posterior of its own prompt', async () => {
  // One nat more for Positive with each of its demonstrations, and half a nat less without one.
  const logprob = (context, word) => {
    const shown = context.split(`${word}\n`).length - 1;
    return shown - (word === ' Positive' ? 4 : 3.5);
  };
  const { readings } = await resultOf(shots(fakeModel(logprob), sentiment));
  assert.deepEqual(
    readings.map(({ k, classification }) => [k, classification.predicted]),
    [
      [0, 1],
      [1, 0],
      [2, 1],
      [3, 0],
    ],
  );
  const p = (k) => readings[k].classification.labels[0].p;
  near(p(0), 1 / (1 + Math.exp(0.5)));
  near(p(1), 1 / (1 + Math.exp(-0.5)));
  near(p(2), p(0));
  near(p(3), p(1));
  near(readings[1].classification.mass, Math.exp(-3) + Math.exp(-3.5));
});

test('the list of k is run in ascending order, whatever the order given', async () => {
  const model = fakeModel();
  const { readings } = await resultOf(shots(model, sentiment, { shots: Object.freeze([3, 0, 2]) }));
  assert.deepEqual(
    readings.map(({ k }) => k),
    [0, 2, 3],
  );
  const lengths = model.calls.map(({ context }) => context.length);
  assert.deepEqual(
    lengths,
    lengths.toSorted((a, b) => a - b),
  );
  const many = planShots(withDemonstrations(12), { shots: [10, 9, 2] });
  assert.deepEqual(
    many.map(({ k }) => k),
    [2, 9, 10],
  );
  const all = await resultOf(shots(fakeModel(), sentiment));
  assert.deepEqual(readings, [all.readings[0], all.readings[2], all.readings[3]]);
});

test('a k over the context is reported as not run, and the others run', async () => {
  const [, , two] = planShots(sentiment);
  const model = fakeModel(undefined, { contextLength: two.prompt.text.length - 1 });
  const steps = await stepsOf(shots(model, sentiment));
  assert.equal(steps.length, 4);
  assert.deepEqual(
    steps.at(-1).result.readings.map((reading) => [reading.k, reading.error?.code]),
    [
      [0, undefined],
      [1, undefined],
      [2, 'prompt-too-long'],
      [3, 'prompt-too-long'],
    ],
  );
  for (const reading of steps.at(-1).result.readings) {
    assert.equal('classification' in reading, reading.k < 2);
  }
});

test('a model in a worker: its errors and its aborts are the same', async (t) => {
  const model = await loadFake(t);
  // Its context holds 200 tokens, which are bytes; every byte has the logprob −1.
  const long = { ...sentiment, query: 'x'.repeat(130) };
  const { readings } = await resultOf(shots(model, long));
  assert.deepEqual(
    readings.map(({ classification, error }) => classification?.labels[0].logprob ?? error.code),
    [-9, -9, 'prompt-too-long', 'prompt-too-long'],
  );
  const controller = new AbortController();
  const steps = shots(model, sentiment, { signal: controller.signal });
  assert.equal((await steps.next()).value.done, 1);
  const next = steps.next();
  controller.abort();
  await assert.rejects(next, { code: 'aborted' });
});

test('a prompt without a token is reported too, and other errors are thrown', async () => {
  const bare = { ...sentiment.template, inputPrefix: '', inputSuffix: '', outputPrefix: '' };
  const { readings } = await resultOf(
    shots(fakeModel(), { ...sentiment, template: bare }, { query: '', shots: [0, 1] }),
  );
  assert.deepEqual([readings[0].error.code, readings[1].error], ['empty-prompt', undefined]);
  const crash = () => {
    throw new TypeError('a mistake');
  };
  await assert.rejects(resultOf(shots(fakeModel(crash), sentiment)), TypeError);
});

test('contextual calibration: a query without content is uniform at every k', async () => {
  for (const query of contextualCalibration.inputs) {
    const comparison = { inputs: [query] };
    const { readings } = await resultOf(shots(fakeModel(), sentiment, { query, comparison }));
    for (const { classification } of readings) near(classification.labels[0].p, 0.5);
  }
});

test('what is no list of numbers of shots is refused', () => {
  for (const wrong of [[], 2, '2', [1, 1], [4], [-1], [0.5], ['1'], [Number.NaN]]) {
    assert.throws(() => planShots(sentiment, { shots: wrong }), {
      code: 'invalid-option',
      message: /^shots must be/,
    });
  }
});
