// WebAssembly in Chromium against the native engine, over the fifty golden prompts and the full vocabulary.

import assert from 'node:assert/strict';
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
import { serve } from '../support/serve.mjs';

const packageFolder = fileURLToPath(new URL('../../pkg', import.meta.url));

let server;
let browser;

before(async () => {
  // No bundler: the package as it is, from a static server.
  server = await serve(packageFolder, {
    files: { '/model.gguf': modelFile, '/native.f32': nativeFile, '/prompts.json': promptsFile },
    html: '<!doctype html><link rel="icon" href="data:,"><title>agreement</title>',
  });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.close();
});

test('wasm in Chromium and the native engine agree to 1e-4 in every logprob', async (t) => {
  const prompts = readPrompts();
  mustExist(nativeFile, 'cargo xtask test --only rust-real');
  const page = await browser.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(server.url);
  const worst = await page.evaluate(async (size) => {
    const { Model } = await import('/dist/index.js');
    const texts = await (await fetch('/prompts.json')).json();
    const native = new Float32Array(await (await fetch('/native.f32')).arrayBuffer());
    const model = await Model.load('/model.gguf');
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
    return found;
  }, vocabularySize);
  await page.close();

  assert.equal(worst.length, prompts.length);
  assert.deepEqual(complaints, []);
  for (const { name, same, difference } of worst) {
    assert.ok(same, `${name}: other tokens`);
    assert.ok(difference <= 1e-4, `${name}: ${difference}`);
  }
  t.diagnostic(`largest difference: ${Math.max(...worst.map(({ difference }) => difference))}`);
});
