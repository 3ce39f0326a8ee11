// What is recorded, as the page uses it before there is a model; and the guess how fast one would be.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';
import { recordings } from '../recordings.mjs';

const { recordedText, recordedAnswer, agreementOf } = await labModule('lab/recorded/reading.ts');
const { nextWords, placeOf, recordedQueries } = await labModule('lab/recorded/queries.ts');
const { promptTokens } = await labModule('lab/recorded/prompt-tokens.ts');
const { solutionOf } = await labModule('lab/recorded/solution.ts');
const { ladderOf } = await labModule('lab/recorded/ladder.ts');
const { draftOf, reduce } = await labModule('app/state.ts');
const { leadRecorded } = await labModule('recorded/index.ts');
const { presets } = await labModule('presets/index.ts');
const { rateOf } = await labModule('app/probe.ts');
const [lead] = presets;

test('every recorded prompt is found by its text: its query and its shots', () => {
  for (const preset of presets) {
    const queries = recordedQueries(preset, recordings.get(preset.id));
    for (const [query, one] of queries.entries()) {
      for (let shots = 0; shots <= preset.task.demonstrations.length; shots++) {
        const text = recordedText(preset, shots, one.query);
        assert.deepEqual(placeOf(preset, queries, text), { query, shots }, preset.id);
      }
    }
    assert.equal(placeOf(preset, queries, `${recordedText(preset, preset.shots)} `), null);
    assert.equal(placeOf(preset, queries, ''), null);
  }
});

test('cut to fewer candidates, the rest takes what is not shown', () => {
  const text = recordedText(lead, 4);
  const all = recordedAnswer(leadRecorded, { shots: 4, text, topK: 10 }).prediction;
  const few = recordedAnswer(leadRecorded, { shots: 4, text, topK: 3 });
  assert.equal(few.predictionOf, text);
  assert.equal(few.origin, 'recorded');
  const { candidates, rest } = few.prediction;
  assert.deepEqual(candidates, all.candidates.slice(0, 3));
  assert.equal(rest.count, all.rest.count + 7);
  const sum = (prediction) =>
    prediction.candidates.reduce((sum, { p }) => sum + p, prediction.rest.p);
  assert.ok(Math.abs(sum(few.prediction) - sum(all)) < 1e-12);
});

test('agreement is the largest difference of p, and another order changes nothing', () => {
  const at = {
    candidates: [
      { id: 2, logprob: Math.log(0.5) },
      { id: 0, logprob: Math.log(0.25) },
    ],
  };
  const logprobs = (...ps) => Float32Array.from(ps, Math.log);
  assert.equal(agreementOf(at, logprobs(0.25, 0.25, 0.5)).kind, 'same');
  const off = agreementOf(at, logprobs(0.375, 0.125, 0.5));
  assert.equal(off.kind, 'differs');
  assert.ok(Math.abs(off.difference - 0.125) < 1e-6);
  assert.equal(agreementOf(at, logprobs(0.25, 0.2501, 0.49995)).kind, 'same', 'within 1e-4');
  assert.equal(agreementOf(at, logprobs(0.25, 0.2502, 0.4998)).kind, 'differs');
});

/** What is recorded of one of the first preset's queries. */
const asked = (query) =>
  recordedQueries(lead, leadRecorded).find((recorded) => recorded.query === query);

test('the ladder follows the right answer at every number of shots, whatever comes first', () => {
  const horse = asked('horse');
  const ladder = ladderOf(horse, 0);
  assert.equal(ladder.answer, 'horses');
  assert.deepEqual(ladderOf(horse, 4).columns, ladder.columns);
  assert.ok(ladder.columns.every(({ p }) => p > 0));
  assert.ok(ladder.columns[4].p > 0.9 && ladder.columns[0].p < 0.01);
  const { name, isFirst } = ladder.columns[0];
  assert.deepEqual([name, isFirst], ['The', false]);
  assert.deepEqual([ladder.columns[4].name, ladder.columns[4].isFirst], ['horses', true]);

  const mouse = ladderOf(asked('mouse'), 4);
  assert.equal(mouse.answer, 'mice');
  assert.ok(mouse.columns[4].p > 0.9 && mouse.columns[0].p < 0.001);
  assert.notDeepEqual(mouse.columns, ladder.columns);
});

// The tokens of "sheep" are as good as certain, and the model means "sheeps".
test('an answer is a whole word: it is not more probable than what comes first', () => {
  for (const { id } of presets.filter(({ task }) => !task.labels)) {
    for (const { query, output, results } of recordings.get(id).queries) {
      for (const { answer, words } of results) {
        const first = words[0];
        // What is listed is a lower bound, and an answer of several words is less probable than its first.
        const most = first[1] + (1 - words.reduce((sum, [, p]) => sum + p, 0)) + 1e-6;
        if (output !== null) assert.ok(Math.exp(answer) <= most, `${id}: ${query}`);
      }
    }
  }
  const { columns } = ladderOf(asked('sheep'), 2);
  assert.equal(columns[2].name, 'sheeps');
  assert.ok(columns[2].p < 0.5, `${columns[2].p}`);
});

test('without a right answer the ladder follows what comes first now, as far as that is listed', () => {
  const results = [
    { words: [[' a', 0.5]], answer: null },
    {
      words: [
        [' b', 0.4],
        [' a', 0.3],
      ],
      answer: null,
    },
    { words: [['\n\nb', 0.4]], answer: null },
  ];
  const columns = (current) =>
    ladderOf({ query: 'q', output: null, results }, current).columns.map(({ p, name, isFirst }) => [
      p,
      name,
      isFirst,
    ]);
  assert.deepEqual(columns(0), [
    [0.5, 'a', true],
    [0.3, 'b', false],
    [null, '↵↵b', false],
  ]);
  assert.deepEqual(columns(1), [
    [null, 'a', false],
    [0.4, 'b', true],
    [null, '↵↵b', false],
  ]);
});

test('of labels the ladder shows the right one: in all text, among the labels, and what they have together', () => {
  const labels = (yes, mass) => ({
    words: [],
    answer: Math.log(yes * mass),
    classification: {
      labels: [
        { label: 'yes', p: yes },
        { label: 'no', p: 1 - yes },
      ],
      mass,
    },
  });
  const query = { query: 'q', output: 'yes', results: [labels(0.25, 0.5), labels(0.75, 0.875)] };
  assert.deepEqual(ladderOf(query, 0), {
    columns: [
      { k: 0, p: 0.125, posterior: 0.25, mass: 0.5, name: 'no', isFirst: false },
      { k: 1, p: 0.65625, posterior: 0.75, mass: 0.875, name: 'yes', isFirst: true },
    ],
    current: 0,
    answer: 'yes',
    ofLabels: true,
  });
  assert.equal(ladderOf({ ...query, output: null }, 0).answer, 'no');
});

test('words and their rest are those of the prompt, and sum to 1', () => {
  const { results } = asked('mouse');
  const found = nextWords(results[4], 'prompt');
  assert.equal(found.of, 'prompt');
  assert.equal(found.words[0].text, ' mice');
  assert.equal(found.words.length, 3);
  assert.ok(Math.abs(found.words.reduce((sum, { p }) => sum + p, found.rest) - 1) < 1e-12);
});

test('the recorded tokens of a prompt spell it, and all but its first have a surprisal', () => {
  for (const preset of presets) {
    const recorded = recordings.get(preset.id);
    for (const { shots, tokens, prompt } of recorded.results) {
      const text = recordedText(preset, shots);
      const found = promptTokens(recorded, shots, text);
      assert.equal(found.length, tokens, preset.id);
      assert.equal(Buffer.concat(found.map(({ bytes }) => bytes)).toString(), text, preset.id);
      const [first, ...others] = found;
      assert.equal(first.logprob, null);
      assert.ok(others.every(({ logprob }) => logprob <= 0));
      const last = prompt.logprobs.at(-1) ?? recorded.prompt.logprobs.at(-1);
      assert.equal(others.at(-1).logprob, last, 'each token has its own');
    }
  }
});

test('the right answer is known as long as the task is the preset’s', () => {
  const queries = recordedQueries(lead, leadRecorded);
  const of = (...actions) =>
    solutionOf(
      actions.reduce(reduce, { past: [], draft: draftOf(lead), future: [], typing: null }).draft,
      queries,
    );
  const ask = (text) => ({ type: 'query', text });
  assert.equal(of(), 'horses');
  assert.equal(of(ask('mouse')), 'mice');
  assert.equal(of(ask('wolf')), 'wolves', 'a row of the preset');
  assert.equal(of(ask('zebra')), null);
  assert.equal(
    of({ type: 'shots', shots: 0 }, { type: 'exclude', index: 1, excluded: true }),
    'horses',
  );
  for (const action of [
    { type: 'demonstration', index: 0, field: 'output', text: 'dogs' },
    { type: 'append', text: ' horses' },
    { type: 'labels', labels: ['a', 'b'] },
    { type: 'text', text: 'free' },
    { type: 'remove', index: 9 },
    { type: 'new', id: 'a' },
  ]) {
    assert.equal(of(action), null, action.type);
  }
});

test('the guess is a range of round numbers that grows with the device', () => {
  const round = (value) => {
    const digits = value / 10 ** Math.floor(Math.log10(value));
    return [1, 1.5, 2, 3, 5, 7].some((step) => Math.abs(digits - step) < 1e-9);
  };
  for (const speed of [1e8, 2e9, 15.4e9, 1e11]) {
    const { low, high } = rateOf(speed, 1);
    assert.ok(low < high && round(low) && round(high), `${low} to ${high}`);
    assert.ok(rateOf(speed, 8).high >= high, 'threads only add');
    assert.equal(rateOf(speed, 8).low, low, 'and are not promised');
    assert.ok(rateOf(speed * 10, 1).low > low);
  }
  // Where it was measured: 250 to 312 tokens a second on one thread.
  const { low, high } = rateOf(15.4e9, 1);
  assert.ok(low <= 250 && high >= 312, `${low} to ${high}`);
});
