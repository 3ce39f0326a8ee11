import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model, ShotglassError } from 'shotglass';
import { minimalPairs, ownPairs } from 'shotglass/experiments';
import { modelFile, mustExist } from '../../support/files.mjs';
import { near, resultOf, stepsOf } from './fake.mjs';

/**
 * A model whose tokens are words; `logprobOf(word, before)` is in nats. `tokensOf` says how many tokens the empty text and
 * `<|endoftext|>` have.
 */
function wordModel(logprobOf, tokensOf = { '': 0, '<|endoftext|>': 1 }) {
  const model = {
    contexts: [],
    async tokenize(text) {
      return Array.from({ length: tokensOf[text] }, (_, id) => ({ id }));
    },
    async score(context, sentences) {
      model.contexts.push(context);
      if (sentences.some((text) => text.includes('endless'))) {
        throw new ShotglassError('prompt-too-long', 'Too long.');
      }
      return sentences.map((continuation) => {
        const words = continuation.split(/(?= )/);
        const tokens = words.map((text, i) => {
          const id = [...text].reduce((sum, char) => sum * 31 + char.codePointAt(0), 7);
          return { id, text, logprob: logprobOf(text, words.slice(0, i).join('')) };
        });
        const logprob = tokens.reduce((sum, token) => sum + token.logprob, 0);
        return { continuation, tokens, logprob };
      });
    },
  };
  return model;
}

const byLength = (word, before) => -word.length - before.length / 100;

test('the parts are the shared tokens and the ones that differ, and sum to the difference', async () => {
  const pair = { good: 'the cats of Ann run home', bad: 'the cats of Ann runs home' };
  const { readings } = await resultOf(minimalPairs(wordModel(byLength), [pair]));
  const [{ good, bad, difference, correct, parts, decisive }] = readings;
  assert.deepEqual([good.from, good.to, bad.from, bad.to], [4, 5, 4, 5]);
  assert.deepEqual(
    parts.map(({ differs }) => differs),
    [false, false, false, false, true, false],
  );
  for (const { nats } of parts.slice(0, 4)) assert.equal(nats, 0);
  near(parts[4].nats, 1);
  near(parts[5].nats, 0.01);
  near(
    parts.reduce((sum, { nats }) => sum + nats, 0),
    difference,
  );
  near(difference, good.logprob - bad.logprob);
  assert.equal(correct, true);
  assert.equal(decisive, 4);
});

test('sentences of different lengths, and a part that only one of them has', async () => {
  const of = async (good, bad) => {
    const { readings } = await resultOf(minimalPairs(wordModel(byLength), [{ good, bad }]));
    return readings[0].parts.map((part) => [
      part.good.map(({ text }) => text).join(''),
      part.bad.map(({ text }) => text).join(''),
    ]);
  };
  assert.deepEqual(await of('a b c', 'a c'), [
    ['a', 'a'],
    [' b', ''],
    [' c', ' c'],
  ]);
  assert.deepEqual(await of('x', 'y z'), [['x', 'y z']]);
  // The repeated word counts as shared once only.
  assert.deepEqual(await of('a a', 'a a a'), [
    ['a', 'a'],
    [' a', ' a'],
    ['', ' a'],
  ]);
});

test('where the bad sentence is more probable, the decisive part speaks for it', async () => {
  const model = wordModel(
    (word) => ({ ' are': -1, ' is': -1.5, ' here': -4, ' gone': -1 })[word] ?? -2,
  );
  const pairs = [{ good: 'they are here', bad: 'they is gone' }];
  const { readings, accuracy } = await resultOf(minimalPairs(model, pairs));
  assert.equal(readings[0].correct, false);
  assert.equal(readings[0].decisive, 1);
  assert.equal(accuracy.correct, 0);
});

test('equally probable sentences are not correct', async () => {
  const pairs = [{ good: 'a b', bad: 'a c' }];
  const { accuracy } = await resultOf(
    minimalPairs(
      wordModel(() => -1),
      pairs,
    ),
  );
  assert.deepEqual([accuracy.n, accuracy.correct], [1, 0]);
});

test('there is an accuracy for all pairs and for each paradigm, with intervals', async () => {
  const pairs = [
    { good: 'a bb', bad: 'a bbb', paradigm: 'length' },
    { good: 'a bbb', bad: 'a bb', paradigm: 'length' },
    { good: 'c', bad: 'cc', paradigm: 'other' },
    { good: 'd', bad: 'dd' },
    { good: 'endless', bad: 'end', paradigm: 'length' },
  ];
  const steps = await stepsOf(minimalPairs(wordModel(byLength), pairs));
  assert.deepEqual(
    steps.map(({ done, total }) => [done, total]),
    [1, 2, 3, 4, 5].map((done) => [done, 5]),
  );
  const { readings, accuracy, paradigms } = steps.at(-1).result;
  assert.equal(readings[4].error.code, 'prompt-too-long');
  assert.deepEqual([accuracy.n, accuracy.correct], [4, 3]);
  assert.ok(accuracy.interval.low > 0.2 && accuracy.interval.high < 1);
  assert.deepEqual(
    paradigms.map(({ paradigm, accuracy: { n, correct } }) => [paradigm, n, correct]),
    [
      ['length', 2, 1],
      ['other', 1, 1],
    ],
  );
  assert.equal(steps[0].result.readings.length, 1);
});

test('a sentence stands behind a begin token, or what takes its place', async () => {
  const pair = [{ good: 'a', bad: 'b' }];
  const contextOf = async (tokensOf, options) => {
    const model = wordModel(byLength, tokensOf);
    await resultOf(minimalPairs(model, pair, options));
    return model.contexts[0];
  };
  assert.equal(await contextOf({ '': 0, '<|endoftext|>': 1 }), '<|endoftext|>');
  assert.equal(await contextOf({ '': 1, '<|endoftext|>': 8 }), '');
  assert.equal(await contextOf({ '': 0, '<|endoftext|>': 7 }), '\n');
  assert.equal(await contextOf({ '': 1, '<|endoftext|>': 1 }, { context: 'So:' }), 'So:');
});

test('what is no pair is refused', async () => {
  const refused = (pairs, message, options) =>
    assert.rejects(resultOf(minimalPairs(wordModel(byLength), pairs, options)), {
      code: 'invalid-option',
      message,
    });
  await refused([], /^pairs must be a non-empty array/);
  await refused([{ good: 'a', bad: ' ' }], /^The bad sentence of pair 1 must be not blank/);
  await refused([{ good: 'a' }], /^The bad sentence of pair 1 must be a string/);
  await refused([{ good: 'a', bad: 'a' }], /^The sentences of pair 1 must be different/);
  await refused([{ good: 'a', bad: 'b' }], /Unknown option topK/, { topK: 1 });
});

test('our own pairs are five for each of eight paradigms, and none occurs twice', () => {
  const names = ownPairs.map(({ paradigm }) => paradigm);
  assert.equal(new Set(names).size, 8);
  for (const name of names) assert.equal(names.filter((other) => other === name).length, 5);
  assert.equal(new Set(ownPairs.flatMap(({ good, bad }) => [good, bad])).size, 80);
});

test('the log-probability of a sentence is the sum of its surprisal', async (t) => {
  mustExist(modelFile, 'cargo xtask model');
  const model = await Model.load(modelFile, { build: 'simd128' });
  t.after(() => model.close());
  const pairs = ownPairs.slice(0, 2);
  const { readings } = await resultOf(minimalPairs(model, pairs));
  for (const { pair, good, bad, correct } of readings) {
    for (const [sentence, reading] of [
      [pair.good, good],
      [pair.bad, bad],
    ]) {
      const [begin, ...tokens] = await model.surprisal(`<|endoftext|>${sentence}`);
      assert.equal(begin.token.text, '<|endoftext|>');
      near(
        tokens.reduce((sum, { logprob }) => sum + logprob, 0),
        reading.logprob,
        1e-4,
      );
    }
    assert.equal(correct, true, pair.bad);
  }
});
