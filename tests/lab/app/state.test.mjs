import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';

const { openPreset, reduce } = await labModule('app/state.ts');
const { promptOf } = await labModule('app/prompt.ts');
const { presets, presetById } = await labModule('presets/index.ts');

const open = () => openPreset(presetById('past-tense'));
const run = (state, ...actions) => actions.reduce(reduce, state);
const inputs = (state) => state.draft.task.demonstrations.map(({ input }) => input);

test('demonstrations are added, edited, moved and removed', () => {
  const first = open();
  const all = inputs(first);
  const edited = run(first, { type: 'demonstration', index: 1, field: 'input', text: 'jump' });
  assert.equal(inputs(edited)[1], 'jump');
  assert.equal(inputs(first)[1], all[1], 'the state before is untouched');

  const moved = run(first, { type: 'move', from: 0, to: 2 });
  assert.deepEqual(inputs(moved).slice(0, 3), [all[1], all[2], all[0]]);
  assert.deepEqual(inputs(run(moved, { type: 'move', from: 2, to: 0 })), all);

  const removed = run(first, { type: 'remove', index: 0 });
  assert.deepEqual(inputs(removed), all.slice(1));
  assert.deepEqual(inputs(run(removed, { type: 'undo' })), all);
});

test('rows are inserted, duplicated and excluded, and the shots count what is included', () => {
  const first = open();
  const all = inputs(first);
  const rows = [
    { input: 'a', output: 'b' },
    { input: 'c', output: 'd' },
  ];
  assert.deepEqual(
    inputs(run(first, { type: 'insert', at: 1, demonstrations: rows })).slice(0, 4),
    [all[0], 'a', 'c', all[1]],
  );
  assert.deepEqual(inputs(run(first, { type: 'duplicate', index: 0 })).slice(0, 2), [
    all[0],
    all[0],
  ]);

  const full = run(first, { type: 'shots', shots: all.length });
  const without = run(full, { type: 'exclude', index: 0, excluded: true });
  assert.deepEqual(inputs(without), all, 'an excluded row stays in the table');
  assert.equal(without.draft.shots, all.length - 1);
  assert.doesNotMatch(promptOf(without.draft).text, new RegExp(`Q: ${all[0]}\n`));
  assert.equal(reduce(without, { type: 'exclude', index: 0, excluded: true }), without);
  const back = run(without, { type: 'exclude', index: 0, excluded: false });
  assert.deepEqual(back.draft.task, full.draft.task);
});

test('an order is a permutation or nothing', () => {
  const first = open();
  const all = inputs(first);
  const reversed = all.map((_, index) => all.length - 1 - index);
  assert.deepEqual(inputs(run(first, { type: 'order', order: reversed })), [...all].reverse());
  for (const order of [[0], all.map(() => 0), [...reversed, 0], all.map((_, index) => index)]) {
    assert.equal(reduce(first, { type: 'order', order }), first);
  }
});

test('free text is the prompt itself, and the task waits behind it', () => {
  const first = open();
  const free = run(
    first,
    { type: 'text', text: 'Once upon' },
    { type: 'text', text: 'Once upon a' },
  );
  assert.equal(promptOf(free.draft).text, 'Once upon a');
  assert.equal(free.past.length, 1, 'typed in one go');
  assert.deepEqual(run(free, { type: 'text', text: null }).draft, first.draft);
});

test('what cannot be done changes nothing, and leaves no step behind', () => {
  const state = open();
  const last = state.draft.task.demonstrations.length;
  for (const action of [
    { type: 'move', from: 0, to: -1 },
    { type: 'move', from: 0, to: last },
    { type: 'remove', index: last },
    { type: 'unappend' },
    { type: 'clear-appended' },
    { type: 'shots', shots: state.draft.shots },
    { type: 'undo' },
    { type: 'redo' },
  ]) {
    assert.equal(reduce(state, action), state, action.type);
  }
});

test('shots stay between zero and all', () => {
  const state = open();
  const all = state.draft.task.demonstrations.length;
  const shots = (n) => run(state, { type: 'shots', shots: n }).draft.shots;
  assert.deepEqual([shots(-1), shots(0), shots(2.6), shots(99)], [0, 0, 3, all]);

  const full = run(state, { type: 'shots', shots: all });
  assert.equal(run(full, { type: 'remove', index: 0 }).draft.shots, all - 1);
});

test('typing in one field is one step of the history', () => {
  const state = run(
    open(),
    { type: 'query', text: 'r' },
    { type: 'query', text: 'ru' },
    { type: 'query', text: 'run' },
    { type: 'instruction', text: 'Answer' },
    { type: 'pause' },
    { type: 'instruction', text: 'Answer.' },
  );
  assert.equal(state.past.length, 3);
  const back = run(state, { type: 'undo' }, { type: 'undo' });
  assert.equal(back.draft.query, 'run');
  assert.equal(back.draft.task.instruction, '');
  assert.equal(run(back, { type: 'undo' }).draft.query, open().draft.query);
});

test('undo and redo walk the same way; an edit ends what could be redone', () => {
  const state = run(open(), { type: 'shots', shots: 0 }, { type: 'append', text: ' x' });
  const back = run(state, { type: 'undo' }, { type: 'undo' });
  assert.deepEqual(back.draft, open().draft);
  assert.deepEqual(run(back, { type: 'redo' }, { type: 'redo' }).draft, state.draft);
  const edited = run(back, { type: 'query', text: 'new' });
  assert.equal(reduce(edited, { type: 'redo' }), edited);
});

test('appended tokens go with the query that they continue', () => {
  const state = run(open(), { type: 'append', text: ' was' }, { type: 'append', text: ' here' });
  assert.deepEqual(state.draft.appended, [' was', ' here']);
  assert.deepEqual(run(state, { type: 'unappend' }).draft.appended, [' was']);
  assert.deepEqual(run(state, { type: 'shots', shots: 1 }).draft.appended, [' was', ' here']);
  assert.deepEqual(run(state, { type: 'query', text: 'go' }).draft.appended, []);
});

test('another preset is one step, and undo brings the work back', () => {
  const work = run(open(), { type: 'query', text: 'mine' });
  const other = run(work, { type: 'preset', preset: presetById('sentiment') });
  assert.equal(other.draft.preset, 'sentiment');
  assert.deepEqual(run(other, { type: 'undo' }).draft, work.draft);
});

test('the history is bounded', () => {
  let state = open();
  for (let i = 0; i < 500; i++) state = reduce(state, { type: 'append', text: 'x' });
  assert.equal(state.past.length, 200);
});

test('every preset is a sound task', () => {
  const ids = new Set();
  for (const { id, task, queries, shots, shows } of presets) {
    ids.add(id);
    const { demonstrations, template, labels } = task;
    assert.ok(demonstrations.length >= 8 && demonstrations.length <= 12, id);
    assert.ok(queries.length >= 4 && queries[0] === task.query, id);
    assert.ok(shots <= demonstrations.length && shows !== '', id);
    // The boundary space belongs to the continuation.
    assert.doesNotMatch(template.outputPrefix, /\s$/, id);
    const solved = new Set(demonstrations.map(({ input }) => input));
    assert.equal(solved.size, demonstrations.length, `${id}: a demonstration twice`);
    for (const query of queries) assert.ok(!solved.has(query), `${id}: "${query}" is solved above`);
    if (labels) {
      const used = new Set(demonstrations.map(({ output }) => output));
      assert.deepEqual([...used].sort(), [...labels].sort(), id);
    }
  }
  assert.equal(ids.size, 21);
});
