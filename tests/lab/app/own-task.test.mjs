// A task of the reader's own: when it is one, what is then no longer said, and how it is kept.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';
import { Shelf } from '../shelf.mjs';

const { emptyDraft, endOfShown, included, openPreset, reduce } = await labModule('app/state.ts');
const own = await labModule('app/own-task.ts');
const { foundLabels, identifierOf, isSameTask, labelsOf, nameOf, presetOf, stemOf } = own;
const { promptOf } = await labModule('app/prompt.ts');
const { presetById } = await labModule('presets/index.ts');
const { linesIn, spread } = await labModule('prompt/rows/lines.ts');
const kept = await labModule('share/kept-tasks.ts');
const { readTaskFile, readTasks, readText, removeTask, taskFile, writeTask, writeText } = kept;
const { harness } = await labModule('share/formats/harness.ts');
const { html } = await labModule('share/formats/html.ts');
const { pack, unpack } = await labModule('share/shared.ts');
const { packKept, unpackKept } = await labModule('share/store.ts');
const { defaultSettings } = await labModule('app/settings.ts');

const plural = presetById('plural');
const open = (preset = plural) => openPreset(preset);
const run = (state, ...actions) => actions.reduce(reduce, state);
const draftAfter = (...actions) => run(open(), ...actions).draft;
const cell = (index, field, text) => ({ type: 'demonstration', index, field, text });

test('a preset is itself until its task differs', () => {
  for (const same of [
    [],
    [{ type: 'query', text: 'wolf' }],
    [{ type: 'shots', shots: 0 }],
    [{ type: 'exclude', index: 0, excluded: true }],
    [{ type: 'move', from: 0, to: 3 }],
    [{ type: 'add', at: 4 }, cell(4, 'input', 'half a row')],
    [cell(0, 'output', 'x'), { type: 'undo' }],
  ]) {
    assert.equal(presetOf(draftAfter(...same))?.id, 'plural', JSON.stringify(same));
  }
  for (const other of [
    [cell(0, 'output', 'x')],
    [cell(0, 'input', 'x')],
    [{ type: 'remove', index: 9 }],
    [{ type: 'duplicate', index: 0 }],
    [{ type: 'labels', labels: ['a', 'b'] }],
    [{ type: 'instruction', text: 'Say it.' }],
    [{ type: 'template', field: 'inputPrefix', text: 'In: ' }],
    [{ type: 'text', text: 'Once' }],
    [{ type: 'new', id: 'a' }],
  ]) {
    assert.equal(presetOf(draftAfter(...other)), null, JSON.stringify(other));
  }
});

test('its own task has a name, and no export says that it is the preset', () => {
  const changed = draftAfter(cell(0, 'output', 'x'));
  assert.equal(nameOf(changed), 'Your task (from Plural)');
  assert.equal(nameOf(emptyDraft()), 'Your task');
  const named = run(
    { ...open(), draft: changed },
    { type: 'name', text: ' Spam: ja / nein 中 ', id: 'a' },
  ).draft;
  assert.equal(nameOf(named), 'Spam: ja / nein 中');
  assert.equal(stemOf(named), 'shotglass-Spam-ja-nein-中');
  assert.equal(identifierOf(named), 'shotglass_Spam_ja_nein');
  assert.equal(identifierOf(changed), 'shotglass_task');
  assert.equal(identifierOf(open().draft), 'shotglass_plural');
  assert.equal(stemOf(open().draft), 'shotglass');
  for (const draft of [changed, named]) {
    const shown = {
      draft,
      settings: defaultSettings,
      prompt: promptOf(draft).text,
      model: null,
      prediction: null,
      classification: null,
      version: '0',
    };
    const files = [html(shown), ...harness(shown)];
    for (const { name, text } of files) assert.doesNotMatch(name + text, /plural/);
  }
});

test('a link carries the name, and no place in this browser', () => {
  const draft = { ...draftAfter({ type: 'new', id: 'abc' }), name: 'Mine' };
  const shared = { draft, settings: defaultSettings, receipt: null };
  const back = unpack(JSON.parse(JSON.stringify(pack(shared)))).draft;
  assert.deepEqual(back, { ...draft, id: null });
  const state = { past: [], draft, future: [], typing: null };
  const restored = unpackKept(JSON.parse(packKept({ state, settings: defaultSettings })));
  assert.deepEqual(restored.state.draft, draft, 'after a reload it is kept where it was');
});

test('an empty row goes into the prompt when its output is filled, and the slider follows', () => {
  let state = run(open(), { type: 'new', id: 'a' });
  assert.equal(state.draft.shots, 0);
  state = run(state, cell(0, 'input', 'cat'));
  assert.equal(promptOf(state.draft).text, 'Q: \nA:');
  state = run(state, cell(0, 'output', 'c'));
  assert.equal(state.draft.shots, 1);
  assert.equal(promptOf(state.draft).text, 'Q: cat\nA: c\n\nQ: \nA:');
  state = run(state, { type: 'add', at: 1 });
  assert.equal(state.draft.shots, 1);
  state = run(state, cell(1, 'input', 'dog'), cell(1, 'output', 'dogs'));
  assert.equal(state.draft.shots, 2);

  // In a preset that shows 4 of 10, among them.
  const among = run(open(), { type: 'add', at: 4 }, cell(4, 'output', 'x'));
  assert.equal(among.draft.shots, 5);
  assert.equal(endOfShown(among.draft.task.demonstrations, 5), 5);
  // And below all of them, which then come in.
  const below = run(open(), { type: 'add', at: 10 }, cell(10, 'output', 'x'));
  assert.equal(below.draft.shots, 11);
});

test('an output that is typed anew moves no other row', () => {
  const first = open().draft;
  const cleared = draftAfter(cell(1, 'output', ''));
  assert.equal(cleared.shots, 3);
  const rows = first.task.demonstrations;
  assert.deepEqual(included(cleared.task.demonstrations).slice(0, 3), [rows[0], rows[2], rows[3]]);
  assert.deepEqual(run({ ...open(), draft: cleared }, cell(1, 'output', 'boxes')).draft.shots, 4);
  const beyond = draftAfter(cell(8, 'output', ''), cell(8, 'output', 'x'));
  assert.equal(beyond.shots, 4, 'a row that is not shown stays out');
});

test('many rows at once do not all go into the prompt', () => {
  const many = Array.from({ length: 100 }, (_, i) => ({ input: `${i}`, output: `${i}` }));
  const insert = (demonstrations) => ({ type: 'insert', at: 0, demonstrations, replaces: 1 });
  const empty = run(open(), { type: 'new', id: 'a' });
  assert.equal(run(empty, insert(many)).draft.shots, 16);
  assert.equal(run(empty, insert(many.slice(0, 5))).draft.shots, 5);
});

test('labels are found where two outputs or more repeat', () => {
  const found = (...outputs) => foundLabels(outputs.map((output) => ({ input: 'x', output })));
  assert.deepEqual(found('spam', 'ham', 'spam', 'ham'), ['spam', 'ham']);
  assert.equal(found('spam', 'spam', 'spam'), null);
  assert.equal(found('spam', 'ham', 'spam'), null);
  assert.equal(found('spam', 'ham', 'spam', 'ham', 'promo'), null);
  assert.deepEqual(found('spam', 'ham', 'spam', 'ham', 'sp'), ['spam', 'ham'], 'being typed');
  assert.deepEqual(found('spam', 'ham', 'spam', 'ham', ''), ['spam', 'ham']);
  const rows = ['a', 'b', 'a', 'b'].map((output) => ({ input: 'x', output }));
  const blank = emptyDraft();
  const draft = { ...blank, task: { ...blank.task, demonstrations: rows } };
  assert.deepEqual(labelsOf(draft), ['a', 'b']);
  assert.equal(labelsOf(open().draft), undefined, 'a preset names its labels itself');
});

test('stages of one task, and two tasks', () => {
  const [a, b] = ['a', 'b'].map((id) => emptyDraft(id));
  assert.ok(isSameTask(open().draft, draftAfter(cell(0, 'output', 'x'))));
  assert.ok(isSameTask(emptyDraft(), a), 'a name does not make another task');
  assert.ok(!isSameTask(a, b));
  assert.ok(!isSameTask(a, open().draft));
});

test('lines fill the empty cells below, and then make rows', () => {
  assert.equal(linesIn('one line\n'), null);
  assert.deepEqual(linesIn('a\r\n\r\nb\n'), ['a', 'b']);
  const rows = [
    { input: 'a', output: '' },
    { input: 'b', output: '', excluded: true },
    { input: 'c', output: 'taken' },
  ];
  assert.deepEqual(spread(rows, { at: 0, field: 'output' }, ['1', '2', '3']), {
    rows: [
      { input: 'a', output: '1' },
      { input: 'b', output: '2', excluded: true },
      { input: '', output: '3' },
    ],
    replaces: 2,
  });
});

const taskOf = (id, name, changed = 1) => ({ id, draft: { ...emptyDraft(id), name }, changed });

test('tasks are kept one by one; a damaged one stays, and takes no other along', () => {
  const shelf = new Shelf();
  shelf.setItem('shotglass.work', '{}');
  assert.ok(writeTask(shelf, taskOf('a', 'first', 1)));
  assert.ok(writeTask(shelf, taskOf('b', 'second', 2)));
  shelf.setItem('shotglass.task.c', '{"changed":1,"draft":');
  shelf.setItem('shotglass.task.../x', 'not ours');
  const { tasks, damaged } = readTasks(shelf);
  assert.deepEqual(tasks, [taskOf('b', 'second', 2), taskOf('a', 'first', 1)]);
  assert.deepEqual(damaged, ['c']);
  assert.equal(readText(shelf, 'c'), '{"changed":1,"draft":');
  removeTask(shelf, 'b');
  assert.deepEqual(
    readTasks(shelf).tasks.map(({ id }) => id),
    ['a'],
  );
});

test('a full storage refuses, and what is there stays', () => {
  const shelf = new Shelf();
  writeTask(shelf, taskOf('a', 'first'));
  shelf.room = 10;
  assert.equal(writeTask(shelf, taskOf('a', 'changed')), false);
  assert.equal(readTasks(shelf).tasks[0].draft.name, 'first');
  shelf.room = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 99; i++) assert.ok(writeTask(shelf, taskOf(`t${i}`, 'x')));
  assert.equal(writeTask(shelf, taskOf('more', 'x')), false, 'a hundred are kept');
  assert.ok(writeTask(shelf, taskOf('a', 'again')), 'and each of them can change');
  assert.equal(writeTask(null, taskOf('a', 'x')), false);
  assert.equal(writeText(new Shelf(), 'a', 'x'.repeat(1_000_001)), false);
});

test('a task file comes back as it was; anything else is refused in one word', () => {
  const draft = { ...draftAfter(cell(0, 'output', 'x')), name: 'Mine' };
  assert.deepEqual(readTaskFile(taskFile(draft)), draft);
  const why = (text) => {
    try {
      readTaskFile(text);
    } catch (error) {
      return error.why;
    }
  };
  assert.equal(why('no JSON'), 'other');
  assert.equal(why('null'), 'other');
  assert.equal(why('{"format":"shotglass-receipt","version":1}'), 'other');
  assert.equal(why(taskFile(draft).replace('"version": 1', '"version": 2')), 'newer');
  assert.equal(why(taskFile(draft).replace('"shots": 4', '"shots": 40')), 'wrong');
  assert.equal(why(' '.repeat(1_000_001)), 'long');
});
