// Twice the input is twice the work, and not four times: counted, since time says little on a busy machine.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { continuations } from 'shotglass';
import { parseRows } from 'shotglass/data';
import { evaluate } from 'shotglass/experiments';
import { readerOf } from '../../pkg/dist/data/readers.js';
import { Sheet } from '../../pkg/dist/data/sheet.js';
import { growth } from '../support/counted-work.mjs';
import { fakeModel, resultOf, withDemonstrations } from './experiments/fake.mjs';

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

// Each name was looked for among all others, with every number behind it: an 8 kB paste of one name in 4,000
// columns, as a table without a header has them, froze the page for 21 s.
test('columns of the same name are named one by one', async () => {
  const header = (n) => Array(n).fill('a').join();
  const run = (n) => parseRows(`${header(n)}\n${header(n)}\n`, { format: 'csv' });
  isLinear(await growth(100, run));
  const { columns } = await run(40_000);
  assert.equal(columns.at(-1), 'a (40000)');
  assert.equal(new Set(columns).size, columns.length);
});

// Each key was looked for in the list of all columns: 100,000 lines with keys of their own took minutes. V8 does not
// count what its own functions do, so the reads of that list are counted.
test('lines of JSONL may all have keys of their own', () => {
  const readsOf = (n) => {
    const sheet = new Sheet('jsonl', null);
    let reads = 0;
    const get = (...all) => {
      reads += 1;
      return Reflect.get(...all);
    };
    sheet.table.columns = new Proxy(sheet.table.columns, { get });
    const text = Array.from({ length: n }, (_, i) => `{"key ${i}":"x"}`).join('\n');
    readerOf(sheet, text).read(text, true);
    assert.equal(sheet.finished().columns.length, n);
    return reads;
  };
  isLinear(readsOf(200) / readsOf(100));
});
