// The lessons that come with the page, and its tour: each state is recorded, and each caption is true.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultModel } from 'shotglass';
import { presets } from 'shotglass/presets';
import { labModule } from '../module.mjs';
import { recordings } from '../recordings.mjs';

const { presetsOf, shipped, shippedLesson } = await labModule('lab/lessons/shipped.ts');
const { factsOf } = await labModule('lab/lessons/facts.ts');
const { sheetOf } = await labModule('lab/lessons/sheet.ts');
const { placeOf, recordedQueries } = await labModule('lab/recorded/queries.ts');
const { promptOf } = await labModule('app/prompt.ts');
const { presetOf } = await labModule('app/own-task.ts');
const { lessons: en } = await labModule('strings/en/lessons/index.ts');
const { lessons: zh } = await labModule('strings/zh/lessons/index.ts');

const facts = factsOf(recordings);
const ids = Object.keys(shipped);
const catalogues = { en, zh };
const all = ids.flatMap((id) =>
  Object.entries(catalogues).map(([language, words]) => ({
    id,
    language,
    lesson: shippedLesson(id, words.shipped[id], facts),
    words: words.shipped[id],
  })),
);
const raw = new Map(presets.map((preset) => [preset.id, preset]));

test('a lesson has 6 to 10 steps, and words for each in both languages', () => {
  for (const { id, lesson, words } of all) {
    assert.ok(lesson.steps.length >= 6 && lesson.steps.length <= 10, id);
    assert.equal(words.steps.length, lesson.steps.length, id);
  }
  assert.equal(shipped.tour.length, 6);
});

test('every state is recorded, so that a lesson needs no download', () => {
  for (const { id, lesson } of all) {
    assert.deepEqual(
      [...new Set(lesson.steps.map(({ draft }) => presetOf(draft)?.id))],
      presetsOf(id),
    );
    for (const [at, { draft }] of lesson.steps.entries()) {
      const preset = presetOf(draft);
      const queries = recordedQueries(preset, recordings.get(preset.id));
      assert.ok(placeOf(preset, queries, promptOf(draft).text), `${id}, step ${at + 1}`);
    }
    for (const { figure } of sheetOf(lesson.steps, recordings)) {
      assert.ok(figure?.answer, id);
      assert.equal(figure.model, defaultModel.name, id);
    }
  }
});

test('every number in a caption comes from the record', () => {
  // With facts that have no digits, only these are left: sums, years, the slider's places, and the name of an interval.
  const mute = new Proxy({}, { get: (_, name) => (name === 'megabytes' ? '#' : () => '#') });
  const allowed = {
    'few-shot': ['48', '76'],
    bias: ['2021', '2022'],
    evaluate: ['95'],
    tour: ['0', '1', '4', '48', '76'],
  };
  for (const { id, words } of all) {
    for (const say of words.steps) {
      const { caption, question = '' } = say(mute);
      for (const digits of `${caption} ${question}`.match(/\d+/g) ?? []) {
        assert.ok(allowed[id].includes(digits), `${id}: ${digits} in ${caption}`);
      }
    }
  }
});

test('facts are what the records say', () => {
  const { results, queries } = recordings.get('plural');
  const percent = (p) => `${(p * 100).toPrecision(3)}%`;
  assert.equal(facts.p('plural', '', 1), percent(Math.exp(results[1].answer)));
  const sheep = queries.find(({ query }) => query === 'sheep');
  assert.equal(facts.p('plural', 'sheep', 2), percent(Math.exp(sheep.results[2].answer)));
  assert.equal(facts.word('plural', 'sheep', 2), 'sheeps');
  assert.equal(facts.top('plural', 'sheep', 2), percent(sheep.results[2].words[0][1]));
  // Token 6 of the prompt: Q : cat ↵ A : ␣cats.
  assert.equal(facts.bits('plural', 4, 'cats'), (6.704 / Math.LN2).toFixed(1));
  // Wilson's interval of 6 out of 24, by hand: 12.0 % to 44.9 %.
  assert.deepEqual(
    [facts.accuracy('plural', 1), facts.low('plural', 1), facts.high('plural', 1)],
    ['25%', '12%', '45%'],
  );
  assert.throws(() => facts.p('plural', 'unicorn', 1));
  assert.throws(() => facts.said('sentiment', 4, 'Neutral'));
});

test('an answer to a question of a lesson is what the record says', () => {
  for (const { id, lesson } of all) {
    for (const { draft, question, caption } of lesson.steps) {
      if (question === '') continue;
      const preset = presetOf(draft);
      const queries = recordedQueries(preset, recordings.get(preset.id));
      const { query, shots } = placeOf(preset, queries, promptOf(draft).text);
      const { output, results } = queries[query];
      const isFirst = results[shots].words[0][0].trim() === output;
      const says = /^(Yes|会)/.test(caption)
        ? true
        : /^(No|不会|不知道)/.test(caption)
          ? false
          : null;
      assert.equal(says, isFirst, `${id}: ${caption}`);
    }
  }
});

test('what the captions say in words holds as well', () => {
  const number = (text) => Number(text.replace('%', ''));
  const p = (...of) => number(facts.p(...of));
  // few-shot and the tour
  assert.notEqual(facts.word('plural', '', 0), 'horses');
  for (const word of ['babies', 'knives']) assert.ok(facts.bits('plural', 4, word) < 1, word);
  assert.ok(facts.bits('plural', 4, 'cats') > 2 * facts.bits('plural', 4, 'boxes'));
  assert.ok(facts.right('flipped', 8) > facts.n('flipped') / 2);
  assert.ok(p('plural', 'sheep', 1) > p('plural', 'sheep', 2));
  assert.equal(facts.word('plural', 'mouse', 4), 'mice');
  assert.equal(facts.word('capital', 'South Korea', 4), 'Seoul');
  for (const shots of [4, 8]) assert.match(facts.word('arithmetic', '', shots), /^\d+$/);
  // bias
  const outputs = (id) => raw.get(id).task.demonstrations.map(({ output }) => output);
  assert.deepEqual(outputs('sentiment').slice(0, 4).sort(), [
    ...['Negative', 'Negative'],
    ...['Positive', 'Positive'],
  ]);
  assert.deepEqual(outputs('imbalanced').slice(0, 6), [...Array(5).fill('Positive'), 'Negative']);
  assert.equal(outputs('topics')[0], 'Business');
  assert.ok(outputs('flipped').every((output, at) => output !== outputs('sentiment')[at]));
  assert.ok(facts.calibrated('topics', 1) > facts.right('topics', 1));
  assert.ok(Math.abs(facts.calibrated('imbalanced', 4) - facts.right('imbalanced', 4)) <= 2);
  assert.deepEqual(raw.get('bad-example').task.demonstrations[2], {
    input: 'red apple',
    output: 'vegetable',
  });
  assert.ok(facts.right('bad-example', 5) < facts.right('bad-example', 4, 'mended'));
  // evaluate, and the rule that always says Positive
  assert.equal(facts.right('sentiment', 4), facts.rows('sentiment', 'Positive'));
  const { rows, task } = raw.get('plural');
  const shown = new Set(task.demonstrations.map(({ input }) => input));
  assert.ok(rows.every(({ input }) => !shown.has(input)));
  assert.ok(number(facts.low('sentiment', 8)) < number(facts.high('sentiment', 4)));
  assert.ok(facts.right('sentiment', 4) < facts.right('sentiment', 8));
  assert.ok(raw.get('double-space').task.template.outputSeparator === '  ');
  assert.ok(facts.begun('double-space', 4) < facts.right('double-space', 4));
  const [sure, wrong] = ['sureRight', 'sureWrong'].map((were) => number(facts.sure('qa', 4, were)));
  assert.ok(sure > wrong && sure - wrong < 20);
});
