// A run as it is read, saved and kept.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';
import { newCaches } from './caches.mjs';

const { firstTransferSettings, momentAt, stepsWorth } = await labModule('app/transfer.ts');
const { jsonLines, stemOf } = await labModule('transfer/files.ts');
const { grown } = await labModule('transfer/training.ts');
const { ticks, findingOf } = await labModule('transfer/one-scale.ts');
const { differencesOf } = await labModule('transfer/runs.ts');
const { keepRun, readRun, forgetRun } = await labModule('lab/transfer/kept-run.ts');
const { Snapshots } = await labModule('lab/transfer/snapshots.ts');
const { Gate } = await labModule('lab/transfer/gate.ts');

const moment = (step, p, more = {}) => ({
  ...{ step, p, loss: step === 0 ? null : 1 / step, validationLoss: null },
  ...{ forgetting: null, held: null, elapsedMs: 100 * step, ...more },
});
const held = (...right) => right.map((isRight) => ({ input: 'a', output: 'b', p: 0.5, isRight }));
const run = {
  ...{ id: 'one', task: 'Past tense (mine)', preset: null, settings: firstTransferSettings },
  asked: { query: 'sing', answer: 'sang' },
  model: { name: 'M', sha256: 'ab', activationBits: 16 },
  ...{
    layers: 30,
    examples: 4,
    parameters: 7,
    state: 'done',
    began: 0,
    sha256: 'cd',
    repeats: null,
  },
  shots: [
    { k: 0, p: 0.1 },
    { k: 4, p: 0.6 },
  ],
  moments: [
    moment(0, 0.1, { held: held(false, false), forgetting: 0 }),
    moment(1, 0.3),
    moment(2, 0.6, { held: held(true, false) }),
    moment(3, 0.5),
    moment(4, 0.9, { forgetting: 0.25 }),
  ],
};

test('examples are worth the first step at which the answer is as probable', () => {
  assert.equal(stepsWorth(run, 4), 2);
  assert.equal(stepsWorth(run, 0), 1, 'step 0 is no training');
  assert.equal(stepsWorth({ ...run, shots: [{ k: 4, p: 0.95 }] }, 4), null);
  assert.equal(stepsWorth(run, 3), null, 'of that nothing is known');
  assert.match(findingOf(run).sentence, /4 examples in the prompt are worth 2 training steps\./);
  assert.match(
    findingOf(run).facts,
    /^Without examples the answer has 10.0%, with 4 .* 60.0%, after 4 steps 90.0%\.$/,
  );
  const never = { ...run, shots: [run.shots[0], { k: 1, p: 0.95 }] };
  assert.match(findingOf(never).sentence, /After 4 steps, training has not reached one example/);
  assert.match(
    findingOf({ ...run, asked: { query: 'x', answer: null } }).sentence,
    /No right answer/,
  );
});

test('a moment has what was measured last', () => {
  assert.equal(momentAt(run, 3, 'held').step, 2);
  assert.equal(momentAt(run, 1, 'held').step, 0);
  assert.equal(momentAt(run, 3, 'forgetting').forgetting, 0);
  assert.equal(momentAt(run, 9, 'p').step, 4);
  assert.equal(momentAt({ ...run, moments: [] }, 9, 'p'), null);
});

test('runs as JSON Lines: one line with the settings, one for each step', async () => {
  const lines = (await jsonLines([run]).text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(lines.length, 6);
  const [{ type, run: id, config }, first, , third] = lines;
  assert.deepEqual([type, id], ['run', 'one']);
  assert.deepEqual(config.p_by_shots, { 0: 0.1, 4: 0.6 });
  assert.equal(config.layers, 30);
  assert.equal(config.adapter_sha256, 'cd');
  assert.equal('texts' in config, false, 'what the reader pasted stays here');
  assert.deepEqual(first, {
    ...{ type: 'step', run: 'one', step: 0, forgetting: 0, p_answer: 0.1, held_out_right: 0 },
    elapsed_ms: 0,
  });
  assert.deepEqual(third, {
    ...{ type: 'step', run: 'one', step: 2, loss: 0.5, p_answer: 0.6, held_out_right: 0.5 },
    elapsed_ms: 200,
  });
  assert.equal(stemOf(run, 4), 'past-tense-mine-lora-step-4');
});

test('a run grows by what is new of it', () => {
  const empty = { ...run, shots: [], moments: [], parameters: null, sha256: null };
  const events = [
    { kind: 'shots', shots: run.shots },
    { kind: 'moment', moment: run.moments[0], parameters: null, file: null },
    { kind: 'moment', moment: run.moments[1], parameters: 7, file: null },
    { kind: 'end', sha256: 'cd' },
  ];
  const found = events.reduce(grown, empty);
  assert.deepEqual(found, { ...run, moments: run.moments.slice(0, 2) });
});

test('settings are told where they differ from the usual', () => {
  const set = (change) => differencesOf({ ...firstTransferSettings, ...change });
  assert.equal(set({}), 'LoRA');
  assert.equal(set({ method: 'ia3', learningRate: 3e-3, rank: 4 }), '(IA)³');
  assert.equal(
    set({ rank: 4, learningRate: 0.01, layers: 8, weightDecay: 0.1, dropout: 0.2, seed: 3 }),
    'LoRA, rank 4, rate 0.01, last 8 layers, weight decay 0.1, dropout 0.2, seed 3',
  );
});

test('ticks are round, and the last is there', () => {
  assert.deepEqual(ticks(10), [0, 5, 10]);
  assert.deepEqual(ticks(40), [0, 10, 20, 30, 40]);
  assert.deepEqual(ticks(200), [0, 50, 100, 150, 200]);
});

test('the last run is kept with its adapter, and never one without the other', async () => {
  const caches = newCaches();
  const file = new Uint8Array([1, 2, 3]);
  assert.equal(await readRun(caches), null);
  assert.equal(await keepRun(caches, { run, file }), true);
  assert.deepEqual(await readRun(caches), { run, file });
  const full = {
    ...caches,
    open: async (name) => ({
      ...(await caches.open(name)),
      put: async () => {
        throw new DOMException('full', 'QuotaExceededError');
      },
    }),
  };
  assert.equal(await keepRun(full, { run: { ...run, id: 'two' }, file }), false);
  assert.equal(await readRun(caches), null, 'the adapter of one with the numbers of another');
  assert.equal(await keepRun(caches, { run, file }), true);
  await forgetRun(caches);
  assert.equal(await readRun(caches), null);
  assert.equal(await keepRun(null, { run, file }), false);
  assert.equal(await readRun(null), null);
});

test('snapshots: the last one up to a step, and only the end of older runs', () => {
  const snapshots = new Snapshots();
  for (const step of [5, 10, 15]) snapshots.add('one', step, new Uint8Array([step]));
  assert.deepEqual(snapshots.upTo('one', 12), { step: 10, file: new Uint8Array([10]) });
  assert.equal(snapshots.upTo('one', 4), null);
  assert.equal(snapshots.upTo('two', 4), null);
  snapshots.thin('two');
  assert.deepEqual(snapshots.steps('one'), [15]);
  snapshots.delete('one');
  assert.deepEqual(snapshots.steps('one'), []);
});

test('a gate lets nobody through until it opens', async () => {
  const gate = new Gate();
  assert.equal(gate.passing, undefined);
  gate.set(true);
  let passed = false;
  const passing = gate.passing.then(() => {
    passed = true;
  });
  gate.set(true);
  await Promise.resolve();
  assert.equal(passed, false);
  gate.set(false);
  await passing;
  assert.equal(gate.passing, undefined);
});
