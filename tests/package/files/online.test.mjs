// A download in a page or a worker, whose browser tells when the network is back.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';

const browser = new EventTarget();
globalThis.addEventListener = browser.addEventListener.bind(browser);
globalThis.removeEventListener = browser.removeEventListener.bind(browser);
const { download } = await import('../../../pkg/dist/files/download.js');
const { retryPolicy } = await import('../../../pkg/dist/util/retry.js');

/** A server whose first answer breaks off, and whose second is an `error` or the rest. */
async function serveBroken(t, { retryAfter } = {}) {
  let asked = 0;
  const server = createServer((request, response) => {
    asked++;
    if (asked === 2 && retryAfter) {
      response.writeHead(503, { 'retry-after': retryAfter }).end();
      return;
    }
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const headers = { etag: '"1"', 'content-length': 8 - from };
    if (from > 0) {
      const range = { 'content-range': `bytes ${from}-7/8`, ...headers };
      response.writeHead(206, range).end('abcdefgh'.slice(from));
      return;
    }
    response.writeHead(200, { 'accept-ranges': 'bytes', ...headers });
    response.write('abcd', () => setTimeout(() => response.destroy(), 50));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${server.address().port}/`;
}

async function fetched(url, policy) {
  const events = [];
  for await (const event of download(url, { retryPolicy: policy, isChecked: true })) {
    events.push(event);
    if (event.type === 'retry') {
      setTimeout(() => browser.dispatchEvent(new Event('online')), 20);
    }
  }
  return events;
}

test('the wait ends when the network is back', { timeout: 20_000 }, async (t) => {
  const url = await serveBroken(t);
  const events = await fetched(url, {
    ...retryPolicy,
    firstDelayMs: 50_000,
    longestDelayMs: 50_000,
  });
  const bytes = events.flatMap((event) => (event instanceof Uint8Array ? [...event] : []));
  assert.equal(String.fromCharCode(...bytes), 'abcdefgh');
});

test('a wait that the server asks for does not', { timeout: 20_000 }, async (t) => {
  const url = await serveBroken(t, { retryAfter: '1' });
  const started = performance.now();
  await fetched(url, { ...retryPolicy, firstDelayMs: 1, longestDelayMs: 1 });
  assert.ok(performance.now() - started >= 1000);
});
