// WebAssembly in Chromium, each build, against the native engine, over the fifty golden prompts and the full vocabulary.

import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch } from '../support/chromium.mjs';
import {
  modelFile,
  mustExist,
  nativeFile,
  promptsFile,
  readPrompts,
  vocabularySize,
} from '../support/files.mjs';
import { isolated, serve } from '../support/serve.mjs';

const packageFolder = fileURLToPath(new URL('../../pkg', import.meta.url));

let server;
let browser;

before(async () => {
  // No bundler: the package as it is, from a static server.
  server = await serve(packageFolder, {
    headers: isolated,
    files: { '/model.gguf': modelFile, '/native.f32': nativeFile, '/prompts.json': promptsFile },
    html: '<!doctype html><link rel="icon" href="data:,"><title>agreement</title>',
  });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** For each prompt, the largest difference between the logprobs of a build and those of the native engine. */
async function differences(options) {
  const page = await browser.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(server.url);
  const found = await page.evaluate(
    async ({ size, options }) => {
      const { Model } = await import('/dist/index.js');
      const texts = await (await fetch('/prompts.json')).json();
      const native = new Float32Array(await (await fetch('/native.f32')).arrayBuffer());
      const model = await Model.load('/model.gguf', options);
      const found = [];
      for (const [index, { name, text, ids }] of texts.entries()) {
        const tokens = await model.tokenize(text);
        const same = tokens.length === ids.length && tokens.every(({ id }, i) => id === ids[i]);
        const logprobs = await model.logprobs(text);
        let difference = 0;
        for (let id = 0; id < size; id++) {
          difference = Math.max(difference, Math.abs(logprobs[id] - native[index * size + id]));
        }
        found.push({ name, same, difference });
      }
      model.close();
      return { build: model.info.build, threads: model.info.threads, found };
    },
    { size: vocabularySize, options },
  );
  await page.close();
  assert.deepEqual(complaints, []);
  return found;
}

for (const [options, build, threads] of [
  [{ build: 'simd128' }, 'simd128', 1],
  [{ build: 'relaxed' }, 'relaxed', 1],
  [{ build: 'threads', threads: 2 }, 'threads', Math.min(2, availableParallelism())],
]) {
  test(`the build ${build} and the native engine agree in every bit`, async () => {
    const prompts = readPrompts();
    mustExist(nativeFile, 'cargo xtask test --only rust-real');
    const result = await differences(options);
    assert.deepEqual([result.build, result.threads], [build, threads]);
    assert.equal(result.found.length, prompts.length);
    for (const { name, same, difference } of result.found) {
      assert.ok(same, `${name}: other tokens`);
      assert.equal(difference, 0, `${name}: ${difference}`);
    }
  });
}
