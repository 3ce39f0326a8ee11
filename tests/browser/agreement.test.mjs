// WebAssembly in Chromium, each build, against the native engine, over the golden prompts and the full vocabulary. The build
// that the page runs has half of them. The others have a tenth: Node runs simd128 with nearly all, in the same engine for
// JavaScript, and the kernels of relaxed are those of threads.

import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { after, before, test } from 'node:test';
import { complaintsOf, useChromium } from '../support/chromium.mjs';
import { agreesInEveryBit, serveAgreement } from './agreement.mjs';

const chromium = useChromium({ kind: 'shell' });
let server;
before(async () => {
  server = await serveAgreement();
});
after(() => server?.close());

for (const [options, build, threads, every] of [
  [{ build: 'simd128' }, 'simd128', 1, 10],
  [{ build: 'relaxed' }, 'relaxed', 1, 10],
  [{ build: 'threads', threads: 2 }, 'threads', Math.min(2, availableParallelism()), 2],
]) {
  test(`the build ${build} and the native engine agree in every bit`, async () => {
    const page = await chromium.browser.newPage();
    const complaints = complaintsOf(page);
    await page.goto(server.url);
    await agreesInEveryBit(page, options, { build, threads, every });
    await page.close();
    assert.deepEqual(complaints, []);
  });
}
