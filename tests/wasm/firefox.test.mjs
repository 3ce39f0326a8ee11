// A training run with each build against the native engine, in Firefox.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { trainedFolder } from '../support/files.mjs';
import { launchFirefox } from '../support/firefox.mjs';
import { builds, serveTests, trainedWith } from './pages.mjs';

let server;
let browser;
let page;

before(async () => {
  server = await serveTests();
  browser = await launchFirefox();
  page = await browser.newPage();
  await page.goto(server.url);
});

after(async () => {
  await browser?.close();
  server?.close();
});

for (const build of builds) {
  test(`training with ${build} in Firefox has the bits of the native engine`, async () => {
    const bits = await page.evaluate(trainedWith, build);
    assert.equal(bits, readFileSync(join(trainedFolder, 'run.txt'), 'utf8'));
  });
}
