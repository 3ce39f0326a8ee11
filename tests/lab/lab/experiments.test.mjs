// The experiments' part of the lab's state: what runs, what was found, and what the reader chose.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';

const { Experiments } = await labModule('lab/experiments.ts');
const { Job } = await labModule('app/job.ts');
const { Pace } = await labModule('app/pace.ts');
const { defaultSettings } = await labModule('app/settings.ts');
const { openPreset } = await labModule('app/state.ts');
const { presets } = await labModule('presets/index.ts');
const { keyOf, questionOf } = await labModule('why/question.ts');

const preset = presets.find(({ id }) => id === 'sentiment');
const effects = [{ role: 'demonstration', demonstration: 1, text: '', output: '', nats: -0.5 }];
const figures = {
  influence: { experiment: 'influence', effects },
  order: { experiment: 'order' },
  evaluate: { experiment: 'evaluate', evaluation: { durationMs: 5000 } },
};

/** A lab with a model, and experiments whose steps a test lets go one by one. */
function newLab() {
  const lab = {
    state: openPreset(preset),
    settings: defaultSettings,
    chat: null,
    models: { model: { info: { name: 'first' } } },
    pace: new Pace(),
    pinned: { held: null },
    changes: 0,
  };
  const changed = () => {
    lab.changes += 1;
  };
  const found = new Experiments(lab, () => new Job(changed), changed);
  const open = (id) => {
    lab.settings = { ...lab.settings, experiment: id };
  };
  const start = (id) => {
    open(id);
    const step = deferred();
    async function* run() {
      yield { done: 1, total: 2, result: figures[id] };
      await step.promise;
      yield { done: 2, total: 2, result: figures[id] };
    }
    const experiment = {
      id,
      asks: id === 'evaluate' ? 'rows' : undefined,
      fetchCard: async () => ({ run }),
    };
    const question = questionOf(lab.state.draft, null, lab.settings, found.choices);
    found.run({ experiment, question, of: keyOf(experiment, question) });
    return step.resolve;
  };
  return { lab, found, open, start };
}

function deferred() {
  let resolve;
  const promise = new Promise((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

const rest = () => new Promise((resolve) => setTimeout(resolve, 5));

test('newer work takes the place of what is under way, and what that found stays on its tab', async () => {
  const { found, open, start } = newLab();
  start('influence');
  await rest();
  assert.equal(found.jobState.running, true);
  const end = start('order');
  await rest();
  assert.equal(found.jobState.result, figures.order);
  open('influence');
  const { running, stopped, result } = found.jobState;
  assert.deepEqual([running, stopped, result], [false, true, figures.influence]);
  open('order');
  end();
  await rest();
  assert.deepEqual([found.jobState.running, found.jobState.stopped], [false, false]);
});

test('the rows of the table show effects of this prompt alone, and the same are the same object', async () => {
  const { lab, found, start } = newLab();
  assert.equal(found.effects.size, 0);
  start('influence')();
  await rest();
  assert.deepEqual([...found.effects.keys()], [1]);
  assert.equal(found.effects.get(1).sign, 'less');
  assert.equal(found.effects, found.effects);
  const { state } = lab;
  lab.state = { ...state, draft: { ...state.draft, query: 'Another.' } };
  assert.equal(found.effects.size, 0);
  lab.state = state;
  assert.equal(found.effects.size, 1);
});

test('what was found is of the question and the model that it was found with', async () => {
  const { lab, found, start } = newLab();
  assert.equal(found.made, null);
  start('evaluate')();
  await rest();
  const { made } = found;
  assert.deepEqual([made.model.name, made.question.rule], ['first', 'sum']);
  lab.settings = { ...lab.settings, rule: 'perByte' };
  lab.models.model = { info: { name: 'second' } };
  assert.equal(found.made, made, 'whatever the page has come to since');
  start('evaluate');
  await rest();
  assert.deepEqual([found.made.model.name, found.made.question.rule], ['second', 'perByte']);
  found.reset();
  assert.equal(found.made, null);
});

test('an evaluation that has ended says how long the next one takes, of the same model', async () => {
  const { lab, found, start } = newLab();
  lab.pace = lab.pace.add({ tokens: 100, cachedTokens: 0, durationMs: 1000 });
  assert.equal(found.tokenMs, 10, 'as a prompt takes');
  start('evaluate');
  await rest();
  found.stop();
  await rest();
  assert.equal(found.tokenMs, 10, 'a stopped one says nothing');
  start('evaluate')();
  await rest();
  const ofEvaluation = found.tokenMs;
  assert.notEqual(ofEvaluation, 10);
  lab.models.model = {};
  assert.equal(found.tokenMs, 10);
});

test('another task forgets what was found and brought, and keeps what was chosen', async () => {
  const { lab, found, start } = newLab();
  found.choose({
    rows: [{ input: 'a', output: 'b' }],
    shots: [4],
    closer: '4/0/0',
    given: { query: 'a', answer: 'b' },
  });
  assert.equal(lab.changes, 1);
  start('evaluate')();
  await rest();
  assert.equal(found.evaluation, figures.evaluate);
  found.reset();
  assert.equal(found.evaluation, null);
  assert.deepEqual(
    [found.choices.rows, found.choices.closer, found.choices.given, found.choices.shots],
    [null, null, null, [4]],
  );
});
