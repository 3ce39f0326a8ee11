// The cards of the probe and of the task vector: what they ask, what they say, and what they save.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeModel, hashed } from '../../package/experiments/fake.mjs';
import { labModule } from '../module.mjs';

const { experimentOf } = await labModule('why/experiments.ts');
const { Tape } = await labModule('why/tape.ts');
const { keyOf, questionOf, firstChoices } = await labModule('why/question.ts');
const { missingFor } = await labModule('why/missing.ts');
const { methodsOf } = await labModule('why/methods.ts');
const { coefficients, sidesOf } = await labModule('why/vector/card.ts');
const { openPreset } = await labModule('app/state.ts');
const { presetById } = await labModule('presets/index.ts');
const { defaultSettings } = await labModule('app/settings.ts');

const probe = await experimentOf('probe').fetchCard();
const vector = await experimentOf('vector').fetchCard();
const signal = new AbortController().signal;

function questionFor(preset, change = {}, choices = {}) {
  const { draft } = openPreset(presetById(preset));
  const own = { ...draft, ...change };
  const all = { ...firstChoices, ...choices };
  return { ...questionOf(own, null, defaultSettings, all), signal };
}

/** Three layers of two numbers, from the text; an edit adds to the score what its row holds. */
function newModel() {
  const model = fakeModel((context, continuation) => hashed(context, continuation));
  const { score } = model;
  return Object.assign(model, {
    async states(text, { layers = [0, 1, 2] }) {
      const rows = layers.flatMap((layer) => [layer, hashed(text.text ?? text, String(layer))]);
      return { layers, positions: [0], size: 2, rows: Float32Array.from(rows) };
    },
    async tokenize(text) {
      return [...text].map((char) => ({ text: char }));
    },
    async score(prompt, continuations, { edits = [], ...options } = {}) {
      const scores = await score.call(model, prompt, continuations, options);
      const pushed = edits.reduce((sum, { replace, add }) => sum + (replace ?? add)[1], 0);
      return scores.map((each, i) => {
        return i === 0 ? { ...each, logprob: each.logprob + pushed / 100 } : each;
      });
    },
  });
}

/** All steps, and the calls that a tape would keep. */
async function run(card, question, known = [], model = newModel()) {
  const calls = [];
  const tape = new Tape(model, known, (call) => calls.push(structuredClone(call)));
  const steps = [];
  for await (const step of card.run(tape, question)) steps.push(step);
  return { steps, figure: steps.at(-1)?.result, calls };
}

test('the probe learns from the table, and is tested on the rows', async () => {
  const question = questionFor('sentiment');
  const { steps, figure } = await run(probe, question);
  assert.deepEqual(
    [figure.train, figure.rows, figure.layers.map(({ layer }) => layer)],
    [10, 24, [0, 1, 2]],
  );
  assert.deepEqual(
    figure.prompts.map(({ shots, accuracy }) => [shots, accuracy.n]),
    [
      [0, 24],
      [4, 24],
    ],
  );
  assert.ok(figure.best);
  const { done, total } = steps.at(-1);
  assert.deepEqual([done, total], [34 + 3 + 48, 34 + 3 + 48]);
  const first = steps.findIndex(({ result }) => result.layers.length === 3);
  assert.equal(probe.finding(steps[first - 1].result), '', 'nothing before a layer is chosen');
  assert.match(probe.finding(steps[first].result), /^A probe on layer \d of 2 is right on /);
  assert.match(
    probe.finding(figure),
    /of 24 rows \(95% interval .* to .*\)\. The prompt is right on .* without examples and .* with 4 examples\.$/,
  );
});

test('more rows than are read are drawn with the share of each label, and that is said', async () => {
  const rows = Array.from({ length: 150 }, (_, i) => ({
    input: `row ${i}`,
    output: i < 75 ? 'Positive' : 'Negative',
  }));
  const { steps } = await run(probe, questionFor('sentiment', {}, { rows }));
  const figure = steps.at(-1).result;
  assert.equal(figure.rows, 100);
  assert.equal(figure.leftOut.surplus, 50);
});

test('the probe asks for labels, and its key for the rows and the number of shots', async () => {
  const experiment = experimentOf('probe');
  const here = { isText: false, hasModel: true };
  assert.match(missingFor(experiment, questionFor('plural'), here), /^Choose a task with labels/);
  assert.equal(missingFor(experiment, questionFor('sentiment'), here), null);
  const none = questionFor('sentiment', {}, { shots: [] });
  assert.equal(missingFor(experiment, none, here), null, 'its shots are those of the prompt');
  const of = (question) => keyOf(experiment, question);
  const plain = of(questionFor('sentiment'));
  assert.equal(of(questionFor('sentiment', { query: 'Other.' })), plain, 'the query is not asked');
  assert.notEqual(of(questionFor('sentiment', { shots: 3 })), plain);
  assert.notEqual(of(questionFor('sentiment', {}, { holdOut: 2 })), plain);
  const one = questionFor('sentiment');
  const alone = one.train.filter(({ output }) => output === 'Positive');
  await assert.rejects(run(probe, { ...one, train: alone }), /at least two labels/);
  const model = { name: 'a model', sha256: 'ab', activationBits: 8 };
  const { shots, seeds, rows } = methodsOf('probe', { question: one, model });
  assert.deepEqual([shots, seeds, rows], [[0, 4], null, 24]);
});

test('a vector is tried at every layer, and then the slider has all of its places', async () => {
  const question = questionFor('sentiment');
  const { steps, figure, calls } = await run(vector, question);
  assert.deepEqual(
    figure.layers.map(({ layer }) => layer),
    [0, 1, 2],
  );
  assert.deepEqual([figure.shots, figure.last, figure.about], [4, 2, figure.about]);
  const at = figure.layers.map(
    ({ reading }) => reading.answers.find(({ name }) => name === figure.about).p,
  );
  const enough = 0.9 * Math.max(...at);
  assert.equal(
    figure.best,
    at.findIndex((p) => p >= enough),
  );
  assert.deepEqual(
    figure.steered.map(({ kind }) => kind),
    ['examples', 'answer'],
  );
  for (const { readings, direction } of figure.steered) {
    assert.equal(direction.layer, figure.best);
    assert.deepEqual(
      readings.map(({ coefficient }) => coefficient),
      coefficients,
    );
    const zero = readings[coefficients.indexOf(0)].reading;
    assert.deepEqual(zero, figure.zeroShot, 'nothing is added');
  }
  assert.equal(steps.at(-1).total, 3 + 2 * coefficients.length);
  assert.ok(
    steps.every(({ result }) => result.steered.every(({ readings }) => readings.length === 25)),
  );
  const again = await run(vector, question, calls, null);
  assert.deepEqual(structuredClone(again.figure), structuredClone(figure));
  assert.match(
    vector.finding(figure),
    /^Put in at layer \d of 2, one vector makes P\(\w+\) .*\. It is .* without examples and .* with 4\.$/,
  );
});

test('a vector is of the whole table, and of no reference', () => {
  const of = (question) => keyOf(experimentOf('vector'), question);
  const question = questionFor('sentiment');
  const less = { ...question, pool: question.pool.slice(0, 9) };
  assert.notEqual(of(less), of(question));
  const model = { name: 'a model', sha256: 'ab', activationBits: 8 };
  assert.equal(methodsOf('vector', { question, model }).scoring.reference, 'nothing');
});

test('the sides of a direction leave out the query, and free text has no side of an answer', () => {
  const question = questionFor('sentiment');
  const shown = question.pool[7];
  const [examples, answer] = sidesOf({ ...question, query: ` ${shown.input}` }, 'Positive');
  for (const { text } of [...examples.positive, ...examples.negative, ...answer.negative])
    assert.ok(!text.includes(shown.input), text);
  assert.deepEqual(
    [examples.positive.length, answer.positive.length, answer.negative.length],
    [5, 5, 4],
  );
  assert.ok(examples.positive[0].text.endsWith(examples.negative[0].text));
  assert.ok(examples.positive[0].text.startsWith('Review: A warm, funny film'));
  assert.deepEqual(
    sidesOf(questionFor('plural'), 'horses').map(({ kind }) => kind),
    ['examples'],
  );
  const all = questionFor('sentiment', { shots: 10 });
  const [{ positive }] = sidesOf(all, 'Positive');
  assert.equal(positive.length, 1);
  assert.ok(positive[0].text.endsWith('Review: N/A\nSentiment:'));
});

test('the directions are saved as GGUF, unless llama.cpp has no such layer', async () => {
  const { figure } = await run(vector, questionFor('sentiment'));
  const at = (layer) => ({
    ...figure,
    steered: figure.steered.map((one) => ({ ...one, direction: { ...one.direction, layer } })),
  });
  const files = vector.files(at(2));
  assert.deepEqual(
    files.map(({ name }) => name),
    ['shotglass-examples-layer-2.gguf', 'shotglass-answer-layer-2.gguf'],
  );
  const bytes = Buffer.from(await new Blob(files[0].parts()).arrayBuffer());
  assert.equal(bytes.subarray(0, 4).toString(), 'GGUF');
  assert.ok(bytes.includes('direction.1'));
  assert.deepEqual(vector.files(at(1)), []);
});

test('what is recorded is of the preset as it opens, draws and saves as what was run, and is of nothing else', async () => {
  const { isOnlyRecorded } = await labModule('why/models/models-figure.ts');
  const { presets } = await labModule('presets/index.ts');
  const found = (card, id, question) => card.recorded(question, keyOf(experimentOf(id), question));
  for (const [card, id, of] of [
    [vector, 'vector', presets[0].id],
    [probe, 'probe', 'sentiment'],
  ]) {
    const question = questionFor(of);
    const figure = await found(card, id, question);
    assert.ok(isOnlyRecorded(figure));
    assert.equal(figure.experiment, id);
    assert.equal(figure.layers.length, 31);
    assert.notEqual(card.finding(figure), '');
    assert.ok(card.chart(figure, { stem: 'x', methods: methodsOf(id, { question, model: {} }) }));
    const [first, ...others] = questionFor(of).pool;
    const changed = { ...question, pool: [{ ...first, input: 'x' }, ...others] };
    const another =
      id === 'vector' ? changed : { ...question, train: [...changed.pool], rows: question.rows };
    assert.equal(await found(card, id, another), null);
    assert.equal(await found(card, id, questionFor('topics')), null);
  }
  const figure = await found(vector, 'vector', questionFor(presets[0].id));
  assert.equal(figure.about, presets[0].answer);
  assert.equal(figure.steered[0].readings.length, coefficients.length);
  assert.equal(vector.files(figure)[0].parts()[0].length % 32, 0);
});

test('a record has the numbers of its figure to five digits, and is null for another key', async () => {
  const { recordOf, recordedFigure } = await labModule('why/recorded.ts');
  const figure = { experiment: 'vector', best: 1 / 3, row: Float32Array.of(1 / 7), layers: [12] };
  const record = recordOf('a key', figure);
  const expected = { experiment: 'vector', best: 0.33333, row: [0.14286], layers: [12] };
  assert.deepEqual(record, { key: 'a key', figure: expected });
  assert.deepEqual(recordedFigure(record, 'a key'), { ...expected, isRecorded: true });
  assert.equal(recordedFigure(record, 'another'), null);
});
