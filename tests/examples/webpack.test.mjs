import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { serve, strict } from '../support/serve.mjs';
import { example, isLive, truth, withPage } from './example.mjs';

/** The model comes from another site, and a redirect of the test brings it from this machine. */
const headers = strict({ connect: 'https: http://127.0.0.1:*', types: 'webpack' });

test('webpack: an app that uses the package, and the tag', async () => {
  const expected = await truth();
  const { folder, follow } = await example('webpack');
  await follow();
  const server = await serve(join(folder, 'public'), { headers });
  try {
    await withPage(server.url, async (page, complaints) => {
      const [{ text, p }] = expected.candidates;
      const output = page.locator('output', { hasText: 'p = ' });
      await output.waitFor({ timeout: 120_000 });
      assert.equal(await output.textContent(), `${text} (p = ${p.toFixed(4)})`);
      await isLive(page, expected);
      assert.deepEqual(complaints, []);
    });
  } finally {
    server.close();
  }
});
