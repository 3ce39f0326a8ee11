// The guessing game: what is asked, and the Brier score. And what becomes of a lesson that the reader makes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brier } from 'shotglass/experiments';
import { labModule } from '../module.mjs';
import { recordings } from '../recordings.mjs';

const { questionsOf, shotChoices } = await labModule('lab/lessons/guess.ts');
const { brierScore, costOf } = await labModule('lessons/brier.ts');
const { recordedQueries } = await labModule('lab/recorded/queries.ts');
const { emptyLesson, made } = await labModule('lab/lessons/making.ts');
const { readProgress, readMaking, writeMaking, writeProgress } =
  await labModule('lab/lessons/progress.ts');
const { draftOf } = await labModule('app/state.ts');
const { defaultSettings } = await labModule('app/settings.ts');
const { presets, presetById } = await labModule('presets/index.ts');

test('the Brier score, by hand', () => {
  // (0.9 − 1)² = 0.01, (0.2 − 0)² = 0.04, (0.5 − 1)² = 0.25, (0.7 − 0)² = 0.49; their mean is 0.79 ∕ 4.
  const guesses = [0.9, 0.2, 0.5, 0.7];
  const outcomes = [true, false, true, false];
  assert.ok(Math.abs(brierScore(guesses, outcomes) - 0.1975) < 1e-12);
  assert.equal(brierScore([1, 0], [true, false]), 0);
  assert.equal(brierScore([1, 0], [false, true]), 1);
  assert.equal(brierScore([0.5, 0.5, 0.5], [true, false, false]), 0.25);
  assert.equal(costOf(0.5, true), 0.25);
  assert.throws(() => brierScore([], []), RangeError);
  assert.throws(() => brierScore([0.5], []), RangeError);
  // Brier's own form sums over both outcomes.
  const own = brier(
    guesses.map((p) => [1 - p, p]),
    outcomes.map(Number),
  );
  assert.ok(Math.abs(own - 2 * brierScore(guesses, outcomes)) < 1e-12);
});

const queriesOf = (id) => recordedQueries(presetById(id), recordings.get(id));

test('a round asks six to ten questions with an outcome each', () => {
  let rounds = 0;
  for (const { id } of presets) {
    for (const shots of shotChoices) {
      const questions = questionsOf(queriesOf(id), shots);
      if (questions.length === 0) continue;
      rounds += 1;
      assert.ok(questions.length >= 6 && questions.length <= 10, `${id}, ${shots}`);
      for (const { answer, word, isFirst, p } of questions) {
        assert.equal(isFirst, word === answer);
        assert.ok(p >= 0 && p <= 1);
        assert.ok(!/\s/.test(answer), answer);
      }
      const keys = questions.map(({ query, shots }) => `${shots} ${query}`);
      assert.equal(new Set(keys).size, keys.length, 'no question is asked twice');
    }
  }
  assert.ok(rounds > 50, `${rounds}`);
});

test('of Plural every recorded query is asked; of Writing nothing, for no answer is right', () => {
  const questions = questionsOf(queriesOf('plural'), 1);
  assert.deepEqual(
    questions.map(({ query }) => query),
    queriesOf('plural').map(({ query }) => query),
  );
  assert.deepEqual(
    questions
      .slice(1, 2)
      .map(({ query, answer, shots, isFirst }) => [query, answer, shots, isFirst]),
    [['mouse', 'mice', 1, true]],
  );
  assert.equal(questionsOf(queriesOf('plural'), 2)[3].isFirst, false, 'sheeps is not sheep');
  assert.deepEqual(questionsOf(queriesOf('writing'), 1), []);
});

test('a task with fewer queries asks the first of them again with twice as many examples', () => {
  const questions = questionsOf(queriesOf('arithmetic'), 2);
  assert.deepEqual(
    questions.map(({ shots }) => shots),
    [2, 2, 2, 2, 2, 4],
  );
  assert.deepEqual(
    questionsOf(queriesOf('arithmetic'), 0).map(({ shots }) => shots),
    [0, 0, 0, 0, 0, 1],
  );
});

const here = { draft: draftOf(presetById('plural')), settings: defaultSettings };
const build = (...wishes) => wishes.reduce((lesson, wish) => made(lesson, wish, here), emptyLesson);

test('steps are added, described, moved and removed', () => {
  const lesson = build(
    { do: 'title', text: 'Mine' },
    { do: 'add' },
    { do: 'add' },
    { do: 'add' },
    { do: 'say', at: 0, caption: 'one' },
    { do: 'say', at: 1, caption: 'two' },
    { do: 'say', at: 2, caption: 'three' },
    { do: 'ask', at: 2, question: 'three?' },
    { do: 'move', at: 2, by: -1 },
    { do: 'remove', at: 0 },
    { do: 'move', at: 0, by: -1 },
    { do: 'say', at: 9, caption: 'nowhere' },
  );
  assert.equal(lesson.title, 'Mine');
  assert.deepEqual(
    lesson.steps.map(({ caption, question }) => [caption, question]),
    [
      ['three', 'three?'],
      ['two', ''],
    ],
  );
  assert.equal(build(...Array(60).fill({ do: 'add' })).steps.length, 50);
  const own = { ...here, draft: { ...here.draft, id: 'mine' } };
  assert.equal(made(emptyLesson, { do: 'add' }, own).steps[0].draft.id, null);
});

/** A storage, as far as it is used. */
const shelf = () => {
  const kept = new Map();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
};

test('progress and a lesson in the making come back, and damage is as if nothing were there', () => {
  const tab = shelf();
  assert.equal(readProgress(tab), null);
  writeProgress(tab, { source: { id: 'bias' }, step: 3 });
  assert.deepEqual(readProgress(tab), { source: { id: 'bias' }, step: 3 });
  const lesson = build({ do: 'title', text: 'Mine' }, { do: 'add' });
  writeProgress(tab, { source: { lesson }, step: 0 });
  assert.deepEqual(readProgress(tab), { source: { lesson }, step: 0 });
  writeMaking(tab, lesson);
  assert.deepEqual(readMaking(tab), lesson);
  writeMaking(tab, emptyLesson);
  assert.equal(readMaking(tab), null);
  for (const text of ['{', '7', '{"id":"bias","step":-1}', '{"id":"no","step":1}']) {
    tab.setItem('shotglass.lesson', text);
    assert.equal(readProgress(tab), null, text);
  }
  assert.equal(readProgress(null), null);
});
