// A worker that ends without any event, as when a browser takes its memory back: whoever waits hears of it.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch } from '../support/chromium.mjs';
import { mustExist, tinyFolder } from '../support/files.mjs';
import { isolated, serve } from '../support/serve.mjs';

const tiny = join(tinyFolder, 'default.gguf');
const support = (name) => fileURLToPath(new URL(`../support/${name}`, import.meta.url));

let browser;
let server;

before(async () => {
  mustExist(tiny, 'cargo test --release');
  server = await serve(fileURLToPath(new URL('../../pkg', import.meta.url)), {
    headers: isolated,
    files: {
      '/tiny.gguf': tiny,
      '/ending-worker.mjs': support('ending-worker.mjs'),
      '/odd-worker.mjs': support('odd-worker.mjs'),
    },
    html: '<!doctype html><link rel="icon" href="data:,"><title>ends</title>',
  });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** What `work` finds in a new page. */
async function onPage(work, argument) {
  const page = await browser.newPage();
  const words = [];
  page.on('console', (message) => words.push(message.text()));
  page.on('pageerror', (error) => words.push(String(error)));
  try {
    await page.goto(server.url);
    const found = await page.evaluate(work, argument);
    assert.deepEqual(words, []);
    return found;
  } finally {
    await page.close();
  }
}

/** The code came within a second of the end. */
function heard({ code, ms }, t) {
  t.diagnostic(`heard after ${Math.round(ms)} ms`);
  assert.equal(code, 'crashed');
  assert.ok(ms < 1000, `${ms} ms`);
}

/** A call that has lost its worker would wait for ever. */
const timeout = 30_000;

test('a worker that ends while it loads: the load rejects', { timeout }, async (t) => {
  const found = await onPage(async () => {
    const { Model } = await import('/dist/index.js');
    const bytes = new Uint8Array(await (await fetch('/tiny.gguf')).arrayBuffer());
    let at;
    let pulls = 0;
    const source = new ReadableStream(
      {
        pull(controller) {
          pulls += 1;
          if (pulls === 1) return controller.enqueue(bytes.slice(0, 1000));
          at = performance.now();
          new BroadcastChannel('end').postMessage(null);
          return new Promise(() => {});
        },
      },
      { highWaterMark: 0 },
    );
    const options = { workerUrl: '/ending-worker.mjs', threads: 1 };
    const { code } = await Model.load(source, options).catch((error) => error);
    return { code, ms: performance.now() - at };
  });
  heard(found, t);
});

test('a worker that ends in the middle of a call: the call rejects, and so does one that waits', {
  timeout,
}, async (t) => {
  const found = await onPage(async () => {
    const { Model } = await import('/dist/index.js');
    const options = { workerUrl: '/ending-worker.mjs', threads: 1 };
    const model = await Model.load('/tiny.gguf', options);
    // What it computes at that moment it computes first.
    let at = null;
    new BroadcastChannel('ended').onmessage = () => {
      at = performance.now();
    };
    let isTold = false;
    const onProgress = () => {
      if (!isTold) new BroadcastChannel('end').postMessage(null);
      isTold = true;
    };
    const endless = async () => {
      for (;;) await model.surprisal('The quick brown fox. '.repeat(4), { onProgress });
    };
    const calls = [endless(), endless()].map((call) => call.catch(({ code }) => code));
    const codes = await Promise.all(calls);
    const now = performance.now();
    return { code: [...new Set(codes)].join(), ms: now - (at ?? now) };
  });
  heard(found, t);
});

test('a worker that ends between calls: the next call rejects', { timeout }, async (t) => {
  const found = await onPage(async () => {
    const { Model } = await import('/dist/index.js');
    const options = { workerUrl: '/ending-worker.mjs', threads: 1 };
    const model = await Model.load('/tiny.gguf', options);
    await model.predict('a');
    new BroadcastChannel('end').postMessage(null);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const at = performance.now();
    const { code } = await model.predict('a').catch((error) => error);
    return { code, ms: performance.now() - at };
  });
  heard(found, t);
});

test('a thread that ends takes the model with it', { timeout }, async (t) => {
  const found = await onPage(async () => {
    const { Model } = await import('/dist/index.js');
    const options = { workerUrl: '/odd-worker.mjs?closing-threads', build: 'threads' };
    const model = await Model.load('/tiny.gguf', { ...options, threads: 2 });
    const { threads } = model.info;
    new BroadcastChannel('end').postMessage(null);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const at = performance.now();
    const { code } = await model.predict('a').catch((error) => error);
    return { threads, code, ms: performance.now() - at };
  });
  // On one core there is no second thread to end.
  if (found.threads > 1) heard(found, t);
});

test('where a page has no locks, a model runs as it always did', { timeout }, async () => {
  const found = await onPage(async () => {
    Object.defineProperty(navigator, 'locks', { value: undefined });
    const { Model } = await import('/dist/index.js');
    const model = await Model.load('/tiny.gguf', { threads: 1 });
    const { tokens } = await model.predict('abc');
    model.close();
    return { tokens, code: (await model.predict('abc').catch((error) => error)).code };
  });
  assert.ok(found.tokens > 0);
  assert.equal(found.code, 'closed');
});
