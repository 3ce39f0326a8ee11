// Models side by side, without a page: what is recorded of which question, who is compared with whom, what is said.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { compareEvaluations, evaluate, mcnemar, wilson } from 'shotglass/experiments';
import { models as catalogue } from 'shotglass/models';
import { labModule } from '../module.mjs';

const { openPreset, reduce } = await labModule('app/state.ts');
const { defaultSettings } = await labModule('app/settings.ts');
const { presetOf } = await labModule('app/own-task.ts');
const { presets } = await labModule('presets/index.ts');
const { contentText } = await labModule('recorded/content.ts');
const { bySize, extremesOf, labelPlaces } = await labModule('why/models/curves.ts');
const { recordedCurves } = await labModule('why/models/recorded.ts');
const { modelsFinding, modelsFiles } = await labModule('why/models/why-models.ts');
const { firstChoices, keyOf, questionOf, rowsKeyOf } = await labModule('why/question.ts');
const { methodsOf } = await labModule('why/methods.ts');
const { shortCount } = await labModule('ui/numbers.ts');

const file = new URL('../../../www/src/measured/models/models.json', import.meta.url);
const recorded = JSON.parse(readFileSync(file, 'utf8'));
const sentiment = presets.find(({ id }) => id === 'sentiment');

const asks = (draft, choices = {}, settings = {}) =>
  questionOf(draft, null, { ...defaultSettings, ...settings }, { ...firstChoices, ...choices });
const edit = (action, draft = openPreset(sentiment).draft) =>
  reduce({ ...openPreset(sentiment), draft }, action).draft;

/** Two models on the first rows of the preset, whose answers are written as bits. */
function recording(...bits) {
  const model = (sha256, parameters) => ({
    ...{ name: sha256, entry: 'gemma-3-270m', sha256, bytes: parameters, parameters },
    activationBits: 16,
  });
  const names = ['small', 'large', 'other'].slice(0, bits.length);
  return {
    catalogue,
    recorded: {
      ...{ version: 1, shots: [0, 1, 2, 4, 8], seeds: [0, 1, 2] },
      models: names.map((name, i) => model(name, 10 ** (6 + i))),
      presets: {
        sentiment: {
          content: '',
          curves: Object.fromEntries(names.map((name, i) => [name, curve(bits[i])])),
        },
      },
    },
  };
}

const curve = (digits) => ({
  cells: Object.fromEntries(
    [0, 1, 2, 4, 8].map((k) => [k, k === 0 ? [digits] : [digits, 'ffffff', '000000']]),
  ),
  query: [0, 1, 2, 4, 8].map((k) => ({ p: k / 10, predicted: 'Positive' })),
});

test('every recorded curve is of the preset as it ships, with a cell for each number of shots and seed', () => {
  assert.ok(Object.keys(recorded.presets).length >= 4);
  const known = new Set(recorded.models.map(({ sha256 }) => sha256));
  for (const [id, { content, curves }] of Object.entries(recorded.presets)) {
    const preset = presets.find((one) => one.id === id);
    assert.equal(content, createHash('sha256').update(contentText(preset)).digest('hex'), id);
    assert.equal(Object.keys(curves).length, known.size, `${id}: all models`);
    for (const [sha256, { cells, query }] of Object.entries(curves)) {
      assert.ok(known.has(sha256));
      assert.equal(query.length, recorded.shots.length);
      for (const k of recorded.shots) {
        const own = cells[k];
        const isShort = query[recorded.shots.indexOf(k)].p === null;
        const seeds = k === 0 ? 1 : recorded.seeds.length;
        assert.ok(own.length === seeds || (own.length === 0 && isShort), `${id} at ${k}`);
        const digits = Math.ceil(preset.rows.length / 4);
        assert.ok(own.every((one) => new RegExp(`^[0-9a-f]{${digits}}$`).test(one)));
      }
    }
  }
  for (const { entry, parameters } of recorded.models.filter(({ entry }) => entry !== null)) {
    const known = catalogue.find(({ id }) => id === entry);
    assert.ok(known, `${entry} is in the catalogue`);
    assert.equal(known.parameters, parameters, 'the same weights');
  }
  assert.ok(gzipSync(JSON.stringify(recorded)).length <= 6000);
});

test('bits are rows, and curves are what an evaluation makes of them', async () => {
  const { rows, task } = sentiment;
  const right = rows.map((_, i) => i % 3 !== 0);
  const bits = right.map((one) => (one ? '1' : '0')).join('');
  const digits = bits.replace(/..../g, (four) => Number.parseInt(four, 2).toString(16));
  const [one] = recordedCurves(recording(digits), sentiment, asks(openPreset(sentiment).draft));
  const model = {
    score: async ({ text }, words) =>
      words.map((continuation) => {
        const at = rows.findLastIndex(({ input }) => text.endsWith(`${input}\nSentiment:`));
        const isGold = continuation.trim() === rows[at].output;
        const logprob = isGold === right[at] ? -0.1 : -3;
        const forms = { perToken: logprob, perCharacter: logprob, perByte: logprob };
        return { continuation, tokens: [], logprob, ...forms, reference: null, adjusted: null };
      }),
  };
  let last;
  for await (const { result } of evaluate(model, task, rows, { shots: [0, 1, 2, 4, 8] }))
    last = result;
  assert.deepEqual(one.curve, last.curve);
  for (const { better } of compareEvaluations(one, last)) assert.deepEqual(better, { a: 0, b: 0 });
  assert.deepEqual(one.query[3], { k: 4, p: 0.4, predicted: 'Positive' });
  assert.equal(one.model.tokensTrained, 6e12, 'as the catalogue says of these weights');
});

test('what is recorded is shown for the very question alone', () => {
  const known = recording('ffffff');
  const own = openPreset(sentiment).draft;
  const curves = (draft, choices, settings) =>
    recordedCurves(known, presetOf(draft), asks(draft, choices, settings));
  assert.equal(curves(own).length, 1);
  const draws = (seeds, orders = 1) => ({ draws: { seeds, orders } });
  const [three] = curves(own, { ...draws(3), shots: [2, 8] });
  assert.deepEqual(
    three.curve.map(({ shots, cells, mean }) => [shots, cells, mean]),
    [
      [2, 3, 2 / 3],
      [8, 3, 2 / 3],
    ],
  );
  const row = { input: 'New.', output: 'Positive' };
  for (const [what, draft, choices, settings] of [
    ['more seeds', own, draws(5)],
    ['several orders', own, draws(1, 2)],
    ['no number of shots', own, { shots: [] }],
    ['other rows', own, { rows: [row, row] }],
    ['held out', own, { holdOut: 4 }],
    ['another rule', own, {}, { rule: 'perToken' }],
    ['an excluded example', edit({ type: 'exclude', index: 0, excluded: true })],
    ['another order', edit({ type: 'order', order: [1, 0, 2, 3, 4, 5, 6, 7, 8, 9] })],
    ['another preset', openPreset(presets[5]).draft],
  ])
    assert.deepEqual(curves(draft, choices, settings), [], what);
  const [other] = curves(edit({ type: 'query', text: 'Another.' }));
  assert.deepEqual(
    [other.curve.length, other.query],
    [5, []],
    'the rows do not depend on the query',
  );
});

test('the smallest and the largest model are compared, row by row, and the sentence names both', () => {
  const curves = recordedCurves(
    recording('f00000', 'fff000', '000000'),
    sentiment,
    asks(openPreset(sentiment).draft),
  );
  const shuffled = [curves[2], curves[0], curves[1]];
  assert.deepEqual(
    bySize(shuffled).map(({ model }) => model.name),
    ['small', 'large', 'other'],
  );
  const { small, large, point } = extremesOf([curves[1], curves[0]]);
  assert.deepEqual([small.model.name, large.model.name, point.shots], ['small', 'large', 8]);
  assert.deepEqual([point.better, point.p], [{ a: 0, b: 8 }, mcnemar(0, 8)]);
  assert.deepEqual(point.b.interval, wilson(12, 24));
  assert.equal(extremesOf([curves[0]]), null);
  const figure = (models) => ({ experiment: 'models', about: 'Positive', isFree: false, models });
  assert.match(
    modelsFinding(figure(curves.slice(0, 2))),
    /^With 8 examples: 16\.7% correct for small, 50\.0% for large; difference \+33\.3 points .* p = 0\.008\. Rows that only one of the two/,
  );
  assert.match(
    modelsFinding(figure(curves.slice(0, 1))),
    /^With 8 examples: 16\.7% correct for small; 95%/,
  );
  assert.equal(modelsFinding(figure([])), '');
  assert.deepEqual(
    modelsFiles(figure(curves)),
    [],
    'of what is recorded there are no rows to save',
  );
});

test('labels keep their distance, their order, and the height that they have', () => {
  const near = (actual, expected) =>
    assert.ok(
      actual.every((one, i) => Math.abs(one - expected[i]) < 1e-12),
      `${actual} is not ${expected}`,
    );
  near(labelPlaces([0.2, 0.8], 0.1), [0.2, 0.8]);
  near(labelPlaces([0.5, 0.5, 0.52], 0.1), [0.5, 0.6, 0.7]);
  near(labelPlaces([1, 0.98], 0.1), [1, 0.9]);
  near(labelPlaces([], 0.1), []);
  const many = labelPlaces(Array(20).fill(1), 0.1);
  assert.equal(new Set(many.map((one) => one.toFixed(6))).size, 20);
});

test('the rows have a key without the query, and the figure one with it', () => {
  const own = openPreset(sentiment).draft;
  const experiment = { asks: 'rows', overModels: true };
  const [one, other] = [own, edit({ type: 'query', text: 'Another.' })].map((draft) => asks(draft));
  assert.equal(rowsKeyOf(one), rowsKeyOf(other));
  assert.notEqual(keyOf(experiment, one), keyOf(experiment, other));
  const batch = asks(own, { calibration: 'batch' });
  assert.equal(
    keyOf(experiment, batch),
    keyOf(experiment, one),
    'calibration is of Evaluate alone',
  );
  assert.notEqual(rowsKeyOf(asks(own, { shots: [4] })), rowsKeyOf(one));
});

test('the right answer is known of a preset, of its rows and of what the reader gave', () => {
  const own = openPreset(sentiment).draft;
  assert.equal(asks(own).right, 'Positive');
  assert.equal(asks(own).answer, null, 'other experiments look at what the model says');
  const of = (text) => edit({ type: 'query', text });
  assert.equal(asks(of(sentiment.rows[1].input)).right, 'Negative');
  assert.equal(asks(of('Unknown.')).right, null);
  const given = (answer) => ({ given: { query: 'Unknown.', answer } });
  assert.equal(asks(of('Unknown.'), given('Negative')).right, 'Negative');
  assert.equal(asks(of('Unknown.'), given('Neutral')).right, null, 'no label');
  assert.equal(asks(openPreset(presets[0]).draft).right, presets[0].answer);
});

test('the methods name the rows and the query, and each model is named in the figure', () => {
  const question = asks(openPreset(sentiment).draft, { calibration: 'batch' });
  const methods = methodsOf('models', { question, model: { name: 'one', sha256: 'a' } });
  assert.deepEqual(
    [methods.model, methods.rows, methods.scoring.reference, methods.query],
    [null, 24, 'nothing', question.query],
  );
});

test('counts are written as the field writes them', () => {
  const written = [134_515_008, 999_885_952, 1_711_376_384, 2e12, 15_191_712, 320];
  assert.deepEqual(written.map(shortCount), ['135M', '1B', '1.7B', '2T', '15.2M', '320']);
});
