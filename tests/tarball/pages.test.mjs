// The packed package where people use it: each folder beside this file is a case, and all are asked the same.

import assert from 'node:assert/strict';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build, createServer, preview } from 'vite';
import { launch, launchPartitioned } from '../support/chromium.mjs';
import { modelFile, mustExist } from '../support/files.mjs';
import { isolated, serve, strict } from '../support/serve.mjs';
import { packAndInstall } from './installed.mjs';
import { answerOf, read } from './page.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

/** On one core there is nothing to share. */
const fastest = availableParallelism() > 1 ? 'threads' : 'relaxed';

/** With one thread, and where the page is isolated with more. */
const both = [
  { isIsolated: false, build: 'relaxed' },
  { isIsolated: true, build: fastest },
];

let installed;
let truth;
/** The same as a prediction. */
let expected;

before(async () => {
  mustExist(modelFile, 'cargo xtask model');
  installed = await packAndInstall();
  await copyCase('node');
  await symlink(modelFile, join(installed.folder, 'model.gguf'));
  truth = JSON.parse(await installed.run(process.execPath, 'node/main.js'));
  expected = { candidates: truth.candidates.map(([, p]) => ({ p })), rest: { p: truth.rest } };
});

after(() => installed?.remove());

/** A case in the folder where the package is installed; answers where. */
async function copyCase(name, folderName = name) {
  const folder = join(installed.folder, folderName);
  await cp(join(here, name), folder, { recursive: true });
  for (const shared of ['ask.js', 'checks.js']) await cp(join(here, shared), join(folder, shared));
  return folder;
}

/** The same with the package beside the page, as anyone would copy it there, and the model. */
async function copySite(name, folderName = name) {
  const folder = await copyCase(name, folderName);
  await installed.copy('node_modules/shotglass', `${folderName}/shotglass`);
  await symlink(modelFile, join(folder, 'model.gguf'));
  return folder;
}

/** What the page said is what Node said, from the build that it should run, without a complaint. */
function agrees({ answer, complaints }, build) {
  assert.deepEqual(complaints, []);
  assert.equal(answer.build, build);
  assert.deepEqual(answer.candidates, truth.candidates);
  assert.equal(answer.rest, truth.rest);
}

const passed = { abort: 'AbortError', resumes: true, sameFile: true, missing: 'download-failed' };

test('Node, as an ES module', () => {
  const sum = truth.candidates.reduce((sum, [, p]) => sum + p, truth.rest);
  assert.ok(Math.abs(sum - 1) < 1e-4, `all of it: ${sum}`);
  assert.equal(truth.candidates[0][0], ' horses');
  assert.equal(truth.keeping, 'off');
});

test('a page without a bundler, with an import map', async () => {
  const folder = await copySite('import-map');
  for (const { isIsolated, build } of both) {
    const said = await answerOf(folder, { expected, isIsolated });
    agrees(said, build);
    assert.equal(said.answer.keeping, 'kept');
  }
});

test('a page under a strict security policy that requires Trusted Types', async () => {
  const folder = await copySite('strict-csp');
  for (const { isIsolated, build } of both) {
    const said = await answerOf(folder, {
      expected,
      isIsolated,
      policy: strict(),
      path: '?checks',
    });
    agrees(said, build);
    assert.deepEqual(said.answer.checks, passed);
  }
});

test('in a frame of another origin, without isolation', async () => {
  const frame = await serve(await copySite('import-map', 'framed'));
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
      const said = await read(url, { expected, start, inFrame: true, afterwards });
      agrees(said, 'relaxed');
      assert.equal(said.answer.keeping, keeping);
      assert.deepEqual(said.more, kept);
    }
  } finally {
    frame.close();
    outer.close();
  }
});

test('a Vite app: its dev server, its build, and the build under the strict policy', async () => {
  const root = await copyCase('vite');
  await mkdir(join(root, 'public'));
  await symlink(modelFile, join(root, 'public/model.gguf'));
  const config = { root, configFile: false, logLevel: 'error' };
  const local = (headers) => ({ host: '127.0.0.1', port: 0, headers });

  const dev = await createServer({ ...config, server: local() });
  await dev.listen();
  try {
    agrees(await read(dev.resolvedUrls.local[0], { expected }), 'relaxed');
  } finally {
    await dev.close();
  }

  await build(config);
  for (const { isIsolated, build } of both) {
    const headers = { ...strict(), ...(isIsolated && isolated) };
    const server = await preview({ ...config, preview: local(headers) });
    try {
      const said = await read(`${server.resolvedUrls.local[0]}?checks`, { expected });
      agrees(said, build);
      assert.deepEqual(said.answer.checks, passed);
    } finally {
      await server.close();
    }
  }
});
