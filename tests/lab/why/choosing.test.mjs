// The cards that choose demonstrations, show ever more of them, and compare sentences.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  fakeModel,
  hashed,
  resultOf,
  withDemonstrations,
} from '../../package/experiments/fake.mjs';
import { labModule } from '../module.mjs';

const { experimentOf } = await labModule('why/experiments.ts');
const { placesIn } = await labModule('why/choose/places.ts');
const { testedRows, rowOptions } = await labModule('why/choose/asked.ts');
const { placeOf } = await labModule('why/many-shots/why-many-shots.ts');
const { areTwo } = await labModule('why/sentences/fields.ts');
const { keyOf, questionOf, firstChoices } = await labModule('why/question.ts');
const { missingFor } = await labModule('why/missing.ts');
const { tableOrder } = await labModule('why/shown.ts');
const { draftOf } = await labModule('app/state.ts');
const { defaultSettings } = await labModule('app/settings.ts');
const { presetById } = await labModule('presets/index.ts');

const cards = {};
for (const id of ['choose', 'manyShots', 'sentences'])
  cards[id] = await experimentOf(id).fetchCard();

/** Its tokens are characters, and texts with the same letters are alike. */
function newModel() {
  return Object.assign(fakeModel(hashed, { answers: () => ' cats' }), {
    async tokenize(text) {
      return text === '' ? [] : [{ id: 0 }];
    },
    async embed(texts) {
      return texts.map((text) => {
        const counts = new Float32Array(128);
        for (const char of text) counts[char.codePointAt(0) % 128] += 1;
        const length = Math.hypot(...counts);
        return counts.map((count) => count / length);
      });
    },
  });
}

const askedOf = (preset, change = {}, choices = {}) => ({
  ...questionOf({ ...draftOf(presetById(preset)), ...change }, null, defaultSettings, {
    ...firstChoices,
    ...choices,
  }),
  signal: new AbortController().signal,
});
const figureOf = (id, question) => resultOf(cards[id].run(newModel(), question));

test('equal rows of a table stand for different places', () => {
  const row = (input) => ({ input, output: 'x' });
  const table = ['a', 'b', 'a', 'c'].map(row);
  assert.deepEqual(placesIn(table, ['a', 'c', 'a'].map(row)), [0, 3, 2]);
});

test('held-out rows are not in the table, and at most fifty are asked, the same ones each time', () => {
  const { demonstrations } = withDemonstrations(70);
  const question = {
    ...{ pool: demonstrations.slice(0, 10), rows: demonstrations, isFree: false },
    labels: ['Positive', 'Negative'].map((name) => ({ name, words: [` ${name}`] })),
  };
  const rows = testedRows(question);
  assert.equal(rows.length, 50);
  assert.deepEqual(rows, testedRows(question));
  assert.ok(!rows.some(({ input }) => question.pool.some((row) => row.input === input)));
  const one = rowOptions({ ...question, rows: demonstrations.slice(10, 11) });
  assert.deepEqual(one, { count: 0, options: {} });
  assert.equal(rowOptions({ ...question, isFree: true }).options.rowLabels, null);
});

test('the cards have a reading of each method, and bars where there are rows', async () => {
  for (const [preset, isFree] of [
    ['sentiment', false],
    ['plural', true],
  ]) {
    const question = askedOf(preset);
    const figure = await figureOf('choose', { ...question, rows: question.rows.slice(0, 3) });
    assert.equal(figure.isFree, isFree);
    assert.equal(figure.judgedBy, 'answer');
    assert.equal(figure.choices.length, 5);
    assert.deepEqual(
      figure.bars.map(({ accuracy }) => accuracy.n),
      [3, 3, 3, 3, 3],
    );
    for (const { shown } of figure.choices) assert.equal(new Set(shown).size, 4);
    assert.match(
      cards.choose.finding(figure),
      /with the most similar examples.*On 3 held-out rows/,
    );
  }
  const alone = await figureOf('choose', { ...askedOf('sentiment'), rows: [] });
  assert.deepEqual([alone.rows, alone.bars], [0, []]);
});

test('choices are places in the table, which they can be put into', async () => {
  const base = draftOf(presetById('sentiment'));
  const table = base.task.demonstrations.map((row, i) => ({
    ...row,
    excluded: i === 0 || i === 4,
  }));
  const task = { ...base.task, demonstrations: table };
  const figure = await figureOf('choose', { ...askedOf('sentiment', { task }), rows: [] });
  const { shown } = figure.choices[0];
  const rest = [...figure.pool.keys()].filter((index) => !shown.includes(index));
  const order = tableOrder(table, [...shown, ...rest]);
  const after = order.map((index) => table[index]).filter(({ excluded }) => !excluded);
  assert.deepEqual(
    after.slice(0, shown.length).map(({ input }) => input),
    shown.map((index) => figure.pool[index].input),
  );
  assert.deepEqual(
    [...order].sort((a, b) => a - b),
    [...table.keys()],
  );
});

test('a blank input is not chosen, and the query is left out', async () => {
  const base = draftOf(presetById('sentiment'));
  const [first, second, ...others] = base.task.demonstrations;
  const demonstrations = [{ ...first, input: ' ' }, second, ...others];
  const change = { task: { ...base.task, demonstrations }, query: second.input };
  const figure = await figureOf('choose', { ...askedOf('sentiment', change), rows: [] });
  assert.deepEqual([figure.leftOut, figure.candidates], [1, 8]);
  for (const { shown } of figure.choices) assert.ok(!shown.includes(0) && !shown.includes(1));
});

test('many shots have a point for each rung', async () => {
  const question = askedOf('plural');
  const figure = await figureOf('manyShots', { ...question, rows: question.rows.slice(0, 2) });
  assert.deepEqual(
    figure.points.map(({ k, accuracy }) => [k, accuracy.n]),
    [1, 2, 4, 8, 10].map((k) => [k, 2]),
  );
  assert.match(
    cards.manyShots.finding(figure),
    /^P\(horses\) is .* with one example and .* with 10/,
  );
});

test('each doubling is as wide as the last', () => {
  assert.deepEqual(
    [1, 2, 4, 8, 16].map((k) => placeOf(k, 16)),
    [0, 0.25, 0.5, 0.75, 1],
  );
  assert.equal(placeOf(1, 1), 0.5);
  assert.equal(placeOf(0, 8), 0);
});

test('sentences of the reader, or our pairs', async () => {
  const ours = await figureOf('sentences', askedOf('plural'));
  assert.deepEqual([ours.isOwn, ours.pairs.length, ours.paradigms.length], [false, 40, 8]);
  assert.match(cards.sentences.finding(ours), /in \d+ of 40 pairs/);
  const sentences = { first: 'the cat', second: 'the dogs' };
  const own = await figureOf('sentences', askedOf('plural', {}, { sentences }));
  assert.equal(own.isOwn, true);
  const [pair] = own.pairs;
  const which = pair.difference > 0 ? 'first' : 'second';
  assert.match(cards.sentences.finding(own), new RegExp(`^The ${which} sentence is more probable`));
});

test('a prompt does not matter to sentences, and sentences not to a prompt', () => {
  const key = (id, ...of) => keyOf(experimentOf(id), askedOf(...of));
  const sentences = { first: 'a', second: 'b' };
  assert.equal(key('sentences', 'plural'), key('sentences', 'sentiment', { query: 'other' }));
  assert.notEqual(key('sentences', 'plural'), key('sentences', 'plural', {}, { sentences }));
  assert.equal(key('choose', 'plural'), key('choose', 'plural', {}, { sentences }));
});

test('what was chosen is of the whole table and of the rows, as the other experiments are not', () => {
  const base = draftOf(presetById('sentiment'));
  const { demonstrations } = base.task;
  const task = { ...base.task, demonstrations: demonstrations.slice(0, 8) };
  for (const id of ['choose', 'manyShots']) {
    const key = (...of) => keyOf(experimentOf(id), askedOf('sentiment', ...of));
    assert.notEqual(key(), key({ task }), id);
    assert.notEqual(key(), key({}, { rows: [{ input: 'new', output: 'Positive' }] }), id);
  }
  const order = (...of) => keyOf(experimentOf('order'), askedOf('sentiment', ...of));
  assert.equal(order(), order({ task }));
});

test('two different sentences are needed, and no demonstration', () => {
  assert.equal(areTwo({ first: 'a', second: 'b' }), true);
  for (const [first, second] of [
    ['a', 'a'],
    ['', 'b'],
    ['a', ' '],
  ])
    assert.equal(areTwo({ first, second }), false);
  const missing = (sentences, change) =>
    missingFor(experimentOf('sentences'), askedOf('plural', change, { sentences }), {
      ...{ isText: true, hasModel: true },
    });
  assert.equal(missing(null, { shots: 0 }), null);
  assert.equal(missing({ first: 'a', second: 'b' }), null);
  assert.match(missing({ first: 'a', second: '' }), /two different sentences/);
});

test('many shots need a table with a row, and choices a row that is shown', () => {
  const base = draftOf(presetById('sentiment'));
  const missing = (id, change) =>
    missingFor(experimentOf(id), askedOf('sentiment', change), {
      ...{ isText: false, hasModel: true },
    });
  assert.equal(missing('manyShots', { shots: 0 }), null);
  assert.match(missing('choose', { shots: 0 }), /at least one example/);
  const empty = { task: { ...base.task, demonstrations: [] }, shots: 0 };
  assert.match(missing('manyShots', empty), /at least one example/);
});
