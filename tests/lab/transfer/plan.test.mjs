// What a training learns from, and what it is measured on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';

const { firstTransferSettings: settings } = await labModule('app/transfer.ts');
const { examplesOf, obstacleOf, planOf, promptOf } = await labModule('transfer/plan.ts');
const { askedOfQuestion } = await labModule('lab/transfer/asked.ts');
const { firstChoices, questionOf } = await labModule('why/question.ts');
const { defaultSettings } = await labModule('app/settings.ts');
const { draftOf } = await labModule('app/state.ts');
const { presetById } = await labModule('presets/index.ts');

const askedOf = (id, change = {}) => {
  const draft = { ...draftOf(presetById(id)), ...change };
  return askedOfQuestion(questionOf(draft, null, defaultSettings, firstChoices), draft.chat);
};
const plural = askedOf('plural');
const inputs = (rows) => rows.map(({ input }) => input);

test('the examples are those of the prompt, or all where it has none', () => {
  assert.equal(plural.shots, 4);
  assert.ok(plural.task.demonstrations.length > 4, 'the whole table');
  assert.equal(examplesOf(settings, plural), 4);
  assert.equal(examplesOf({ ...settings, examples: 2 }, plural), 2);
  assert.equal(
    examplesOf({ ...settings, examples: 999 }, plural),
    plural.task.demonstrations.length,
  );
  const none = askedOf('plural', { shots: 0 });
  assert.equal(examplesOf(settings, none), plural.task.demonstrations.length);
});

test('held-out rows were not learned, and the query is none of them', () => {
  const { query } = plural;
  const seen = plural.task.demonstrations[1];
  const rows = [{ input: ` ${query} `, output: 'x' }, { ...seen }, ...plural.rows];
  const plan = planOf(settings, { ...plural, rows });
  assert.equal(plan.held.length, 8);
  for (const input of inputs(plan.held)) {
    assert.ok(!inputs(plan.task.demonstrations).includes(input.trim()));
    assert.notEqual(input.trim(), query);
  }
  assert.equal(plan.answer, ' horses', 'as it follows the prompt');
  assert.equal(plan.labels, null);
  assert.deepEqual(plan.shots, [0, 1, 2, 4]);
  assert.deepEqual(planOf({ ...settings, examples: 6 }, plural).shots, [0, 1, 2, 4, 6]);
});

test('with labels the answer is the first word of its label', () => {
  const { labels, answer } = planOf(settings, askedOf('sentiment'));
  assert.ok(labels.length >= 2);
  assert.ok(
    labels.some(({ words }) => words[0] === answer),
    answer,
  );
});

test('a teacher is asked about inputs whose outputs it was not shown', () => {
  const distil = { ...settings, way: 'distil' };
  const { inputs: asked, task } = planOf(distil, plural);
  assert.deepEqual(asked, inputs(plural.task.demonstrations.slice(4)));
  assert.equal(task.demonstrations.length, 4, 'its prompt');
  const all = { ...distil, examples: plural.task.demonstrations.length };
  assert.equal(obstacleOf(all, plural), 'no-inputs');
  assert.throws(() => planOf(all, plural), /inputs besides the teacher’s examples/);
});

test('of texts every fifth is held out, and empty lines are none', () => {
  const texts = ['one', '', 'two', '  ', 'three', 'four', 'five', 'six'].join('\n');
  const plan = planOf({ ...settings, way: 'adapt', texts }, plural);
  assert.deepEqual(plan.texts, ['one', 'two', 'three', 'four', 'six']);
  assert.deepEqual(plan.heldTexts, ['five']);
  assert.equal(obstacleOf({ ...settings, way: 'adapt', texts: ' \n' }, plural), 'no-texts');
});

test('what cannot be trained is said', () => {
  assert.equal(obstacleOf(settings, plural), null);
  assert.equal(obstacleOf(settings, { ...plural, isChat: true }), 'chat');
  const empty = { ...plural, task: { ...plural.task, demonstrations: [] } };
  assert.equal(obstacleOf(settings, empty), 'no-examples');
  assert.throws(() => planOf(settings, empty), /no examples to learn from/);
});

test('a prompt has no example unless it is asked for', () => {
  const [first] = plural.task.demonstrations;
  assert.ok(!promptOf(plural.task, 'fox').includes(first.output));
  assert.ok(promptOf(plural.task, 'fox', 1).includes(first.output));
});
