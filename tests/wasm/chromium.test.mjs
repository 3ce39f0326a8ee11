// The kernels of each build against their slow twins, and a training run against the native engine, in Chromium.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch } from '../support/chromium.mjs';
import { trainedFolder } from '../support/files.mjs';
import { checks } from './checks.mjs';
import { builds, serveTests, trainedWith } from './pages.mjs';

let server;
let browser;
let page;

before(async () => {
  server = await serveTests();
  browser = await launch();
  page = await browser.newPage();
  page.on('console', (message) => console.error(message.text()));
  await page.goto(server.url);
});

after(async () => {
  await browser?.close();
  server?.close();
});

for (const build of builds) {
  test(`${build} in Chromium`, async () => {
    const wrong = await page.evaluate(
      async ({ build, checks }) => {
        const module = await import(`/${build}/tests.js`);
        await module.default({ module_or_path: fetch(`/${build}/tests_bg.wasm`) });
        return Object.entries(checks).map(([check, args]) => module[check](...args));
      },
      { build, checks },
    );
    assert.deepEqual(wrong, [undefined, undefined]);
  });
}

for (const build of builds) {
  test(`training with ${build} in Chromium has the bits of the native engine`, async () => {
    const bits = await page.evaluate(trainedWith, build);
    assert.equal(bits, readFileSync(join(trainedFolder, 'run.txt'), 'utf8'));
  });
}

for (const threads of [1, 2, 3, 8]) {
  test(`a pool of ${threads} workers in Chromium`, async () => {
    const wrong = await page.evaluate((threads) => {
      const first = new Worker('/thread.mjs', { type: 'module' });
      first.postMessage({ threads, rounds: 20_000 });
      return new Promise((resolve, reject) => {
        first.onmessage = ({ data }) => resolve(data.wrong);
        first.onerror = (event) => reject(new Error(event.message));
      }).finally(() => first.terminate());
    }, threads);
    assert.equal(wrong, undefined);
  });
}
