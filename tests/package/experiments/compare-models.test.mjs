// Several models on the same rows: against a twin that asks them one by one, with numbers that can be checked by hand.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classify, renderPrompt, ShotglassError, taskLabels } from 'shotglass';
import {
  compareEvaluations,
  compareModels,
  contextualCalibration,
  curvePoint,
  evaluate,
  mcnemar,
} from 'shotglass/experiments';
import { fakeModel, hashed, near, resultOf, stepsOf, withDemonstrations } from './fake.mjs';

const task = { ...withDemonstrations(8), query: 'fine' };
const rows = Array.from({ length: 10 }, (_, i) => ({
  input: `row ${i}`,
  output: i % 2 === 0 ? 'Positive' : 'Negative',
}));
const shots = [0, 1, 4];

/** A model that is right on so many rows, and gives the right label of any query a posterior of `p`. */
function rightOn(count, p = 0.9) {
  return fakeModel((context, word) => {
    const [, at] = /Review: row (\d+)\n[^\n]*$/.exec(context) ?? [];
    const { output } = rows[Number(at ?? 0)];
    const isRight = Number(at ?? 0) < count;
    return Math.log(0.5) + Math.log((word.trim() === output) === isRight ? p : 1 - p);
  });
}

const two = () => [
  { name: 'small', model: rightOn(4, 0.6) },
  { name: 'large', model: rightOn(9, 0.9) },
];

test('each model has its accuracy and the probability of the answer at each number of shots', async () => {
  const options = { shots, answer: 'Positive' };
  const { models, differences } = await resultOf(compareModels(two(), task, rows, options));
  assert.deepEqual(
    models.map(({ name, evaluation, error }) => [
      name,
      evaluation.curve.map(({ shots: k, mean }) => [k, mean]),
      error,
    ]),
    [
      ['small', shots.map((k) => [k, 0.4]), null],
      ['large', shots.map((k) => [k, 0.9]), null],
    ],
  );
  for (const [i, p] of [0.6, 0.9].entries()) {
    assert.deepEqual(
      models[i].query.map(({ k, predicted }) => [k, predicted]),
      shots.map((k) => [k, 'Positive']),
    );
    for (const reading of models[i].query) {
      near(reading.p, p);
      near(reading.logprob, Math.log(0.5 * p));
      near(reading.classification.mass, 0.5);
    }
  }
  assert.equal(differences.length, 1);
  const [{ a, b, points }] = differences;
  assert.deepEqual([a, b], ['small', 'large']);
  for (const point of points) {
    near(point.difference, 0.5);
    assert.deepEqual(point.better, { a: 0, b: 5 });
    assert.equal(point.p, mcnemar(0, 5));
  }
});

test('it is what evaluate and classify say of each model alone', async () => {
  const options = { shots: [4, 0, 2], seeds: [0, 3], rule: 'perByte' };
  const logprobs = [hashed, (context, word) => hashed(`other ${context}`, word)];
  const named = () => logprobs.map((of, i) => ({ name: `model ${i}`, model: fakeModel(of) }));
  const comparison = contextualCalibration;
  const { models } = await resultOf(compareModels(named(), task, rows, { ...options, comparison }));
  for (const [i, { model }] of named().entries()) {
    const evaluation = await resultOf(evaluate(model, task, rows, { ...options, comparison }));
    const figures = ({ cells, curve }) => [
      curve,
      cells.map(({ accuracy, labels, demonstrations }) => [accuracy, labels, demonstrations]),
    ];
    assert.deepEqual(figures(models[i].evaluation), figures(evaluation));
    const twin = [];
    for (const k of [0, 2, 4]) {
      const reference = contextualCalibration.inputs.map(
        (query) => renderPrompt(task, { shots: k, query }).text,
      );
      const prompt = renderPrompt(task, { shots: k, query: 'fine' });
      const options = { rule: 'perByte', reference };
      const read = await classify(model, prompt, taskLabels(task), options);
      twin.push([k, read.labels[read.predicted].p, read.labels[read.predicted].label]);
    }
    assert.deepEqual(
      models[i].query.map(({ k, p, predicted }) => [k, p, predicted]),
      twin,
    );
  }
});

test('of free text it is the probability of the whole answer', async () => {
  const outputs = rows.map(({ input }, i) => ({ input, output: `word ${i}` }));
  const model = fakeModel((_, continuation) => -0.25 * continuation.length, {
    answers: () => ' word 3',
  });
  const options = { shots: [0, 2], labels: null, answer: 'done' };
  const { models } = await resultOf(
    compareModels([{ name: 'one', model }], task, outputs, options),
  );
  const [{ evaluation, query }] = models;
  assert.deepEqual(
    evaluation.curve.map(({ mean }) => mean),
    [0.1, 0.1],
  );
  assert.deepEqual(
    query.map(({ k, p, logprob, predicted, classification, error }) => [
      ...[k, p, logprob, predicted, classification, error],
    ]),
    [0, 2].map((k) => [k, Math.exp(-1.25), -1.25, null, null, null]),
  );
  const silent = await resultOf(
    compareModels([{ name: 'one', model }], task, outputs, { shots: [0], labels: null }),
  );
  assert.equal(silent.models[0].query, null, 'nothing says what the answer is');
});

test('steps count all models; a model that has ended stays as it was', async () => {
  const steps = await stepsOf(compareModels(two(), task, rows, { shots }));
  const each = shots.length * rows.length + shots.length;
  assert.deepEqual(
    steps.map(({ done }) => done),
    Array.from({ length: 2 * each }, (_, i) => i + 1),
  );
  assert.ok(steps.every(({ total }) => total === 2 * each));
  assert.equal(steps[each - 1].result.models.length, 1);
  assert.deepEqual(steps[each].result.models[0], steps[each - 1].result.models[0]);
  assert.equal(steps[rows.length - 1].result.models[0].query, null, 'the rows come first');
  const none = await resultOf(compareModels(two(), task, rows, { shots, query: null }));
  assert.equal(none.models[0].query, null);
});

test('a prompt that is too long is reported of its model alone', async () => {
  const { text } = renderPrompt(task, { shots: 4, query: 'row 0' });
  const long = { name: 'long', model: fakeModel() };
  const short = { name: 'short', model: fakeModel(hashed, { contextLength: text.length - 1 }) };
  const { models, differences } = await resultOf(
    compareModels([short, long], task, rows, { shots, query: 'a query that is longer' }),
  );
  const [one, other] = models;
  assert.deepEqual(
    one.evaluation.notRun.map(({ shots: k }) => k),
    [4],
  );
  assert.deepEqual(
    one.query.map(({ k, p, error }) => [k, p === null, error?.code]),
    [
      [0, false, undefined],
      [1, false, undefined],
      [4, true, 'prompt-too-long'],
    ],
  );
  assert.equal(
    other.query.every(({ error }) => error === null),
    true,
  );
  assert.deepEqual(
    differences[0].points.map((point) => point.shots),
    [0, 1],
  );
});

test('a closed model is reported, and the others run', async () => {
  const closed = {
    name: 'closed',
    model: {
      async score() {
        throw new ShotglassError('closed', 'The model was closed.');
      },
    },
  };
  const steps = await stepsOf(compareModels([closed, ...two()], task, rows, { shots }));
  const { models, differences } = steps.at(-1).result;
  assert.deepEqual(
    models.map(({ name, error, evaluation }) => [name, error?.code, evaluation !== null]),
    [
      ['closed', 'closed', false],
      ['small', undefined, true],
      ['large', undefined, true],
    ],
  );
  assert.equal(differences.length, 1);
  assert.equal(steps[0].done, steps[0].total / 3, 'its share of the work is over');
});

test('an abort ends it, and other failures do, too', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const seen = [];
  await assert.rejects(
    async () => {
      for await (const step of compareModels(two(), task, rows, { shots, signal })) {
        seen.push(step);
        if (seen.length === 12) controller.abort();
      }
    },
    { code: 'aborted' },
  );
  assert.equal(seen.length, 12);
  assert.equal(seen.at(-1).result.models[0].evaluation.curve.length, 1);
  const broken = { name: 'broken', model: { score: async () => Promise.reject(new Error('x')) } };
  await assert.rejects(resultOf(compareModels([broken], task, rows, { shots })), { message: 'x' });
});

test('what is wrong is refused before a model is asked', async () => {
  const asked = two();
  const [small, large] = asked;
  const free = rows.map(({ input }, i) => ({ input, output: `word ${i}` }));
  const seen = {
    ...task,
    demonstrations: [...task.demonstrations, { ...rows[3], input: ' row 3' }],
  };
  const unlabelled = { ...task, demonstrations: task.demonstrations.slice(0, 1) };
  for (const [models, of, tested, options, message] of [
    [[], task, rows, {}, /^models must be a non-empty array/],
    [null, task, rows, {}, /^models must be a non-empty array/],
    [[small, { ...large, name: 'small' }], task, rows, {}, /distinct names, not two 'small'/],
    [[small, { ...small, name: 'twin' }], task, rows, {}, /'small' and 'twin' are the same/],
    [[small, { name: 'none' }], task, rows, {}, /The model 'none' must be a model that can score/],
    [[small, null], task, rows, {}, /The name of model 2 must be/],
    [asked, unlabelled, rows, {}, /two labels/],
    [asked, seen, rows, {}, /Row 4 has the same input as demonstration 9/],
    [asked, task, free, {}, /one of the labels/],
    [asked, task, [], {}, /^rows must be/],
    [asked, task, rows, { answer: 'Neutral' }, /^answer must be/],
    [
      asked,
      task,
      rows,
      { answer: 'Positive', query: null },
      /answer must be omitted without a query/,
    ],
    [asked, task, rows, { labels: null, answer: ' ' }, /generate|non-empty/],
    [asked, task, rows, { comparison: 'batch' }, /not 'batch' of the rows/],
    [asked, task, rows, { direction: 'channel' }, /Unknown option direction/],
    [asked, task, rows, { seed: [0, 1] }, /Did you mean seeds/],
    [asked, task, rows, { shots: [9] }, /at most 8/],
  ]) {
    const refused = { code: 'invalid-option', message };
    const given = { shots: [1], ...options };
    await assert.rejects(resultOf(compareModels(models, of, tested, given)), refused);
  }
  assert.deepEqual([...small.model.calls, ...large.model.calls], []);
});

test('cells that were kept give the same curve and the same comparison', async () => {
  const options = { shots, seeds: [0, 1, 2], orders: 2 };
  const { models, differences } = await resultOf(compareModels(two(), task, rows, options));
  const kept = models.map(({ evaluation }) => ({
    cells: JSON.parse(JSON.stringify(evaluation.cells)).map(({ rows: of, ...cell }) => ({
      ...cell,
      rows: of.map(({ input, output, correct }) => ({ input, output, correct })),
    })),
  }));
  assert.deepEqual(compareEvaluations(...kept), differences[0].points);
  for (const point of models[0].evaluation.curve) {
    const own = kept[0].cells.filter(({ shots: k }) => k === point.shots);
    assert.deepEqual(curvePoint(point.shots, own), point);
  }
});
