// The ladder: which prompts it runs, and what it draws of what they said.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ShotglassError } from 'shotglass';
import { labModule } from '../module.mjs';

const { factsOf, ladderKey, ladderOf, ladderShots } = await labModule('answer/ladder/ladder.ts');
const { climb } = await labModule('answer/ladder/ladder-run.ts');
const { openPreset, reduce } = await labModule('app/state.ts');
const { presetById } = await labModule('presets/index.ts');

const draftWith = (preset, ...actions) =>
  actions.reduce(reduce, openPreset(presetById(preset))).draft;
/** Three demonstrations, two of them shown. */
const threeRows = (preset) => {
  const draft = draftWith(preset);
  const demonstrations = draft.task.demonstrations.slice(0, 3);
  return { ...draft, task: { ...draft.task, demonstrations }, shots: 2 };
};

const utf8 = new TextEncoder();
const token = (id, text, p) => ({
  id,
  text,
  bytes: utf8.encode(text),
  p,
  logprob: Math.log(p),
  rank: 1,
});

/** After k demonstrations: " yes" has 0.1, 0.3, 0.6, 0.5 and " no" the rest. */
const yes = [0.1, 0.3, 0.6, 0.5];
const shotsIn = (text) => text.split('A:').length - 2;
const talker = (over = {}) => {
  const asked = [];
  return {
    asked,
    async predict(text) {
      const k = shotsIn(text);
      asked.push(k);
      const p = yes[k];
      return {
        candidates: [p > 0.5 ? token(0, ' yes', p) : token(1, ' no', 1 - p)],
        logprobs: Float32Array.of(Math.log(p), Math.log(1 - p)),
      };
    },
    ...over,
  };
};

async function run(work, { before = null, signal = new AbortController().signal } = {}) {
  const steps = [];
  for await (const step of work({ before, signal, report: () => {} })) steps.push(step);
  return steps;
}

const present = (draft, over = {}) => ({
  draft,
  rule: 'sum',
  comparison: 'nothing',
  prediction: null,
  classification: null,
  ...over,
});
const rounded = (columns) => columns.map(({ p }) => p && Math.round(p * 100) / 100);

test('every number of shots is tried, and of many the doublings and all', () => {
  assert.deepEqual(ladderShots(0), [0]);
  assert.deepEqual(ladderShots(3), [0, 1, 2, 3]);
  assert.equal(ladderShots(16).length, 17);
  assert.deepEqual(ladderShots(17), [0, 1, 2, 4, 8, 16, 17]);
  assert.deepEqual(ladderShots(32), [0, 1, 2, 4, 8, 16, 32], 'none of them twice');
});

test('moving the shots asks nothing anew, and everything else does', () => {
  const start = draftWith('past-tense');
  const key = ladderKey(start, 'nothing');
  const keyAfter = (...actions) => ladderKey(draftWith('past-tense', ...actions), 'nothing');
  assert.equal(keyAfter({ type: 'shots', shots: 0 }), key);
  for (const action of [
    { type: 'query', text: 'dance' },
    { type: 'instruction', text: 'Conjugate.' },
    { type: 'exclude', index: 9, excluded: true },
    { type: 'append', text: ' sang' },
    { type: 'labels', labels: ['a', 'b'] },
    { type: 'chat', chat: true },
    { type: 'text', text: 'free' },
  ]) {
    assert.notEqual(keyAfter(action), key, action.type);
  }
  const excluded = { type: 'exclude', index: 1, excluded: true };
  const edited = { type: 'demonstration', index: 1, field: 'input', text: 'leap' };
  assert.equal(keyAfter(excluded, edited), keyAfter(excluded), 'an excluded row is not asked');
  assert.equal(ladderKey(start, 'empty'), key, 'tokens are compared with nothing');
  const labelled = draftWith('sentiment');
  assert.notEqual(ladderKey(labelled, 'empty'), ladderKey(labelled, 'nothing'));
});

test('the columns follow what comes first at the present number of shots', async () => {
  const draft = threeRows('past-tense');
  const rungs = (await run(climb(talker(), draft, 'nothing'))).at(-1);
  const ladder = ladderOf(rungs, present(draft));
  assert.equal(ladder.answer, '␣yes');
  assert.deepEqual(rounded(ladder.columns), [0.1, 0.3, 0.6, 0.5]);
  assert.deepEqual(
    ladder.columns.map(({ name }) => name),
    ['␣no', '␣no', '␣yes', '␣no'],
  );
  assert.ok(ladder.columns.every(({ mass }) => mass === null));
  assert.equal(ladder.old, false);

  const zero = ladderOf(rungs, present({ ...draft, shots: 0 }));
  assert.equal(zero.answer, '␣no', 'the same rungs, another answer');
  assert.deepEqual(rounded(zero.columns), [0.9, 0.7, 0.4, 0.5]);

  const { none, here, best } = factsOf(ladder);
  assert.deepEqual([none.k, here.k, best.k], [0, 2, 2]);
  assert.equal(factsOf(zero).best.k, 0);
});

test('it draws as the results come, and what is known already stands there at once', async () => {
  const draft = threeRows('past-tense');
  const steps = await run(climb(talker(), draft, 'nothing'));
  assert.deepEqual(
    steps.map(({ rungs }) => rungs.length),
    [0, 1, 2, 3, 4],
  );
  const prediction = { candidates: [token(0, ' yes', 0.6)] };
  const early = ladderOf(steps[0], present(draft, { prediction }));
  assert.deepEqual(rounded(early.columns), [null, null, 0.6, null]);
  assert.equal(factsOf(early), null);
  const almost = ladderOf(steps[3], present(draft));
  assert.equal(factsOf(almost), null, 'no "at most" before all is known');
  assert.deepEqual(rounded(ladderOf(null, present(draft)).columns), [null, null, null, null]);

  // Of the query before, only the present column is new, and the whole is marked.
  const asked = { ...draft, query: 'dance' };
  const fresh = { candidates: [token(1, ' no', 0.8)] };
  const old = ladderOf(steps.at(-1), present(asked, { prediction: fresh }));
  assert.equal(old.old, true);
  assert.deepEqual(rounded(old.columns), [0.9, 0.7, 0.8, 0.5]);
  assert.equal(factsOf(old), null);
});

test('a run that was broken off goes on where it was', async () => {
  const draft = threeRows('past-tense');
  const steps = await run(climb(talker(), draft, 'nothing'));
  const model = talker();
  const moved = { ...draft, shots: 0 };
  const last = (await run(climb(model, moved, 'nothing'), { before: steps[2] })).at(-1);
  assert.deepEqual(model.asked, [2, 3], 'what was known is not asked again');
  assert.deepEqual(last, steps.at(-1));
  const other = talker();
  await run(climb(other, { ...draft, query: 'dance' }, 'nothing'), { before: steps[2] });
  assert.deepEqual(other.asked, [0, 1, 2, 3], 'another query starts anew');
});

test('a prompt that does not fit is a gap with a reason; any other error ends the run', async () => {
  const draft = threeRows('past-tense');
  const model = talker();
  const { predict } = model;
  model.predict = async (text) => {
    if (shotsIn(text) === 3) throw new ShotglassError('prompt-too-long', 'Too long.');
    return predict(text);
  };
  const ladder = ladderOf((await run(climb(model, draft, 'nothing'))).at(-1), present(draft));
  assert.deepEqual(rounded(ladder.columns), [0.1, 0.3, 0.6, null]);
  assert.match(ladder.columns[3].problem, /more tokens than the model can read/);
  assert.equal(factsOf(ladder).best.k, 2, 'the sentence does without it');

  model.predict = async () => {
    throw new ShotglassError('crashed', 'It stopped.');
  };
  await assert.rejects(run(climb(model, draft, 'nothing')), { code: 'crashed' });
});

/** Sums −1 and −2 before any demonstration, and the other way round after one; the second label is longer. */
const scorer = {
  async score(text, continuations, { reference }) {
    const sums = shotsIn2(text) === 0 ? [-1, -2] : [-2, -1.5];
    return continuations.map((continuation, i) => {
      const tokens = Array.from({ length: i + 1 }, (_, at) => ({ id: 10 * i + at }));
      const logprob = sums[i];
      const forms = {
        logprob,
        perToken: logprob / (i + 1),
        perCharacter: logprob,
        perByte: logprob,
      };
      const even = { logprob: -3, perToken: -3, perCharacter: -3, perByte: -3 };
      return { continuation, tokens, ...forms, reference: reference ? even : null, adjusted: null };
    });
  },
};
const shotsIn2 = (text) => text.split('Sentiment:').length - 2;

test('labels: the posterior of the one that wins, under any rule, with the mass above', async () => {
  const draft = { ...threeRows('sentiment'), shots: 1 };
  const rungs = (await run(climb(scorer, draft, 'nothing'))).at(-1);
  const ladder = ladderOf(rungs, present(draft));
  assert.equal(ladder.ofLabels, true);
  assert.equal(ladder.answer, 'Positive');
  const sigmoid = (x) => 1 / (1 + Math.exp(-x));
  const close = (a, b) => assert.ok(Math.abs(a - b) < 1e-12, `${a}, not ${b}`);
  close(ladder.columns[0].p, sigmoid(-1));
  close(ladder.columns[1].p, sigmoid(0.5));
  close(ladder.columns[0].mass, Math.exp(-1) + Math.exp(-2));
  assert.equal(ladder.columns[0].name, 'Negative');

  // Per token, −2 over one against −1.5 over two; the run is the same.
  const perToken = ladderOf(rungs, present(draft, { rule: 'perToken' }));
  close(perToken.columns[1].p, sigmoid(2 - 0.75));
  // Of other labels the rungs say nothing.
  const task = { ...draft.task, labels: ['good', 'bad'] };
  const other = ladderOf(rungs, present({ ...draft, task }));
  assert.deepEqual(rounded(other.columns), [null, null, null, null]);
});

test('free text has one column, and a number of shots between the doublings is drawn, too', () => {
  const free = ladderOf(null, present(draftWith('past-tense', { type: 'text', text: 'Once' })));
  assert.deepEqual(
    free.columns.map(({ k }) => k),
    [0],
  );
  const draft = draftWith('past-tense');
  const row = { input: 'x', output: 'y' };
  const many = { ...draft, shots: 5, task: { ...draft.task, demonstrations: Array(20).fill(row) } };
  assert.deepEqual(
    ladderOf(null, present(many)).columns.map(({ k }) => k),
    [0, 1, 2, 4, 5, 8, 16, 20],
  );
});
