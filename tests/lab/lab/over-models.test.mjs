// Models are asked one after the other, none of them twice, and what was found of each stays beside what comes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { defaultModel } from 'shotglass';
import { models as catalogue } from 'shotglass/models';
import { fakeModel, hashed } from '../../package/experiments/fake.mjs';
import { labModule } from '../module.mjs';

globalThis.IDBKeyRange = IDBKeyRange;
const { Experiments } = await labModule('lab/experiments.ts');
const { OverModels, comparedModel } = await labModule('lab/over-models.ts');
const { Taping } = await labModule('lab/taping.ts');
const { Job } = await labModule('app/job.ts');
const { Pace } = await labModule('app/pace.ts');
const { presetOf } = await labModule('app/own-task.ts');
const { defaultSettings } = await labModule('app/settings.ts');
const { openPreset, reduce } = await labModule('app/state.ts');
const { presets } = await labModule('presets/index.ts');
const { openRuns } = await labModule('share/kept-runs.ts');
const { experimentOf } = await labModule('why/experiments.ts');
const { firstChoices, keyOf, questionOf } = await labModule('why/question.ts');

const state = openPreset(presets.find(({ id }) => id === 'sentiment'));
const preset = presetOf(state.draft);
const shots = [0, 1, 4];
const settings = { ...defaultSettings, experiment: 'models' };
const questionAbout = (draft = state.draft) =>
  questionOf(draft, null, settings, { ...firstChoices, shots });
const anotherQuery = reduce(state, { type: 'query', text: 'Another.' }).draft;
const rowCalls = 24 * shots.length;

const nothingRecorded = {
  catalogue,
  recorded: { version: 1, shots: [0, 1, 2, 4, 8], seeds: [0], models: [], presets: {} },
};
/** The default model and another, each with a curve. */
const recorded = {
  ...nothingRecorded,
  recorded: {
    ...nothingRecorded.recorded,
    models: [defaultModel.sha256, 'b'].map((sha256, i) => ({
      ...{ name: `recorded ${i}`, entry: 'gemma-3-270m', sha256, activationBits: 16 },
      ...{ bytes: 1, parameters: 1e6 * (i + 1) },
    })),
    presets: {
      sentiment: {
        content: '',
        curves: Object.fromEntries(
          [defaultModel.sha256, 'b'].map((sha256) => [
            sha256,
            {
              cells: Object.fromEntries([0, 1, 2, 4, 8].map((k) => [k, ['f0f0f0']])),
              query: [0, 1, 2, 4, 8].map(() => ({ p: 0.5, predicted: 'Positive' })),
            },
          ]),
        ),
      },
    },
  },
};

/** A model that is open, of some size. */
function opened(sha256, parameters, most = Number.POSITIVE_INFINITY) {
  const model = fakeModel((context, word) => hashed(sha256 + context, word));
  const { score } = model;
  model.score = async (context, continuations, options) => {
    if (model.calls.length >= most) {
      await new Promise((_, reject) => {
        options.signal.addEventListener('abort', () => reject(options.signal.reason));
      });
    }
    return score(context, continuations, options);
  };
  const info = { name: sha256, sha256, activationBits: 16, parameters, bytes: parameters };
  Object.assign(model, { info });
  return { id: null, file: 'x.gguf', name: sha256, model, memoryBytes: 1 };
}

function running() {
  const controller = new AbortController();
  const reported = [];
  const report = (...at) => reported.push(at);
  return { controller, reported, hooks: { signal: controller.signal, report } };
}

async function lastOf(figures) {
  let last = null;
  for await (const figure of figures) last = figure;
  return last;
}

const names = ({ models }) => models.map(({ model, origin }) => [model.name, origin]);
const shown = ({ models }) =>
  models.map(({ model, curve, query }) => [model.sha256, curve, query.map(({ p }) => p)]);
/** Nothing is kept, but in the page. */
const taping = () => new Taping(null, () => {});

test('each open model has its line, the smallest first, and none is asked twice', async () => {
  const over = new OverModels(async () => nothingRecorded);
  const [large, small] = [opened('large', 2e6), opened('small', 1e6)];
  const question = questionAbout();
  const first = await lastOf(over.run(taping(), [large], preset, question, running().hooks));
  assert.deepEqual(names(first), [['large', 'live']]);
  assert.equal(large.model.calls.length, rowCalls + shots.length);

  const { hooks } = running();
  const both = await lastOf(over.run(taping(), [large, small], preset, question, hooks));
  assert.deepEqual(names(both), [
    ['small', 'live'],
    ['large', 'live'],
  ]);
  assert.equal(large.model.calls.length, rowCalls + 2 * shots.length, 'only the query, again');
  assert.equal(small.model.calls.length, rowCalls + shots.length);
  assert.deepEqual(shown(both)[1], shown(first)[0]);
  assert.ok(both.models.every(({ query }) => query.length === shots.length));

  // Another model in its place: what was measured of the one before stays.
  const alone = await lastOf(over.run(taping(), [small], preset, question, running().hooks));
  assert.deepEqual(shown(alone), shown(both));
});

test('another query asks for its answer alone, and that of the query before is not shown', async () => {
  const over = new OverModels(async () => nothingRecorded);
  const [one, gone] = [opened('one', 2e6), opened('gone', 1e6)];
  await lastOf(over.run(taping(), [one, gone], preset, questionAbout(), running().hooks));
  const next = questionAbout(anotherQuery);
  const before = await over.recall(taping(), [one], preset, next);
  assert.deepEqual(
    before.models.map(({ curve, query }) => [curve.length, query.length]),
    [
      [3, 0],
      [3, 0],
    ],
  );
  const calls = one.model.calls.length;
  const after = await lastOf(over.run(taping(), [one], preset, next, running().hooks));
  assert.equal(one.model.calls.length, calls + shots.length);
  assert.deepEqual(
    after.models.map(({ model, query }) => [model.name, query.length]),
    [
      ['gone', 0],
      ['one', 3],
    ],
  );
});

test('other rows or shots begin anew', async () => {
  const over = new OverModels(async () => nothingRecorded);
  const one = opened('one', 1e6);
  await lastOf(over.run(taping(), [one], preset, questionAbout(), running().hooks));
  const others = { ...questionAbout(), shots: [0] };
  assert.equal(await over.recall(taping(), [one], preset, others), null);
});

test('what was stopped goes on where it was, and is drawn as far as it came', async () => {
  const over = new OverModels(async () => nothingRecorded);
  const waits = opened('one', 1e6, 30);
  const { controller, hooks, reported } = running();
  const work = lastOf(over.run(taping(), [waits], preset, questionAbout(), hooks));
  const ended = assert.rejects(work, { name: 'AbortError' });
  while (waits.model.calls.length < 30) await new Promise((done) => setTimeout(done, 5));
  controller.abort(new DOMException('stopped', 'AbortError'));
  await ended;
  assert.ok(reported.every(([done, total]) => done <= 30 && total === rowCalls + shots.length));
  const goes = opened('one', 1e6);
  const figure = await lastOf(over.run(taping(), [goes], preset, questionAbout(), running().hooks));
  assert.equal(goes.model.calls.length, rowCalls + shots.length - 30);
  const whole = opened('one', 1e6);
  const fresh = new OverModels(async () => nothingRecorded);
  const twin = await lastOf(fresh.run(taping(), [whole], preset, questionAbout(), running().hooks));
  assert.deepEqual(shown(figure), shown(twin));
});

test('what is recorded is there before any model, and gives way to the same model live', async () => {
  const over = new OverModels(async () => recorded);
  const before = await over.recall(taping(), [], preset, questionAbout());
  assert.deepEqual(names(before), [
    ['recorded 0', 'recorded'],
    ['recorded 1', 'recorded'],
  ]);
  const own = opened(defaultModel.sha256, 135e6);
  const after = await lastOf(over.run(taping(), [own], preset, questionAbout(), running().hooks));
  assert.deepEqual(names(after), [
    ['recorded 1', 'recorded'],
    [defaultModel.name, 'live'],
  ]);
  assert.equal(await over.recall(taping(), [], null, { ...questionAbout(), shots: [3] }), null);
});

test('a model that is closed while it is asked ends the run, and what was found stays', async () => {
  const over = new OverModels(async () => nothingRecorded);
  const [fine, closed] = [opened('fine', 1e6), opened('closed', 2e6)];
  const { ShotglassError } = await import('shotglass');
  closed.model.score = async () => {
    throw new ShotglassError('closed', 'The model was closed.');
  };
  const work = over.run(taping(), [fine, closed], preset, questionAbout(), running().hooks);
  await assert.rejects(lastOf(work), { code: 'closed' });
  const found = await over.recall(taping(), [], preset, questionAbout());
  assert.deepEqual(names(found)[0], ['fine', 'live']);
});

test('the catalogue says what a file does not: its name, its tuning, its training', () => {
  const info = { name: 'In the file', activationBits: 16, parameters: 5, bytes: 6 };
  const known = comparedModel({ ...info, sha256: defaultModel.sha256 }, catalogue, null);
  assert.deepEqual([known.kind, known.tokensTrained], ['instruct', 2e12]);
  const byId = comparedModel({ ...info, sha256: 'c' }, catalogue, 'gemma-3-270m');
  assert.deepEqual([byId.kind, byId.sha256, byId.parameters], ['base', 'c', 5]);
  const own = comparedModel({ ...info, sha256: 'c' }, catalogue, null);
  assert.deepEqual([own.name, own.kind, own.tokensTrained], ['In the file', null, null]);
});

// In the page

function newPage(known, model = null, factory = new IDBFactory()) {
  const lab = {
    state,
    settings,
    chat: null,
    models: { model, open: model ? [entryOf(model)] : [] },
    pace: new Pace(),
    pinned: { held: null },
  };
  const found = new Experiments(
    lab,
    () => new Job(() => {}),
    () => {},
    known,
  );
  found.keepIn(openRuns(factory, '1.0'));
  const run = () => {
    const experiment = experimentOf('models');
    const question = questionOf(lab.state.draft, null, lab.settings, found.choices);
    found.run({ experiment, question, of: keyOf(experiment, question) });
  };
  return { lab, found, run };
}

function entryOf(model) {
  return { id: null, file: 'a.gguf', name: model.info.name, model, memoryBytes: 1 };
}

async function until(is) {
  const start = performance.now();
  while (!is()) {
    assert.ok(performance.now() - start < 5000, 'it does not come');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('the tab shows what is recorded, and takes it back where the question is another', async () => {
  const { lab, found } = newPage(async () => recorded);
  await until(() => found.jobState.result);
  assert.equal(found.jobState.result.models.length, 2);
  assert.equal(found.made.question.query, preset.task.query, 'it can be saved');
  found.choose({ shots: [3] });
  found.recall();
  await until(() => found.jobState.result === null);
  found.choose({ shots: [0, 4] });
  found.recall();
  await until(() => found.jobState.result);
  assert.equal(found.jobState.result.models[0].curve.length, 2);
  assert.equal(lab.models.model, null);
});

test('nothing is fetched before the tab is open', async () => {
  let fetched = 0;
  const { lab, found } = newPage(async () => {
    fetched += 1;
    return recorded;
  });
  lab.settings = { ...settings, experiment: 'evaluate' };
  found.recall();
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(fetched, 0);
  lab.settings = settings;
  found.recall();
  await until(() => fetched === 1);
});

test('a run of the page joins what is recorded, and says so when what it knows cannot be fetched', async () => {
  const { model } = opened('live', 5e6);
  const page = newPage(async () => recorded, model);
  page.run();
  await until(() => page.found.jobState.result && !page.found.jobState.running);
  assert.deepEqual(names(page.found.jobState.result).at(-1), ['live', 'live']);
  assert.equal(page.found.open.length, 1);
  const lost = newPage(async () => {
    throw new Error('lost');
  }, model);
  lost.run();
  await until(() => lost.found.jobState.problem);
  assert.match(lost.found.jobState.problem.sentence, /lost/);
});

test('what was measured is there after a reload, without a model, and is not asked again', async () => {
  const factory = new IDBFactory();
  const known = async () => nothingRecorded;
  const ended = ({ found }) => until(() => found.jobState.result && !found.jobState.running);
  const { model } = opened(defaultModel.sha256, 135e6);
  const page = newPage(known, model, factory);
  page.run();
  await ended(page);
  const later = newPage(known, null, factory);
  await ended(later);
  const { result } = later.found.jobState;
  assert.deepEqual(names(result), [[defaultModel.name, 'live']], 'the catalogue has its hash');
  assert.deepEqual(result.models[0].curve, page.found.jobState.result.models[0].curve);
  assert.deepEqual(result.models[0].query, [], 'what it says of the query is not kept');
  assert.equal(later.found.notice, null);

  const again = opened(defaultModel.sha256, 135e6);
  const third = newPage(known, again.model, factory);
  await ended(third);
  third.run();
  await until(() => third.found.jobState.result?.models[0].query.length > 0);
  await ended(third);
  const { shots: all } = firstChoices;
  assert.equal(again.model.calls.length, all.length);
  assert.deepEqual(shown(third.found.jobState.result), shown(page.found.jobState.result));
});

test('a model that is opened beside another brings what is kept of it', async () => {
  const factory = new IDBFactory();
  const known = async () => nothingRecorded;
  const [first, second] = ['first', 'second'].map((sha256, i) => opened(sha256, (i + 1) * 1e6));
  for (const { model } of [first, second]) {
    const page = newPage(known, model, factory);
    page.run();
    await until(() => page.found.jobState.result && !page.found.jobState.running);
  }
  const { lab, found } = newPage(known, first.model, factory);
  await until(() => found.jobState.result?.models.length === 1);
  lab.models.open = [first, second].map(({ model }) => entryOf(model));
  found.recall();
  await until(() => found.jobState.result.models.length === 2);
});
