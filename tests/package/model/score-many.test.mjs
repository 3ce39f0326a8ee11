// Scores after many contexts: the bits of one call after the other, whatever runs together, on small models in Node.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Model } from 'shotglass';
import { alike } from '../../../pkg/dist/worker/score-together.js';
import { mustExist, tinyFolder } from '../../support/files.mjs';

mustExist(tinyFolder, 'cargo test --release');

const file = join(tinyFolder, 'default.gguf');
const beginning = 'Q: the\nA: in\n\nQ: of\nA: on\n\n'.repeat(3);
const queries = ['the', 'a', 'in the end', 're', 'prement', 'the and of', 'x', 'on', 'st er or in'];
const contexts = queries.map((query) => `${beginning}Q: ${query}\nA:`);
const continuations = [' the', ' re prement', ' on a st er'];
const requests = contexts.map((context) => ({ context, continuations }));

let model;
before(async () => {
  model = await Model.load(file);
});
after(() => model?.close());

async function collect(steps) {
  const all = [];
  for await (const step of steps) all.push(step);
  return all;
}

/** The scores by calls of which each waits for the one before. */
async function oneByOne(requests, one = model) {
  const all = [];
  for (const { context, continuations } of requests)
    all.push(await one.score(context, continuations));
  return all;
}

test('the scores are those of one call after the other, in order', async () => {
  const fresh = await Model.load(file);
  const expected = await oneByOne(requests, fresh);
  fresh.close();
  const results = await collect(model.scoreMany(requests));
  assert.deepEqual(
    results,
    expected.map((scores, index) => ({ index, scores })),
  );
  assert.deepEqual(await collect(model.scoreMany([])), []);
});

test('calls that wait run together, and each says what it took', async () => {
  const fresh = await Model.load(file);
  const progress = contexts.map(() => []);
  const scores = await Promise.all(
    contexts.map((context, i) => {
      const onProgress = (one) => progress[i].push(one);
      return fresh.score(context, continuations, { onProgress });
    }),
  );
  assert.deepEqual(scores, await oneByOne(requests));
  const last = progress.map((all) => all.at(-1));
  for (const { tokensDone, tokensTotal } of last) assert.equal(tokensDone, tokensTotal);
  // The first call is on its way before the others have come; these share what they begin with.
  const shared = (await fresh.tokenize(`${beginning}Q:`)).length;
  assert.deepEqual(
    last.slice(2).map(({ cachedTokens }) => cachedTokens),
    queries.slice(2).map(() => shared),
  );
  fresh.close();
});

test('what cannot be scored has its error in its place, and the others run', async () => {
  const wrong = [
    ['', continuations, 'empty-prompt'],
    [contexts[0], [], 'invalid-option'],
    [contexts[0], [''], 'invalid-option'],
    ['a\ud800', continuations, 'invalid-text'],
    [beginning.repeat(200), continuations, 'prompt-too-long'],
    [undefined, undefined, 'invalid-option'],
  ];
  const mixed = wrong.flatMap(([context, continuations], i) => [
    { context, continuations },
    requests[i],
  ]);
  const results = await collect(model.scoreMany(mixed));
  const sound = await oneByOne(requests.slice(0, wrong.length));
  for (const [i, [, , code]] of wrong.entries()) {
    assert.deepEqual([results[2 * i].index, results[2 * i].error.code], [2 * i, code]);
    assert.deepEqual(results[2 * i + 1], { index: 2 * i + 1, scores: sound[i] });
  }
});

test('ten thousand requests, of which most are repeated, run each of them once', async () => {
  const many = Array.from({ length: 10_000 }, (_, i) => requests[i % requests.length]);
  let calls = 0;
  const { score } = model;
  model.score = (...asked) => {
    calls += 1;
    return score.apply(model, asked);
  };
  const results = await collect(model.scoreMany(many));
  delete model.score;
  assert.equal(calls, requests.length);
  const expected = await oneByOne(requests);
  assert.deepEqual(results[9_999], { index: 9_999, scores: expected[9_999 % requests.length] });
  assert.notEqual(results[0].scores, results[requests.length].scores, 'each has a list of its own');
});

test('a loop that is aborted keeps what it has, and later calls are answered', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const kept = [];
  const loop = async () => {
    for await (const one of model.scoreMany(requests, { signal })) {
      kept.push(one);
      if (kept.length === 3) controller.abort();
    }
  };
  await assert.rejects(loop(), { code: 'aborted' });
  const expected = await oneByOne(requests);
  assert.deepEqual(
    kept.map(({ scores }) => scores),
    expected.slice(0, kept.length),
  );
  assert.ok(kept.length >= 3 && kept.length < requests.length);
});

test('a call that is aborted among others leaves these alone', async () => {
  const controllers = requests.map(() => new AbortController());
  const answers = requests.map(({ context, continuations }, i) =>
    model.score(context, continuations, { signal: controllers[i].signal }),
  );
  controllers[4].abort();
  const settled = await Promise.allSettled(answers);
  assert.equal(settled[4].reason.code, 'aborted');
  const expected = await oneByOne(requests);
  for (const [i, { value }] of settled.entries()) if (i !== 4) assert.deepEqual(value, expected[i]);
});

test('what is not an array, and an option that there is none of, are errors', async () => {
  await assert.rejects(collect(model.scoreMany('a')), /requests must be an array/);
  await assert.rejects(collect(model.scoreMany([], { sginal: null })), /Did you mean signal/);
});

test('only calls of one kind run together: the same adapter, no edits, no reference, like beginnings', () => {
  const ask = { context: contexts[0], continuations, references: [], edits: null, isEach: false };
  const call = (more = {}, rest = {}) => ({
    type: 'score',
    id: 1,
    ask: { ...ask, ...more },
    adapter: null,
    ...rest,
  });
  const together = (...others) => alike([call(), ...others]);
  assert.equal(together(call(), call({ context: contexts[1] })), 3);
  assert.equal(together(call(), { type: 'vocabulary' }, call()), 2);
  assert.equal(alike([{ type: 'vocabulary' }, call()]), 1);
  assert.equal(alike([call({ references: [''] }), call()]), 1);
  assert.equal(together(call({ references: [''] })), 1);
  assert.equal(together(call({ edits: {} })), 1);
  assert.equal(together(call({ isEach: true })), 1);
  assert.equal(together(call({}, { adapter: { id: 1, scale: 1 } })), 1);
  const adapted = (scale) => call({}, { adapter: { id: 1, scale } });
  assert.equal(alike([adapted(1), adapted(1), adapted(2)]), 2);
  assert.equal(together(call({ context: 'x'.repeat(2000) })), 1);
  assert.equal(together(call({ context: contexts[0] + 'x'.repeat(300) })), 2);
  assert.equal(together(call({ context: 'something else' })), 2, 'both are short');
  assert.equal(alike(Array.from({ length: 40 }, () => call())), 16);
});
