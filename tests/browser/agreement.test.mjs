// WebAssembly in Chromium, each build, against the native engine, over the fifty golden prompts and the full vocabulary.

import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { after, before, test } from 'node:test';
import { launch } from '../support/chromium.mjs';
import { mustExist, nativeFile, readPrompts, vocabularySize } from '../support/files.mjs';
import { compareWithNative, serveAgreement } from './agreement.mjs';

let server;
let browser;

before(async () => {
  server = await serveAgreement();
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
  const found = await page.evaluate(compareWithNative, { size: vocabularySize, options });
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
