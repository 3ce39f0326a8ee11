// Experiments outlive a reload: what was found is shown again, and what was interrupted goes on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { defaultModel } from 'shotglass';
import { fakeModel, hashed } from '../../package/experiments/fake.mjs';
import { labModule } from '../module.mjs';

globalThis.IDBKeyRange = IDBKeyRange;
const { Experiments } = await labModule('lab/experiments.ts');
const { Job } = await labModule('app/job.ts');
const { Pace } = await labModule('app/pace.ts');
const { defaultSettings } = await labModule('app/settings.ts');
const { openPreset, reduce } = await labModule('app/state.ts');
const { presets } = await labModule('presets/index.ts');
const { openRuns } = await labModule('share/kept-runs.ts');
const { experimentOf } = await labModule('why/experiments.ts');
const { keyOf, questionOf } = await labModule('why/question.ts');
const { readChoices } = await labModule('lab/kept-choices.ts');

const preset = presets.find(({ id }) => id === 'sentiment');
const { sha256 } = defaultModel;

/** A model that lets only so many calls through before it waits for ever. */
function newModel(most = Number.POSITIVE_INFINITY, info = { sha256, activationBits: 16 }) {
  const model = fakeModel(hashed, { answers: () => ' x' });
  const { score } = model;
  model.score = (context, continuations, options) =>
    model.calls.length < most
      ? score(context, continuations, options)
      : new Promise((_, reject) => {
          options.signal.addEventListener('abort', () => reject(options.signal.reason));
        });
  return Object.assign(model, { info });
}

/** The page after it has been loaded, with what the browser keeps. */
function newPage(factory, { model = null, experiment = 'evaluate', version = '1.0' } = {}) {
  const lab = {
    state: openPreset(preset),
    settings: { ...defaultSettings, experiment },
    chat: null,
    models: { model },
    pace: new Pace(),
    pinned: { held: null },
  };
  const changed = () => {
    lab.drawn = found.unfinished;
  };
  const found = new Experiments(lab, () => new Job(changed), changed);
  found.keepIn(factory && openRuns(factory, version));
  const asked = () => {
    const one = experimentOf(lab.settings.experiment);
    const held = lab.pinned.held?.draft ?? null;
    const question = questionOf(lab.state.draft, null, lab.settings, found.choices, held);
    return { experiment: one, question, of: keyOf(one, question) };
  };
  const run = (goesOn = false) => found.run({ ...asked(), goesOn });
  return { lab, found, asked, run };
}

async function until(is) {
  const start = performance.now();
  while (!is()) {
    assert.ok(performance.now() - start < 5000, 'it does not come');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
/** For as long as it takes to look something up, and to find nothing. */
const lookup = () => new Promise((resolve) => setTimeout(resolve, 400));
const ended = ({ found }) => until(() => found.jobState.result && !found.jobState.running);

/** All that is shown of an evaluation; the time differs, and the cache of the model is empty after a reload. */
const shown = ({ found }) => {
  const { durationMs: _, tokensRun: __, ...evaluation } = found.evaluation.evaluation;
  return structuredClone({ ...found.evaluation, evaluation });
};

const choices = { shots: [0, 1, 4], draws: { seeds: 2, orders: 1 } };

/** An evaluation that was left after so many calls, in a storage. */
async function interrupted(most) {
  const factory = new IDBFactory();
  const page = newPage(factory, { model: newModel(most) });
  page.found.choose(choices);
  page.run();
  await until(() => page.lab.models.model.calls.length === most);
  page.found.stop();
  await until(() => page.found.unfinished);
  assert.equal(page.lab.drawn, page.found.unfinished, 'the page has been told');
  return { factory, page };
}

const whole = newPage(null, { model: newModel() });
whole.found.choose(choices);
whole.run();
await ended(whole);
const total = 24 * 5;

test('an evaluation goes on after a reload, and comes to the same figures in every bit', async () => {
  const { factory } = await interrupted(50);
  const model = newModel();
  const page = newPage(factory, { model });
  await ended(page);
  assert.deepEqual(page.found.choices.shots, choices.shots, 'what was chosen is there');
  assert.equal(page.found.jobState.stopped, true);
  assert.deepEqual(page.found.unfinished, { of: page.asked().of, done: 50, total });
  assert.equal(model.calls.length, 0, 'nothing runs by itself');
  assert.notDeepEqual(shown(page), shown(whole));

  page.run(true);
  await ended(page);
  assert.deepEqual(shown(page), shown(whole));
  assert.equal(model.calls.length, total - 50);
  assert.equal(page.found.unfinished, null);
  assert.equal(page.found.notice, null);

  const again = newPage(factory);
  await ended(again);
  assert.deepEqual(shown(again), shown(whole), 'without a model');
  assert.equal(again.found.jobState.stopped, false);
  assert.equal(again.found.unfinished, null);
});

test('what was stopped goes on in the same page, too', async () => {
  const { page } = await interrupted(30);
  page.lab.models.model = newModel();
  page.run(true);
  await ended(page);
  assert.deepEqual(shown(page), shown(whole));
});

test('another model has nothing to go on with', async () => {
  const { factory, page } = await interrupted(30);
  page.lab.models.model = newModel(0, { sha256: 'b'.repeat(64), activationBits: 16 });
  page.found.recall();
  await until(() => page.found.unfinished === null);
  const next = newPage(factory, { model: newModel() });
  await ended(next);
  assert.equal(next.found.unfinished.done, 30);
});

test('what begins anew forgets what was kept', async () => {
  const { factory, page } = await interrupted(30);
  page.lab.models.model = newModel(10);
  page.run();
  await until(() => page.lab.models.model.calls.length === 10);
  page.found.stop();
  await until(() => page.found.unfinished?.done === 10);
  const next = newPage(factory, { model: newModel() });
  await ended(next);
  assert.equal(next.found.unfinished.done, 10);
});

test('a result is of one prompt, model and settings', async () => {
  const factory = new IDBFactory();
  const model = newModel();
  const page = newPage(factory, { model });
  page.found.choose(choices);
  page.run();
  await ended(page);
  const finds = async (change, other = model) => {
    const next = newPage(factory, { model: other });
    await lookup();
    next.found.reset();
    await new Promise((resolve) => setTimeout(resolve, 20));
    change(next);
    next.found.recall();
    await lookup();
    return next.found.jobState.result !== null;
  };
  const draftIs = (action) => (next) => {
    next.lab.state = reduce(next.lab.state, action);
  };
  assert.equal(await finds(() => {}), true);
  for (const change of [
    (next) => next.found.choose({ shots: [0, 1] }),
    (next) => next.found.choose({ calibration: 'batch' }),
    (next) => next.found.choose({ holdOut: 2 }),
    (next) => next.found.choose({ draws: { seeds: 3, orders: 1 } }),
    (next) => next.found.choose({ rows: preset.rows.slice(1) }),
    (next) => {
      next.lab.settings = { ...next.lab.settings, rule: 'perToken' };
    },
    draftIs({ type: 'instruction', text: 'Say it.' }),
    draftIs({ type: 'demonstration', index: 0, field: 'input', text: 'Other.' }),
    draftIs({ type: 'template', field: 'outputPrefix', text: 'Mood:' }),
    draftIs({ type: 'exclude', index: 1, excluded: true }),
  ]) {
    assert.equal(await finds(change), false, String(change));
    // The next one finds the choices that lead to what was kept.
    page.found.choose(choices);
  }
  const others = [
    { sha256: 'b'.repeat(64), activationBits: 16 },
    { sha256, activationBits: 8 },
  ];
  for (const info of others) assert.equal(await finds(() => {}, newModel(0, info)), false);
});

test('the pinned prompt and the present one go on together, and come to the same figures in every bit', async () => {
  const instruction = { type: 'instruction', text: 'Positive or Negative?' };
  /** The page with a pinned preset and a task made of it. */
  const pair = (factory, model) => {
    const page = newPage(factory, { model, experiment: 'compare' });
    page.lab.pinned.held = { draft: page.lab.state.draft };
    page.lab.state = reduce(page.lab.state, instruction);
    page.found.choose(choices);
    return page;
  };
  const figure = ({ found }) => {
    const timeless = ({ durationMs: _, tokensRun: __, ...evaluation }) => evaluation;
    const { a, b, ...rest } = found.jobState.result;
    return structuredClone({ ...rest, a: timeless(a), b: b && timeless(b) });
  };
  const all = 2 * total;
  const undisturbed = pair(null, newModel());
  undisturbed.run();
  await ended(undisturbed);
  // One is left while A runs, and one while the present prompt does.
  for (const most of [50, 180]) {
    const factory = new IDBFactory();
    const left = pair(factory, newModel(most));
    left.run();
    await until(() => left.lab.models.model.calls.length === most);
    left.found.stop();
    await until(() => left.found.unfinished);
    const model = newModel();
    const page = pair(factory, model);
    await ended(page);
    assert.deepEqual(page.found.unfinished, { of: page.asked().of, done: most, total: all });
    assert.equal(page.found.jobState.result.b === null, most < total);
    assert.equal(model.calls.length, 0);
    page.run(true);
    await until(() => model.calls.length === all - most && !page.found.jobState.running);
    assert.deepEqual(figure(page), figure(undisturbed));
    const again = pair(factory, null);
    await ended(again);
    assert.deepEqual(figure(again), figure(undisturbed), 'without a model');
    // With nothing pinned there is nothing to compare, and another pinned prompt is another comparison.
    again.lab.pinned.held = null;
    assert.equal(again.found.jobState.result, null);
    again.lab.pinned.held = {
      draft: reduce(openPreset(preset), { type: 'remove', index: 0 }).draft,
    };
    assert.notEqual(again.found.jobState.of, again.asked().of);
  }
});

test('the other experiments are shown again, each on its tab', async () => {
  const factory = new IDBFactory();
  const page = newPage(factory, { model: newModel(), experiment: 'order' });
  page.run();
  await ended(page);
  const next = newPage(factory, { model: newModel(), experiment: 'order' });
  await ended(next);
  assert.deepEqual(next.found.jobState.result, page.found.jobState.result);
  next.lab.settings = { ...next.lab.settings, experiment: 'influence' };
  assert.equal(next.found.jobState.result, null);
});

test('what is damaged or older is dropped with a sentence', async () => {
  const { factory } = await interrupted(20);
  const older = newPage(factory, { model: newModel(), version: '2.0' });
  await until(() => older.found.notice);
  assert.match(older.found.notice, /another version/);
  assert.equal(older.found.jobState.result, null);
  const after = newPage(factory, { model: newModel() });
  await lookup();
  assert.equal(after.found.jobState.result, null);
  assert.equal(after.found.notice, null);

  const changed = await interrupted(20);
  const shelf = openRuns(changed.factory, '1.0');
  const { read } = shelf;
  let asked = null;
  shelf.read = async (key) => {
    asked = key;
    const kept = await read(key);
    return kept && { ...kept, calls: kept.calls.with(7, { ...kept.calls[7], asked: 1 }) };
  };
  const page = newPage(null, { model: newModel() });
  page.found.keepIn(shelf);
  await until(() => page.found.notice);
  assert.match(page.found.notice, /could not be read/);
  assert.equal(page.found.jobState.result, null);
  assert.equal(page.found.unfinished, null);
  assert.equal(await read(asked), null);
});

test('a storage that fails stops no experiment', async () => {
  const fails = async () => {
    throw new Error('Denied.');
  };
  const shelf = {
    read: fails,
    record: fails,
    drop: fails,
    readChoices: fails,
    writeChoices: fails,
    clear: fails,
  };
  const page = newPage(null, { model: newModel() });
  page.found.keepIn(shelf);
  page.found.choose(choices);
  page.run();
  await ended(page);
  assert.deepEqual(shown(page), shown(whole));

  const full = newPage(null, { model: newModel(40) });
  full.found.keepIn({ ...shelf, record: async () => ({ known: [], add: async () => false }) });
  full.found.choose(choices);
  full.run();
  await until(() => full.lab.models.model.calls.length === 40);
  full.found.stop();
  await until(() => full.found.notice);
  assert.match(full.found.notice, /no longer kept/);
  assert.equal(full.found.unfinished, null, 'there is nothing to go on with');
});

test('choices that cannot be read are none', () => {
  const kept = {
    rows: [{ input: 'a', output: 'b' }],
    shots: [0, 4],
    draws: { seeds: 2, orders: 1 },
    calibration: 'channel',
    holdOut: 5,
    given: null,
  };
  assert.deepEqual(readChoices(kept), kept);
  for (const change of [
    { rows: [{ input: 'a' }] },
    { rows: 'a' },
    { shots: [0.5] },
    { draws: { seeds: 0, orders: 1 } },
    { draws: null },
    { calibration: 'other' },
    { holdOut: -1 },
    { given: { query: 'a' } },
  ]) {
    assert.equal(readChoices({ ...kept, ...change }), null, JSON.stringify(change));
  }
  for (const value of [undefined, null, 'x', []]) assert.equal(readChoices(value), null);
});
