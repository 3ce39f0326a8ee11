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
const tokens = [' yes', ' no', 's', '\n'].map((text, id) => ({
  id,
  text,
  bytes: utf8.encode(text),
}));
const logs = (...ps) => Float32Array.from(ps, Math.log);

/**
 * After k demonstrations: " yes" begins with 0.1, 0.3, 0.6, 0.5 and " no" with the rest; a fifth of each goes on as
 * " yess" and " nos".
 */
const yes = [0.1, 0.3, 0.6, 0.5];
const shotsIn = (text) => text.split('A:').length - 2;
const talker = (over = {}) => {
  const asked = [];
  const searched = [];
  return {
    asked,
    searched,
    info: { vocabularySize: tokens.length, endTokens: [] },
    vocabulary: async () => tokens,
    async score(text, [continuation]) {
      asked.push(shotsIn(text));
      const id = tokens.findIndex((token) => token.text === continuation);
      const p = yes[shotsIn(text)];
      return [{ tokens: [tokens[id]], logprob: Math.log(id === 0 ? p : 1 - p) }];
    },
    async logprobs(text, { appended = [] }) {
      if (appended.length > 0)
        return appended.includes(2) ? logs(0, 0, 0, 1) : logs(0, 0, 0.2, 0.8);
      searched.push(shotsIn(text));
      const p = yes[shotsIn(text)];
      return logs(p, 1 - p, 0, 0);
    },
    ...over,
  };
};
const climbed = (model, draft, options = {}) =>
  climb(model, draft, { comparison: 'nothing', ...options });

async function run(work, { before = null, signal = new AbortController().signal } = {}) {
  const steps = [];
  for await (const step of work({ before, signal, report: () => {} })) steps.push(step);
  return steps;
}

const present = (draft, over = {}) => ({
  draft,
  rule: 'sum',
  comparison: 'nothing',
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

test('the columns follow the right answer, whatever comes first', async () => {
  const draft = threeRows('past-tense');
  const model = talker();
  const rungs = (await run(climbed(model, draft, { solution: 'yes' }))).at(-1);
  const ladder = ladderOf(rungs, present(draft));
  assert.equal(ladder.answer, 'yes');
  assert.deepEqual(rounded(ladder.columns), [0.08, 0.24, 0.48, 0.4], 'as a whole word');
  assert.deepEqual(
    ladder.columns.map(({ name, isFirst }) => [name, isFirst]),
    [
      ['no', false],
      ['no', false],
      ['yes', true],
      ['no', false],
    ],
  );
  assert.ok(ladder.columns.every(({ mass, posterior }) => mass === null && posterior === null));
  assert.equal(ladder.old, false);
  const zero = ladderOf(rungs, present({ ...draft, shots: 0 }));
  assert.deepEqual(zero, { ...ladder, current: 0 }, 'also after no demonstration');

  const { none, here, best } = factsOf(ladder);
  assert.deepEqual([none.k, here.k, best.k], [0, 2, 2]);
});

test('without a right answer they follow the word that comes first at the present number of shots', async () => {
  const draft = { ...threeRows('past-tense'), shots: 0 };
  const model = talker();
  const last = (await run(climbed(model, draft))).at(-1);
  const ladder = ladderOf(last, present(draft));
  assert.equal(ladder.answer, 'no');
  assert.deepEqual(rounded(ladder.columns), [0.72, 0.56, 0.32, 0.4]);

  // Another number of shots, another word; what comes first where is known already.
  const other = talker();
  const moved = { ...draft, shots: 2 };
  const rungs = (await run(climbed(other, moved), { before: last })).at(-1);
  assert.deepEqual(rounded(ladderOf(rungs, present(moved)).columns), [0.08, 0.24, 0.48, 0.4]);
  assert.deepEqual(other.asked, [0, 1, 2, 3]);
  assert.deepEqual(other.searched, []);
});

test('an answer of several words comes first where its first word does', async () => {
  const draft = threeRows('past-tense');
  const rungs = (await run(climbed(talker(), draft, { solution: 'yes' }))).at(-1);
  const isFirst = (answer) =>
    ladderOf({ ...rungs, answer }, present(draft)).columns.map((column) => column.isFirst);
  assert.deepEqual(isFirst('yes sir'), [false, false, true, false]);
  assert.deepEqual(isFirst('yesterday'), [false, false, false, false]);
});

test('a trap is asked for the answer of the task without the flaw', async () => {
  const continuations = [];
  const model = talker();
  const { score } = model;
  model.score = (text, [continuation]) => {
    continuations.push(continuation);
    return score(text, [' yes']);
  };
  const draft = draftWith('double-space');
  await run(climbed(model, draft, { solution: 'yes' }));
  const { length } = ladderShots(draft.task.demonstrations.length);
  assert.deepEqual(continuations, Array(length).fill(' yes'));
  continuations.length = 0;
  const template = { ...draft.task.template, outputSeparator: '   ' };
  await run(climbed(model, { ...draft, task: { ...draft.task, template } }, { solution: 'yes' }));
  assert.deepEqual(continuations, Array(length).fill('   yes'), 'a separator of the reader’s own');
});

test('it draws as the results come, and says nothing of what is not known', async () => {
  const draft = threeRows('past-tense');
  const steps = await run(climbed(talker(), draft, { solution: 'yes' }));
  assert.deepEqual(
    steps.map(({ rungs }) => rungs.length),
    [0, 1, 2, 3, 4],
  );
  const early = ladderOf(steps[1], present(draft));
  assert.deepEqual(rounded(early.columns), [0.08, null, null, null]);
  assert.equal(early.answer, 'yes');
  assert.equal(factsOf(early), null);
  const almost = ladderOf(steps[3], present(draft));
  assert.equal(factsOf(almost), null, 'no "at most" before all is known');
  assert.deepEqual(rounded(ladderOf(null, present(draft)).columns), [null, null, null, null]);

  // Those of the query before are marked.
  const old = ladderOf(steps.at(-1), present({ ...draft, query: 'dance' }));
  assert.equal(old.old, true);
  assert.equal(factsOf(old), null);
});

test('a run that was broken off goes on where it was', async () => {
  const draft = threeRows('past-tense');
  const options = { solution: 'yes' };
  const steps = await run(climbed(talker(), draft, options));
  const model = talker();
  const moved = { ...draft, shots: 0 };
  const last = (await run(climbed(model, moved, options), { before: steps[2] })).at(-1);
  assert.deepEqual(model.asked, [2, 3], 'what was known is not asked again');
  assert.deepEqual(last, steps.at(-1));
  const other = talker();
  await run(climbed(other, { ...draft, query: 'dance' }, options), { before: steps[2] });
  assert.deepEqual(other.asked, [0, 1, 2, 3], 'another query starts anew');
  const third = talker();
  await run(climbed(third, draft, { solution: 'no' }), { before: steps[2] });
  assert.deepEqual(third.asked, [0, 1, 2, 3], 'and so does another answer');
});

test('a prompt that does not fit is a gap with a reason; any other error ends the run', async () => {
  const draft = threeRows('past-tense');
  const model = talker();
  const { logprobs } = model;
  model.logprobs = async (text, options) => {
    if (shotsIn(text) === 3) throw new ShotglassError('prompt-too-long', 'Too long.');
    return logprobs(text, options);
  };
  const ladder = ladderOf((await run(climbed(model, draft))).at(-1), present(draft));
  assert.deepEqual(rounded(ladder.columns), [0.08, 0.24, 0.48, null]);
  assert.match(ladder.columns[3].problem, /more tokens than the model can read/);
  assert.equal(factsOf(ladder).best.k, 2, 'the sentence does without it');
  // Where the present prompt itself does not fit, the gap is there all the same.
  const { columns } = ladderOf(
    (await run(climbed(model, { ...draft, shots: 3 }))).at(-1),
    present({ ...draft, shots: 3 }),
  );
  assert.match(columns[3].problem, /more tokens than the model can read/);

  model.logprobs = async () => {
    throw new ShotglassError('crashed', 'It stopped.');
  };
  await assert.rejects(run(climbed(model, draft)), { code: 'crashed' });
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

test('labels: all text and the posterior of the one that wins or is right, under any rule, with the mass', async () => {
  const draft = { ...threeRows('sentiment'), shots: 1 };
  const rungs = (await run(climbed(scorer, draft))).at(-1);
  const ladder = ladderOf(rungs, present(draft));
  assert.equal(ladder.ofLabels, true);
  assert.equal(ladder.answer, 'Positive');
  const sigmoid = (x) => 1 / (1 + Math.exp(-x));
  const close = (a, b) => assert.ok(Math.abs(a - b) < 1e-12, `${a}, not ${b}`);
  close(ladder.columns[0].posterior, sigmoid(-1));
  close(ladder.columns[1].posterior, sigmoid(0.5));
  close(ladder.columns[0].p, Math.exp(-2));
  close(ladder.columns[1].p, Math.exp(-1.5));
  close(ladder.columns[0].mass, Math.exp(-1) + Math.exp(-2));
  assert.deepEqual([ladder.columns[0].name, ladder.columns[0].isFirst], ['Negative', false]);

  // Per token, −2 over one against −1.5 over two; the run is the same.
  const perToken = ladderOf(rungs, present(draft, { rule: 'perToken' }));
  close(perToken.columns[1].posterior, sigmoid(2 - 0.75));
  close(perToken.columns[1].p, Math.exp(-1.5));

  const right = (await run(climbed(scorer, draft, { solution: 'Negative' }))).at(-1);
  const ofRight = ladderOf(right, present(draft));
  assert.equal(ofRight.answer, 'Negative');
  close(ofRight.columns[1].p, Math.exp(-2));
  assert.equal(ofRight.columns[1].isFirst, false);
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
