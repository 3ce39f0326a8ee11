// The page before a model is loaded: what is recorded of the prompt, and when the model is asked for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';

const { First } = await labModule('lab/recorded-or-live.ts');
const { promptOf } = await labModule('app/prompt.ts');
const { defaultSettings } = await labModule('app/settings.ts');
const { openPreset, reduce } = await labModule('app/state.ts');
const { presets } = await labModule('presets/index.ts');
const [lead] = presets;
const rows = lead.task.demonstrations.length;

/** The page after these edits of the first preset, on a device that was looked at. */
function after(actions, { keeping = 'will be kept', settings = defaultSettings } = {}) {
  const none = { jobState: { of: null, result: null } };
  const state = actions.reduce(reduce, openPreset(lead));
  const loads = [];
  const models = {
    model: null,
    loading: null,
    problem: null,
    load(source) {
      loads.push(source.kind);
    },
  };
  const jobs = Object.fromEntries(jobNames.map((name) => [name, none]));
  const first = new First(
    { state, settings, prompt: promptOf(state.draft), models, ...jobs },
    () => {},
  );
  Object.assign(first, { probe: { obstacle: null, rate: null }, keeping });
  return { first, loads, models };
}

const jobNames = ['answer', 'classification', 'generation', 'tree', 'ghost', 'ladder'];
const query = (text) => ({ type: 'query', text });
const cell = (index, text) => ({ type: 'demonstration', index, field: 'output', text });

test('what is recorded needs no model; any other prompt asks for it, and loads nothing', () => {
  for (const actions of [[], [query('mouse')], [{ type: 'shots', shots: 0 }]]) {
    const { first, loads } = after(actions);
    first.asked();
    assert.equal(first.origin, 'recorded', JSON.stringify(actions));
    assert.equal(first.need, null, JSON.stringify(actions));
    assert.deepEqual(loads, []);
  }
  for (const actions of [[query('zebra')], [cell(0, 'x')], [{ type: 'new', id: 'a' }]]) {
    const { first, loads } = after(actions);
    first.asked();
    first.want();
    assert.equal(first.origin, null, JSON.stringify(actions));
    assert.equal(first.need?.isKept, false, JSON.stringify(actions));
    assert.deepEqual(loads, []);
  }
});

test('settings that no record has ask for the model, too, and so does a wish', () => {
  const { first } = after([], { settings: { ...defaultSettings, topK: 50 } });
  assert.equal(first.need?.isKept, false);
  const wished = after([]).first;
  wished.want();
  assert.equal(wished.need?.isKept, false);
});

test('nothing asks where a model is there, is on its way, or cannot run', () => {
  for (const change of [{ model: {} }, { loading: {} }, { problem: {} }]) {
    const { first, models } = after([query('zebra')]);
    Object.assign(models, change);
    assert.equal(first.need, null, JSON.stringify(change));
  }
  const { first } = after([query('zebra')]);
  first.probe = { obstacle: 'simd', rate: null };
  assert.equal(first.need, null);
});

test('a model that is on the device loads unasked, until the reader cancels', () => {
  const { first, loads, models } = after([query('zebra')], { keeping: 'is kept' });
  assert.equal(first.need?.isKept, true);
  first.want();
  assert.deepEqual(loads, ['default']);
  models.cancel = () => {};
  first.cancel();
  first.want();
  assert.deepEqual(loads, ['default']);
});

test('while another model is loaded nothing recorded is shown as its own, and it is said whose the rest is', async () => {
  const { first, models } = after([]);
  assert.equal(first.measuredWith, null);
  const jobState = { of: null, result: null };
  Object.assign(models, { model: { info: { sha256: first.recordedModel.sha256 } } });
  assert.equal(first.measuredWith, null);
  assert.ok(first.ladder, 'what is recorded of this model is what it is going to say');

  models.model.info.sha256 = 'f'.repeat(64);
  assert.equal(first.measuredWith, 'SmolLM2-135M-Instruct Q4_1');
  assert.deepEqual(
    [first.ladder, first.words, first.promptTokens, first.sent],
    [null, null, null, null],
  );
  assert.deepEqual(
    [first.jobState, first.classification, first.generation],
    [jobState, jobState, jobState],
  );
  assert.deepEqual([first.headline, first.ghost], [null, '']);
  // It is not even asked.
  assert.deepEqual(await first.agreement(lead, models.model, null), { kind: 'other' });
});

test('of a changed preset nothing is recorded, though its prompt be the same', () => {
  const { first } = after([cell(rows - 1, 'x')]);
  assert.equal(first.place, null);
  assert.deepEqual(first.queries, []);
  assert.equal(first.ladder, null);
  assert.equal(first.solution, null);
});

test('the ladder needs all rows in their order, and a prompt only those that it shows', () => {
  assert.equal(after([]).first.ladder.columns.length, rows + 1);
  const moved = after([{ type: 'move', from: rows - 1, to: rows - 2 }]).first;
  assert.equal(moved.origin, 'recorded');
  assert.equal(moved.ladder, null);
  const excluded = after([{ type: 'exclude', index: rows - 1, excluded: true }]).first;
  assert.equal(excluded.origin, 'recorded');
  assert.equal(excluded.ladder, null);
});
