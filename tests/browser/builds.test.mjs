// The three builds in Chromium: which is picked where, and what the page hears when one cannot start.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { useChromium } from '../support/chromium.mjs';
import { modelFile, mustExist, tinyFolder } from '../support/files.mjs';
import { isolated, serve } from '../support/serve.mjs';

const packageFolder = fileURLToPath(new URL('../../pkg', import.meta.url));
const featureDetect = fileURLToPath(import.meta.resolve('wasm-feature-detect'));
const oddWorker = fileURLToPath(new URL('../support/odd-worker.mjs', import.meta.url));

const chromium = useChromium({ kind: 'shell' });
let cores;
const servers = [];

/** The package as it is, and a small model; `isIsolated` says with which headers. */
async function servePackage(headers) {
  const server = await serve(packageFolder, {
    headers,
    files: {
      '/tiny.gguf': join(tinyFolder, 'default.gguf'),
      '/model.gguf': modelFile,
      '/feature-detect.js': featureDetect,
      '/odd-worker.mjs': oddWorker,
    },
    html: '<!doctype html><link rel="icon" href="data:,"><title>builds</title>',
  });
  servers.push(server);
  return server.url;
}

let plainUrl;
let isolatedUrl;

before(async () => {
  mustExist(join(tinyFolder, 'default.gguf'), 'cargo test --release');
  plainUrl = await servePackage({});
  isolatedUrl = await servePackage(isolated);
  await chromium.ready();
  cores = await onPage(plainUrl, () => navigator.hardwareConcurrency);
});

after(() => {
  for (const server of servers) server.close();
});

/** Runs `work` in a new page; the page must not say a word, if not told otherwise. */
async function onPage(url, work, argument, mayComplain = false) {
  const page = await chromium.browser.newPage();
  const words = [];
  page.on('console', (message) => words.push(message.text()));
  page.on('pageerror', (error) => words.push(String(error)));
  try {
    await page.goto(url);
    const found = await page.evaluate(work, argument);
    if (!mayComplain) assert.deepEqual(words, []);
    return found;
  } finally {
    await page.close();
  }
}

/** What `info` says for each of these options, or the code of the error; and the numbers that the model gives. */
async function load(options) {
  const { Model } = await import('/dist/index.js');
  const found = [];
  for (const option of options) {
    try {
      const model = await Model.load('/tiny.gguf', option);
      const row = await model.logprobs('The quick brown fox jumps over the lazy dog.');
      const bytes = await crypto.subtle.digest('SHA-256', row);
      found.push([model.info.build, model.info.threads, new Uint8Array(bytes).join()]);
      model.close();
    } catch (error) {
      found.push(error.code);
    }
  }
  return found;
}

const without = (found) => found.map((entry) => (Array.isArray(entry) ? entry.slice(0, 2) : entry));

test('what runs here is what wasm-feature-detect says', async () => {
  for (const [url, shares] of [
    [plainUrl, false],
    [isolatedUrl, true],
  ]) {
    const answers = await onPage(url, async () => {
      const { runsHere } = await import('/dist/util/features.js');
      const { simd, relaxedSimd, threads } = await import('/feature-detect.js');
      return {
        ours: ['simd128', 'relaxed', 'threads', 'simd128-threads'].map(runsHere),
        theirs: [
          await simd(),
          await relaxedSimd(),
          (await relaxedSimd()) && (await threads()),
          (await simd()) && (await threads()),
        ],
        isolated: globalThis.crossOriginIsolated,
      };
    });
    assert.equal(answers.isolated, shares);
    assert.deepEqual(answers.ours, [true, true, shares, shares]);
    // That package asks whether there is a SharedArrayBuffer to be sent, which is the same question.
    assert.deepEqual(answers.theirs, answers.ours);
  }
});

test('a page that is not isolated runs one thread, without a word', async () => {
  const options = [{}, { threads: 1 }, { threads: 2 }, { build: 'simd128' }, { build: 'threads' }];
  const found = await onPage(plainUrl, load, options);
  const relaxed = ['relaxed', 1];
  assert.deepEqual(without(found), [
    relaxed,
    relaxed,
    relaxed,
    ['simd128', 1],
    'unsupported-browser',
  ]);
});

test('an isolated page runs as many threads as it may, and the numbers are the same', async () => {
  const options = [
    {},
    { threads: 1 },
    { threads: 2 },
    { threads: 1000 },
    { build: 'threads', threads: 1 },
    { build: 'relaxed', threads: 2 },
    { build: 'simd128', threads: 2 },
  ];
  const found = await onPage(isolatedUrl, load, options);
  const threads = (asked) => {
    const count = Math.min(asked, cores);
    return count > 1 ? ['threads', count] : ['relaxed', 1];
  };
  assert.deepEqual(without(found), [
    threads(8),
    ['relaxed', 1],
    threads(2),
    threads(1000),
    ['threads', 1],
    ['relaxed', 1],
    ['simd128', 1],
  ]);
  assert.equal(new Set(found.map(([, , digest]) => digest)).size, 1, 'other numbers');
});

for (const [odd, build, code] of [
  ['no-shared-memory', 'relaxed', 'out-of-memory'],
  ['dead-threads', 'relaxed', 'worker-failed'],
]) {
  test(`${odd}: the next build runs, and one that was asked for fails`, async () => {
    const options = [{}, { build: 'threads', threads: 2 }];
    for (const option of options) Object.assign(option, { workerUrl: `/odd-worker.mjs?${odd}` });
    const found = await onPage(isolatedUrl, load, options);
    assert.deepEqual(without(found), [[build, 1], code]);
  });
}

test('a worker whose policy allows it no workers runs the next build', async () => {
  const url = await servePackage((path) =>
    path === '/dist/worker/worker.js'
      ? { ...isolated, 'content-security-policy': "worker-src 'none'" }
      : isolated,
  );
  // The browser itself reports what it blocks.
  const found = await onPage(url, load, [{}], true);
  assert.deepEqual(without(found), [['relaxed', 1]]);
});

test('memory that cannot grow is out-of-memory, and no trap', async () => {
  const code = await onPage(isolatedUrl, async () => {
    const { Model } = await import('/dist/index.js');
    const options = { workerUrl: '/odd-worker.mjs?small-memory', build: 'threads' };
    return Model.load('/model.gguf', options).catch((error) => error.code);
  });
  assert.equal(code, 'out-of-memory');
});

test('a thread that traps takes the engine with it, and nothing hangs', {
  timeout: 60_000,
}, async () => {
  const found = await onPage(
    isolatedUrl,
    async () => {
      const { Model } = await import('/dist/index.js');
      const options = {
        workerUrl: '/odd-worker.mjs?failing-threads',
        build: 'threads',
        threads: 2,
      };
      const model = await Model.load('/tiny.gguf', options);
      return model.logprobs('The quick brown fox').catch((error) => error.code);
    },
    undefined,
    true,
  );
  // On one core there is no second thread to trap.
  if (cores > 1) assert.equal(found, 'crashed');
});

test('close ends the threads too', { timeout: 60_000 }, async () => {
  const before = await onPage(isolatedUrl, async () => {
    const { Model } = await import('/dist/index.js');
    const options = { workerUrl: '/odd-worker.mjs?locked', build: 'threads', threads: 2 };
    const model = await Model.load('/tiny.gguf', options);
    const { held } = await navigator.locks.query();
    model.close();
    // Given when all workers that held it are gone.
    await navigator.locks.request('alive', { mode: 'exclusive' }, () => {});
    return held.filter(({ name }) => name === 'alive').length;
  });
  assert.equal(before, Math.min(2, cores));
});
