// WebAssembly in Chromium against the native engine, over the fifty golden prompts and the full vocabulary.

import assert from 'node:assert/strict';
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { haveGolden, nativeFile, prompts, promptsFile, vocabularySize } from './golden.mjs';
import { launch, modelFile } from './lab.mjs';

const packageFolder = fileURLToPath(new URL('../../pkg', import.meta.url));
const types = {
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};
const files = { '/model.gguf': modelFile, '/native.f32': nativeFile, '/prompts.json': promptsFile };

let server;
let browser;

before(async () => {
  // No bundler: the package as it is, from a static server.
  server = createServer((request, response) => {
    if (request.url === '/') {
      response.writeHead(200, { 'content-type': 'text/html' });
      return response.end('<!doctype html><link rel="icon" href="data:,"><title>agreement</title>');
    }
    const path = files[request.url] ?? join(packageFolder, decodeURI(request.url));
    const file = statSync(path, { throwIfNoEntry: false });
    if (!file?.isFile()) return response.writeHead(404).end();
    const type = types[extname(request.url)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'content-length': file.size });
    createReadStream(path).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
});

test('wasm in Chromium and the native engine agree to 1e-4 in every logprob', async (t) => {
  if (!haveGolden) return t.skip('target/golden is made by cargo xtask test');
  const page = await browser.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
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
