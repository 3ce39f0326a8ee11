// The packed package in Node and in pages without a bundler; `vite.test.mjs` has one with it.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { launch, launchPartitioned } from '../support/chromium.mjs';
import { serve, strict } from '../support/serve.mjs';
import { both, here, passed, useInstalled } from './cases.mjs';
import { answerOf, read } from './page.mjs';

const installed = useInstalled();

test('Node, as an ES module', () => {
  const sum = installed.truth.candidates.reduce((sum, [, p]) => sum + p, installed.truth.rest);
  assert.ok(Math.abs(sum - 1) < 1e-4, `all of it: ${sum}`);
  assert.equal(installed.truth.candidates[0][0], ' horses');
  assert.equal(installed.truth.keeping, 'off');
});

test('a page without a bundler, with an import map', async () => {
  const folder = await installed.copySite('import-map');
  for (const { isIsolated, build } of both) {
    const said = await answerOf(folder, { expected: installed.expected, isIsolated });
    installed.agrees(said, build);
    assert.equal(said.answer.keeping, 'kept');
  }
});

test('a page under a strict security policy that requires Trusted Types', async () => {
  const folder = await installed.copySite('strict-csp');
  for (const { isIsolated, build } of both) {
    const said = await answerOf(folder, {
      expected: installed.expected,
      isIsolated,
      policy: strict(),
      path: '?checks',
    });
    installed.agrees(said, build);
    assert.deepEqual(said.answer.checks, passed);
  }
});

test('in a frame of another origin, without isolation', async () => {
  const frame = await serve(await installed.copySite('import-map', 'framed'));
  const outer = await serve(join(here, 'iframe'));
  const listed = (page) =>
    page.evaluate(async () => (await import('/shotglass/dist/index.js')).listCached());
  const afterwards = async (page) => {
    const framed = await listed(page.frames()[1]);
    await page.goto(new URL('ask.js', frame.url).href);
    return { framed: framed.length, alone: (await listed(page)).length };
  };
  try {
    // Another port would be another origin of the same site, whose storage is one.
    const url = new URL(`?frame=${frame.url}`, outer.url.replace('127.0.0.1', 'localhost')).href;
    const partitioned = () => launchPartitioned(join(installed.folder, 'profile'));
    // A private window gives such a frame no storage at all, any other one a storage of its own.
    for (const [start, keeping, kept] of [
      [() => launch(), 'denied', { framed: 0, alone: 0 }],
      [partitioned, 'kept', { framed: 1, alone: 0 }],
    ]) {
      const said = await read(url, {
        expected: installed.expected,
        start,
        inFrame: true,
        afterwards,
      });
      installed.agrees(said, 'relaxed');
      assert.equal(said.answer.keeping, keeping);
      assert.deepEqual(said.more, kept);
    }
  } finally {
    frame.close();
    outer.close();
  }
});
