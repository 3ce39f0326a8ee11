import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as data from 'shotglass/data';
import { labModule } from '../module.mjs';

const { guessColumns, isTable, mostRows, readPasted, readTable } =
  await labModule('prompt/table.ts');
const { Shuffler } = await labModule('prompt/shuffle.ts');
const { formatOf, formats } = await labModule('app/formats.ts');
const { openPreset, reduce } = await labModule('app/state.ts');
const { presetById } = await labModule('presets/index.ts');

test('cells of a spreadsheet are a table, other text is not', () => {
  for (const text of ['a\tb', 'a\tb\nc\td\n', '"two\nlines"\tb', 'a\t\tb'])
    assert.ok(isTable(text));
  for (const text of ['', 'a', 'a\nb', '\tindented', 'a\t', '\t\t\n', 'a, b']) {
    assert.ok(!isTable(text), JSON.stringify(text));
  }
});

test('pasted cells become demonstrations, the first row among them', async () => {
  const read = async (text) => (await readPasted(data, text))?.demonstrations;
  assert.deepEqual(await read('x\tx\n"two\nlines"\tb\r\n'), [
    { input: 'x', output: 'x' },
    { input: 'two\nlines', output: 'b' },
  ]);
  assert.deepEqual(await read('Text\tLabel\na\tb'), [{ input: 'a', output: 'b' }]);
  assert.deepEqual(await read('{"a\tb'), [{ input: '{"a', output: 'b' }]);
  const wide = await readPasted(data, 'a\tb\tc');
  assert.deepEqual(wide, { demonstrations: [{ input: 'a', output: 'b' }], columns: 3 });
  for (const lossy of ['a\tb\nc', 'a\tb\nc\t\n', 'text\tlabel']) {
    assert.equal(await readPasted(data, lossy), null, JSON.stringify(lossy));
  }
  assert.equal(await readPasted(data, 'a\tb\n'.repeat(mostRows + 1)), null);
});

test('without a header the first row is a row, on its own line', async () => {
  const cells = async (source) => {
    const { rows, problems } = await readTable(data, source, { named: false });
    assert.deepEqual(problems, []);
    return rows.map(({ line, values }) => [line, ...Object.values(values)]);
  };
  const expected = [
    [1, 'é', 'é'],
    [2, 'b, c', 'd'],
  ];
  assert.deepEqual(await cells('é,é\n"b, c",d'), expected);
  assert.deepEqual(await cells('é;é\r\nb, c;d'), expected);
  assert.deepEqual(await cells(new File(['\ufeffé,é\n"b, c",d'], 'x.csv')), expected);
  const latin = new File([new Uint8Array([0x61, 0x2c, 0x62, 0x0d, 0x63, 0x2c, 0x64])], 'old.csv');
  assert.deepEqual(await cells(latin), [
    [1, 'a', 'b'],
    [2, 'c', 'd'],
  ]);
  const { problems } = await readTable(data, 'a,b\nc', { named: false });
  assert.deepEqual(
    problems.map(({ line }) => line),
    [2],
  );
});

test('a list of objects is read like lines of them', async () => {
  const list = '[{"text": "a", "label": 1},\n {"text": "b", "label": "x"}]';
  for (const source of [list, new File([list], 'rows.json')]) {
    const { columns, rows } = await readTable(data, source, { named: false });
    assert.deepEqual(columns, ['text', 'label']);
    assert.deepEqual(
      rows.map(({ values }) => values),
      [
        { text: 'a', label: '1' },
        { text: 'b', label: 'x' },
      ],
    );
  }
  const { rows } = await readTable(data, '[1], [2]\na,b', { named: true });
  assert.deepEqual(rows[0].values, { '[1]': 'a', '[2]': 'b' });
  for (const text of ['[1, 2]', '[null]', '[']) {
    assert.ok((await readTable(data, text, { named: true })).problems.length > 0, text);
  }
});

test('columns are guessed by name, else by place', () => {
  const guess = (...columns) => {
    const mapping = guessColumns(columns);
    return mapping && [mapping.input, mapping.output];
  };
  assert.deepEqual(guess('id', 'label', 'text'), ['text', 'label']);
  assert.deepEqual(guess('label', 'words'), ['words', 'label']);
  assert.deepEqual(guess('words', 'Question'), ['Question', 'words']);
  assert.deepEqual(guess('a', 'b', 'c'), ['a', 'b']);
  assert.equal(guess('a'), null);
});

test('a seed gives one order, however often the rows were shuffled before', () => {
  const shuffler = new Shuffler();
  const row = { input: 'c' };
  // The same row twice, as a duplicate is.
  const rows = [{ input: 'a' }, { input: 'b' }, row, row, { input: 'd' }];
  const apply = (items, seed) => shuffler.shuffle(items, seed).map((index) => items[index]);
  const one = apply(rows, 1);
  assert.notDeepEqual(one, rows);
  assert.deepEqual(new Set(shuffler.shuffle(rows, 1)).size, rows.length);
  const two = apply(apply(rows, 1), 2);
  assert.deepEqual(apply(two, 1), one);
  assert.equal(shuffler.nextSeed(one), 2, 'another press, another order');
  assert.equal(shuffler.nextSeed(rows), 1, 'taken back, it is the order of this seed that is next');
  assert.throws(() => shuffler.shuffle(rows, 0.5), /seed must be an integer/);
});

test('a ready format fills the template in one step, and is known again', () => {
  const state = openPreset(presetById('past-tense'));
  assert.equal(formatOf(state.draft.task.template), 'qa');
  const { template } = state.draft.task;
  const arrow = formats.find(({ id }) => id === 'arrow');
  const edit = { type: 'format', template: { ...template, ...arrow.template } };
  const changed = reduce(state, edit);
  assert.equal(formatOf(changed.draft.task.template), 'arrow');
  assert.deepEqual(reduce(changed, { type: 'undo' }).draft, state.draft);
  const own = { type: 'template', field: 'outputPrefix', text: '=' };
  assert.equal(formatOf(reduce(changed, own).draft.task.template), null);
});

test('rows take the place of others, and all stays all', () => {
  const state = openPreset(presetById('past-tense'));
  const { length } = state.draft.task.demonstrations;
  const rows = [
    { input: 'a', output: 'b' },
    { input: 'c', output: 'd' },
  ];
  const insert = (from, at, replaces) =>
    reduce(from, { type: 'insert', at, demonstrations: rows, replaces }).draft;
  assert.deepEqual(insert(state, 0, length).task.demonstrations, rows);
  assert.equal(insert(state, 0, length).shots, 2);
  const inputs = insert(state, 1, 1).task.demonstrations.map(({ input }) => input);
  assert.deepEqual(inputs.slice(0, 4), ['walk', 'a', 'c', 'go']);
  assert.equal(insert(reduce(state, { type: 'shots', shots: length }), 1, 1).shots, length + 1);
});
