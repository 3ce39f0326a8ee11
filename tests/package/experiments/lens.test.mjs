import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model, ShotglassError } from 'shotglass';
import { lens, planLens, shots } from 'shotglass/experiments';
import { modelFile, mustExist } from '../../support/files.mjs';
import { near, resultOf, sentiment, stepsOf } from './fake.mjs';

const answers = [' Positive', ' Negative'];

/**
 * A model of four layers whose tokens are characters. After layer ℓ, `ranksOf(context)[ℓ]` are the ranks of the first
 * tokens of the answers, and a token of rank r has probability 2^−r.
 */
function layered(ranksOf, { tooLong = Number.POSITIVE_INFINITY } = {}) {
  const model = {
    read: [],
    async score(prompt, continuations) {
      if (prompt.text.length > tooLong) throw new ShotglassError('prompt-too-long', 'Too long.');
      return continuations.map((continuation) => ({
        // The second character, since all begin with a space.
        tokens: [{ id: continuation.codePointAt(1), text: continuation.slice(0, 2) }],
      }));
    },
    async lens(context, { ids, topK }) {
      model.read.push({ context, topK });
      const entries = ranksOf(context).map((ranks, layer) => [
        {
          layer,
          asked: ids.map((id, i) => ({ id, rank: ranks[i], logprob: -ranks[i] * Math.LN2 })),
        },
      ]);
      return { entries };
    },
  };
  return model;
}

test('each k has its prompt, and the answers are the labels by default', () => {
  const planned = planLens({ ...sentiment, labels: ['Positive', 'Negative'] });
  assert.deepEqual(
    planned.map(({ k }) => k),
    [0, 1, 2, 3],
  );
  assert.equal(planned[0].prompt.text, 'Review: fine\nSentiment:');
  for (const each of planned) assert.deepEqual(each.answers, answers);
  assert.deepEqual(
    planLens(sentiment, { shots: Object.freeze([2, 0]), query: 'odd' }).map(({ k, prompt }) => [
      k,
      prompt.text.includes('odd'),
    ]),
    [
      [0, true],
      [2, true],
    ],
  );
});

test('an answer is ahead, and at the top, from the layer on from which it stays there', async () => {
  const of = async (rows) => {
    const model = layered(() => rows);
    const { readings } = await resultOf(lens(model, sentiment, { answers, shots: [0] }));
    return readings[0].answers.map(({ aheadFrom, topFrom }) => [aheadFrom, topFrom]);
  };
  const late = [
    [1, 2],
    [4, 3],
    [2, 5],
    [1, 7],
  ];
  assert.deepEqual(await of(late), [
    [2, 3],
    [null, null],
  ]);
  assert.deepEqual(await of([...late, [2, 1]]), [
    [null, null],
    [4, 4],
  ]);
  const always = late.map(() => [1, 2]);
  assert.deepEqual((await of(always))[0], [0, 0]);
  // Two that are equally probable: neither is ahead.
  assert.deepEqual(
    (await of([[3, 3]])).map(([ahead]) => ahead),
    [null, null],
  );
});

test('one answer has no rival to be ahead of', async () => {
  const model = layered(() => [[2], [1]]);
  const { readings } = await resultOf(lens(model, sentiment, { answers: [' P'], shots: [1] }));
  const [{ aheadFrom, topFrom, layers }] = readings[0].answers;
  assert.deepEqual([aheadFrom, topFrom, layers.map(({ rank }) => rank)], [null, 1, [2, 1]]);
});

test('there is a step for each k, and a prompt that does not fit is said to be one', async () => {
  const model = layered(() => [[1, 2]], { tooLong: 60 });
  const steps = await stepsOf(lens(model, sentiment, { answers, topK: 3 }));
  assert.deepEqual(
    steps.map(({ done, total }) => [done, total]),
    [1, 2, 3, 4].map((done) => [done, 4]),
  );
  const { readings } = steps.at(-1).result;
  assert.deepEqual(
    readings.map(({ error }) => error?.code ?? null),
    [null, null, 'prompt-too-long', 'prompt-too-long'],
  );
  assert.ok(model.read.every(({ topK }) => topK === 3));
  assert.equal(steps[0].result.readings.length, 1, 'an earlier step stays as it was');
});

test('a space at the end of the prompt belongs to the answers', async () => {
  const template = { ...sentiment.template, outputPrefix: 'Sentiment: ' };
  const model = layered(() => [[1, 2]]);
  await resultOf(lens(model, { ...sentiment, template }, { answers, shots: [0] }));
  assert.equal(model.read[0].context, 'Review: fine\nSentiment:');
});

test('what cannot be followed is refused', async () => {
  const refused = (options, message) =>
    assert.rejects(
      resultOf(
        lens(
          layered(() => [[1, 2]]),
          sentiment,
          options,
        ),
      ),
      {
        code: 'invalid-option',
        message,
      },
    );
  await refused({ answers: [] }, /^answers must be a non-empty array/);
  await refused({ answers: [' a', ''] }, /^answers must be texts that are not empty/);
  await refused({ answers: [' a', ' a'] }, /" a" occurs twice/);
  await refused({ answers: [' Po', ' Pa'] }, /" Po" and " Pa" begin with the same token/);
  await refused({ answers, shots: [1, 1] }, /^shots must be .*distinct/);
  await refused({ answers, shots: [9] }, /shots/);
  await refused({ answers, topK: -1 }, /topK/);
  await refused({ answers, topk: 1 }, /topk/);
});

test('of the default model, the last layer is what the model predicts, and shots bring the answer up', async (t) => {
  mustExist(modelFile, 'cargo xtask model');
  const model = await Model.load(modelFile, { build: 'simd128' });
  t.after(() => model.close());
  const task = {
    ...sentiment,
    demonstrations: [
      { input: 'A warm and funny film.', output: 'Positive' },
      { input: 'Dull from start to end.', output: 'Negative' },
      { input: 'The best two hours of my week.', output: 'Positive' },
      { input: 'A waste of time.', output: 'Negative' },
    ],
    query: 'I loved every minute of it.',
  };
  const { readings } = await resultOf(lens(model, task, { answers, shots: [0, 4], topK: 1 }));
  for (const { k, entries, answers: followed } of readings) {
    const { text } = planLens(task, { answers, shots: [k] })[0].prompt;
    const { candidates } = await model.predict(text, { topK: 1 });
    assert.deepEqual(entries.at(-1).candidates, candidates, `k = ${k}`);
    const logprobs = await model.logprobs(text);
    for (const { layers } of followed) {
      assert.equal(layers.length, model.info.layers + 1);
      assert.equal(layers.at(-1).logprob, logprobs[layers[0].id], `k = ${k}`);
    }
  }
  const [zero, four] = readings.map(({ answers: [positive] }) => positive.layers.at(-1).logprob);
  assert.ok(four > zero, `${four} with four examples, ${zero} without`);
  // Both words are one token, so that this is what the experiment on shots finds.
  const { readings: scored } = await resultOf(shots(model, task, { shots: [4] }));
  near(scored[0].classification.labels[0].logprob, four);
});
