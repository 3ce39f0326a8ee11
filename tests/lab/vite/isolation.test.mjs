// The servers of the lab, for building it and for showing it, isolate the page, so that it may have threads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createServer, preview } from 'vite';
import { isolated } from '../../support/serve.mjs';

const root = fileURLToPath(new URL('../../../www', import.meta.url));
const address = { port: 0, host: '127.0.0.1' };

async function isIsolating(server, t) {
  t.after(() => server.close());
  const answer = await fetch(server.resolvedUrls.local[0]);
  for (const [name, value] of Object.entries(isolated)) {
    assert.equal(answer.headers.get(name), value);
  }
}

test('vite, which serves the sources', async (t) => {
  const server = await createServer({ root, logLevel: 'error', server: address });
  await isIsolating(await server.listen(), t);
});

test('vite preview, which serves what was built', async (t) => {
  await isIsolating(await preview({ root, logLevel: 'error', preview: address }), t);
});
