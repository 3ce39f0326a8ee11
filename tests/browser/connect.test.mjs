// A page asks a model on a server of another origin, without a worker or an engine.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bestAfter, startByteServer } from '../package/remote/byte-server.mjs';
import { useChromium } from '../support/chromium.mjs';
import { serve } from '../support/serve.mjs';

const chromium = useChromium({ kind: 'shell' });
const html = '<!doctype html><link rel="icon" href="data:,"><title>connect</title>';
let site;
before(async () => {
  site = await serve(fileURLToPath(new URL('../../pkg', import.meta.url)), { html });
});
after(() => site.close());

/** What a page is told by the server at `origin`, and what it fetched of the package. */
async function ask(origin) {
  const page = await chromium.browser.newPage();
  const fetched = [];
  page.on('request', (request) => fetched.push(request.url()));
  try {
    await page.goto(site.url);
    const found = await page.evaluate(async (origin) => {
      const { Model } = await import('/dist/index.js');
      const before = performance.getEntriesByType('resource').map(({ name }) => name);
      try {
        const model = await Model.connect(origin, { apiKey: 'sk-page' });
        const { candidates } = await model.predict('ab', { topK: 1 });
        const { text } = await model.complete('ab', { maxTokens: 2 });
        return { before, candidate: candidates[0], text };
      } catch ({ code, message }) {
        return { before, code, message };
      }
    }, origin);
    return { ...found, fetched };
  } finally {
    await page.close();
  }
}

test('a page asks a server that lets it, and loads the code for that only then', async (t) => {
  const { origin, requests } = await startByteServer(t, { cors: true, most: 20 });
  const { before, candidate, fetched, message } = await ask(origin);
  assert.equal(message, undefined);
  const [{ id, logprob }] = bestAfter(98);
  assert.deepEqual([candidate.id, candidate.logprob], [id, logprob]);
  assert.ok(!before.some((url) => url.includes('/remote/')), 'not with the rest of the package');
  assert.ok(!fetched.some((url) => /\.wasm$|\/worker\/worker\.js$/.test(url)));
  assert.ok(requests.every(({ headers }) => headers.authorization === 'Bearer sk-page'));
});

test('a server that does not let it is an error that says so, and so is a redirect', async (t) => {
  const closed = await startByteServer(t);
  const { code, message } = await ask(closed.origin);
  assert.equal(code, 'request-failed');
  assert.match(
    message,
    /could not be reached .*must allow this page \(CORS\): vLLM with --allowed-origins/,
  );
  const other = await startByteServer(t, { cors: true });
  const instead = ({ path }, response) => {
    response.writeHead(307, { location: other.origin + path }).end();
    return true;
  };
  const moved = await startByteServer(t, { cors: true, instead });
  assert.match((await ask(moved.origin)).message, /redirects to another address/);
  assert.deepEqual(other.requests, []);
});
