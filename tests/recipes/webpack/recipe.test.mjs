import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { serve } from '../../support/serve.mjs';
import { strict } from '../../tarball/page.mjs';
import { isLive, recipe, truth, withPage } from '../recipe.mjs';

/** The model comes from another site, and a redirect of the test brings it from this machine. */
const strictest = strict
  .replace('connect-src', 'connect-src https: http://127.0.0.1:*')
  .replace('trusted-types shotglass', 'trusted-types shotglass webpack');

test('webpack: an app that uses the package, and the tag', async () => {
  const expected = await truth();
  const { folder, follow } = await recipe('webpack');
  await follow();
  const headers = { 'content-security-policy': strictest };
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
