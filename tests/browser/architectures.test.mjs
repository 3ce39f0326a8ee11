// Every architecture in WebAssembly against the native engine, over the whole vocabulary: the small models that the Rust
// tests leave in target/golden/architectures, with the distributions that the native engine computes. The kernels of the
// build `relaxed` are those of `threads`.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { complaintsOf, useChromium } from '../support/chromium.mjs';
import { architecturesFolder, mustExist } from '../support/files.mjs';
import { isolated, serve } from '../support/serve.mjs';

const chromium = useChromium();
let server;
let names;

before(async () => {
  mustExist(architecturesFolder, 'cargo xtask test --only rust');
  const files = readdirSync(architecturesFolder);
  names = files
    // One type of weights: tests/wasm has all of them, and what differs here lies between the matrices.
    .filter((file) => file.endsWith('-q4_1.json'))
    .map((file) => basename(file, '.json'))
    // Its file has llama.cpp's name for a llama whose layers differ.
    .filter((name) => !name.startsWith('llama-heads-by-layer'));
  assert.ok(names.length >= 20, `${names.length} models`);
  server = await serve(fileURLToPath(new URL('../../pkg', import.meta.url)), {
    headers: isolated,
    files: Object.fromEntries(files.map((file) => [`/${file}`, join(architecturesFolder, file)])),
    html: '<!doctype html><link rel="icon" href="data:,"><title>architectures</title>',
  });
});
after(() => server?.close());

/** Runs in the page: how many log-probabilities of each prompt are not the native engine's, bit by bit. */
async function compareWithNative({ name, options }) {
  const { Model } = await import('/dist/index.js');
  const records = await (await fetch(`/${name}.json`)).json();
  const model = await Model.load(`/${name}.gguf`, { activationBits: 16, keep: false, ...options });
  const others = [];
  for (const { ids, logprobs } of records) {
    const ours = await model.logprobs(ids);
    const bits = (row) => new Uint32Array(row.buffer, row.byteOffset, row.length);
    const [ourBits, native] = [bits(ours), bits(Float32Array.from(logprobs))];
    others.push(native.filter((b, id) => b !== ourBits[id]).length);
  }
  const { build, threads } = model.info;
  model.close();
  return { build, threads, others };
}

for (const [build, threads] of [
  ['simd128', 1],
  ['threads', Math.min(2, availableParallelism())],
]) {
  test(`${build}: the bits of the native engine, whatever the architecture`, async () => {
    const page = await chromium.browser.newPage();
    const complaints = complaintsOf(page);
    await page.goto(server.url);
    const wrong = [];
    for (const name of names) {
      const found = await page.evaluate(compareWithNative, { name, options: { build, threads } });
      assert.deepEqual([found.build, found.threads], [build, threads]);
      if (found.others.some((count) => count > 0)) wrong.push(`${name}: ${found.others}`);
    }
    await page.close();
    assert.deepEqual(wrong, []);
    assert.deepEqual(complaints, []);
  });
}
