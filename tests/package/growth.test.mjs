// Twice the input is twice the work, and not four times: counted, since time says little on a busy machine.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { continuations } from 'shotglass';
import { evaluate } from 'shotglass/experiments';
import { growth } from '../support/counted-work.mjs';
import { fakeModel, resultOf, withDemonstrations } from './experiments-fake.mjs';

const isLinear = (ratio) => assert.ok(ratio < 2.5, `twice the input is ${ratio} times the work`);

const rowsOf = (n) =>
  Array.from({ length: n }, (_, i) => ({
    input: `row ${i}`,
    output: i % 3 === 0 ? 'Negative' : 'Positive',
  }));

// Every step sorted and summed up all rows before it: 3,200 rows took the page's thread for 42 s.
for (const comparison of [null, 'batch']) {
  test(`evaluate takes each row once (compared with ${comparison ?? 'nothing'})`, async () => {
    const task = withDemonstrations(8);
    const options = { shots: [0, 2], comparison };
    const run = (n) => resultOf(evaluate(fakeModel(), task, rowsOf(n), options));
    isLinear(await growth(100, run));
  });
}

/** A model of syllables, the same behind all beginnings, where words seldom end: the search goes on. */
function syllables(count) {
  const texts = Array.from({ length: count }, (_, i) => `w${i}`);
  const tokens = [...texts, '.', '. a', '\n'].map((text, id) => ({
    id,
    text,
    bytes: Buffer.from(text),
  }));
  const half = { id: tokens.length, text: '\ufffd', bytes: Uint8Array.of(0xc3) };
  const weights = [...tokens, half].map((_, id) => (id < count ? 1 + (id % 7) / 8 : 1e-4));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const logprobs = Float32Array.from(weights, (weight) => Math.log(weight / total));
  return {
    info: { endTokens: [] },
    vocabulary: async () => [...tokens, half],
    logprobs: async () => logprobs,
  };
}

// Each step went through all words found, and for each word through all beginnings that were looked at:
// 400 predictions took 100 words 22 s beside the model, where half as many took 8.
test('continuations take each prediction once', async () => {
  const model = syllables(60);
  const run = (n) => resultOf(continuations(model, 'p', { maxPredictions: n, words: 40 }));
  // The vocabulary is read once, by the first.
  await run(1);
  isLinear(await growth(100, run));
});
