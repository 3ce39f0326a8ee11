// The section's part of the lab's state: what runs, what waits, and what is looked at.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ShotglassError } from 'shotglass';
import { labModule } from '../module.mjs';
import { newCaches } from './caches.mjs';

const { readRun } = await labModule('lab/transfer/kept-run.ts');
const { Transfers } = await labModule('lab/transfer/transfers.ts');
const work = await labModule('transfer/work.ts');
const { firstChoices } = await labModule('why/question.ts');
const { defaultSettings } = await labModule('app/settings.ts');
const { openPreset } = await labModule('app/state.ts');
const { presetById } = await labModule('presets/index.ts');

/** A promise with the means to settle it. */
function deferred() {
  let resolve;
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** A model whose steps a test lets go one by one, and a lab around it. */
function newLab({ answersWait = false, crashAt, divergeAt } = {}) {
  let next = deferred();
  const asked = [];
  const adapter = { close: async () => {}, save: async () => [{ bytes: new Uint8Array([1]) }] };
  const model = {
    info: { name: 'm', sha256: 'ab', activationBits: 16, layers: 30, endTokens: [] },
    withAdapter: () => model,
    loadAdapter: async () => adapter,
    score: async (_, texts) =>
      texts.map(() => ({ logprob: -1, tokens: [{ id: 0 }], isGreedy: true })),
    logprobs: async () => new Float32Array([0]),
    vocabulary: async () => [{ id: 0, text: ' x', bytes: new TextEncoder().encode(' x') }],
    complete: async () => {
      const answer = deferred();
      asked.push(answer);
      if (answersWait) await answer.promise;
      return { text: 'x' };
    },
    train: (examples, { steps, beforePart }) => ({
      parameters: async () => 7,
      adapter: async () => adapter,
      receipt: async () => ({ adapter: `hash of ${examples.length}` }),
      close: async () => {},
      async *[Symbol.asyncIterator]() {
        for (let step = 1; step <= steps; step++) {
          await next.promise;
          await beforePart();
          if (step === crashAt) throw new ShotglassError('crashed', 'It stopped.');
          if (step === divergeAt) throw new ShotglassError('diverged', 'No number.');
          yield { step, loss: 1 / step, validationLoss: null, forgetting: 0, durationMs: 1 };
        }
      },
    }),
  };
  const lab = {
    state: openPreset(presetById('plural')),
    settings: defaultSettings,
    chat: null,
    models: {
      model,
      get loaded() {
        return this.model;
      },
      loading: null,
      load: async () => {},
    },
    answer: { jobState: { running: false } },
    experiments: { choices: firstChoices },
  };
  const transfers = new Transfers(
    lab,
    () => {},
    async () => work,
  );
  const go = () => {
    next.resolve();
  };
  const stop = () => {
    next = deferred();
  };
  return { lab, transfers, asked, go, stop };
}

const until = async (holds) => {
  for (let i = 0; i < 2000; i++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.fail('it never came to that');
};

test('a training that waits for an answer goes on when the answer is there', async () => {
  const { lab, transfers, go, asked } = newLab({ answersWait: true });
  await transfers.open();
  transfers.wish({ do: 'set', change: { steps: 2 } });
  transfers.wish({ do: 'begin' });
  lab.answer.jobState = { running: true };
  transfers.changed();
  go();
  await until(() => transfers.view.running?.paused === 'question');
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(transfers.view.at < 1, 'no step meanwhile');
  lab.answer.jobState = { running: false };
  transfers.changed();
  await until(() => transfers.view.running === null);
  const { shown, at } = transfers.view;
  assert.deepEqual([shown.state, shown.sha256, at], ['done', 'hash of 4', 2]);
  // Another training begins while the query is being asked of the last one, and waits for that.
  await until(() => asked.length > 0);
  transfers.wish({ do: 'begin' });
  await until(() => transfers.view.running?.paused === 'question');
  for (let i = 0; i < 6; i++) {
    for (const answer of asked) answer.resolve();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await until(() => transfers.view.running === null);
  assert.equal(
    transfers.view.runs.filter(({ state }) => state === 'done').length,
    5,
    'three are recorded',
  );
});

test('without a model the run begins once it is there', async () => {
  const { lab, transfers, go } = newLab();
  const { model } = lab.models;
  lab.models.model = null;
  let loads = 0;
  lab.models.load = async () => {
    loads += 1;
  };
  await transfers.open();
  assert.equal(transfers.view.isReady, false);
  assert.equal(transfers.view.shown.preset, 'plural', 'what is recorded of the task');
  transfers.wish({ do: 'set', change: { steps: 1 } });
  transfers.wish({ do: 'begin' });
  assert.equal(loads, 1);
  go();
  lab.models.model = model;
  transfers.changed();
  await until(() => transfers.view.shown?.state === 'done' && !transfers.view.shown.isRecorded);
});

test('a recorded run that is run again without a model is that one, whatever the form says', async () => {
  const { lab, transfers, go } = newLab();
  const { model } = lab.models;
  lab.models.model = null;
  await transfers.open();
  const recorded = transfers.view.runs.find(({ preset }) => preset === 'sentiment');
  transfers.wish({ do: 'set', change: { steps: 10, way: 'distil' } });
  transfers.wish({ do: 'again', id: recorded.id });
  go();
  lab.models.model = model;
  transfers.changed();
  await until(() => transfers.view.shown?.state === 'done' && !transfers.view.shown.isRecorded);
  const { shown } = transfers.view;
  assert.deepEqual(shown.settings, recorded.settings);
  assert.deepEqual(shown.asked, recorded.asked);
  assert.equal(shown.repeats, recorded.sha256);
});

test('a run that is deleted comes back in its place, and one under way stays', async () => {
  const { transfers, go, stop } = newLab();
  await transfers.open();
  transfers.wish({ do: 'set', change: { steps: 1 } });
  transfers.wish({ do: 'begin' });
  stop();
  await until(() => transfers.view.running !== null);
  const { id } = transfers.view.running;
  transfers.wish({ do: 'remove', id });
  assert.ok(transfers.view.runs.some((run) => run.id === id));
  go();
  await until(() => transfers.view.running === null);
  transfers.wish({ do: 'begin' });
  await until(() => transfers.view.runs.length === 5 && transfers.view.running === null);
  const before = transfers.view.runs;
  transfers.wish({ do: 'remove', id });
  assert.deepEqual(transfers.view.runs, before.slice(1));
  assert.equal(transfers.view.canRestore, true);
  transfers.wish({ do: 'restore' });
  assert.deepEqual(transfers.view.runs, before);
  assert.equal(transfers.view.canRestore, false);
  transfers.wish({ do: 'remove', id: before.at(-1).id });
  assert.deepEqual(transfers.view.runs, before, 'what is recorded stays');
});

test('an engine that stops in mid-run stops the model of the page, and what was found stays', async () => {
  const { lab, transfers, go } = newLab({ crashAt: 2 });
  let crashed = null;
  lab.models.crashed = (problem) => {
    crashed = problem;
    lab.models.model = null;
  };
  await transfers.open();
  go();
  transfers.wish({ do: 'begin' });
  await until(() => crashed !== null && transfers.view.running === null);
  assert.equal(crashed.code, 'crashed');
  const { shown, problem } = transfers.view;
  assert.equal(shown.state, 'failed');
  assert.deepEqual(
    shown.moments.map(({ step }) => step),
    [0, 1],
  );
  assert.equal(problem.code, 'crashed');
});

test('a loss that is no number ends the run with its last good step, and no error', async () => {
  const { transfers, go } = newLab({ divergeAt: 3 });
  await transfers.open();
  go();
  transfers.wish({ do: 'begin' });
  await until(() => transfers.view.shown?.state === 'diverged');
  await until(() => transfers.view.running === null);
  assert.equal(transfers.view.at, 2);
  assert.equal(transfers.view.problem, null);
});

test('another method has another rate, and a rate of the reader stays', async () => {
  const { transfers } = newLab();
  await transfers.open();
  const set = (change) => {
    transfers.wish({ do: 'set', change });
    return transfers.view.settings.learningRate;
  };
  assert.equal(set({ method: 'ia3' }), 3e-3);
  assert.equal(set({ learningRate: 0.02 }), 0.02);
  assert.equal(set({ steps: 10 }), 0.02);
  assert.equal(set({ method: 'lora' }), 1e-3);
});

test('the latest run that was not deleted is the one that a reload finds', async (t) => {
  globalThis.caches = newCaches();
  t.after(() => {
    delete globalThis.caches;
  });
  const { transfers, go } = newLab();
  await transfers.open();
  transfers.wish({ do: 'set', change: { steps: 1 } });
  go();
  const idOfRun = async (count) => {
    transfers.wish({ do: 'begin' });
    await until(() => transfers.view.running === null && transfers.view.runs.length === count);
    return transfers.view.shown.id;
  };
  const before = transfers.view.runs.length;
  const first = await idOfRun(before + 1);
  const second = await idOfRun(before + 2);
  const kept = async (id) => {
    for (let i = 0; i < 2000; i++) {
      if ((await readRun(globalThis.caches))?.run.id === id) return;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.fail('another run is kept');
  };
  await kept(second);
  transfers.wish({ do: 'remove', id: first });
  await kept(second);
  transfers.wish({ do: 'restore' });
  transfers.wish({ do: 'remove', id: second });
  await kept(first);
  transfers.wish({ do: 'restore' });
  await kept(second);
  transfers.wish({ do: 'remove', id: second });
  transfers.wish({ do: 'remove', id: first });
  await kept(undefined);
});
