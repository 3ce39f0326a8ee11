import assert from 'node:assert/strict';
import { test } from 'node:test';
import { example, isLive, startServer, truth, withPage } from './example.mjs';

test('Next.js: a client component that uses the package, and the tag', async () => {
  const expected = await truth();
  const { folder, follow } = await example('next');
  await follow();
  const command = 'npm start -- --hostname 127.0.0.1 --port 0';
  const { found, close } = await startServer(folder, command, /http:\/\/127\.0\.0\.1:\d+/);
  try {
    await withPage(found[0], async (page, complaints) => {
      const [{ text, p }] = expected.candidates;
      const output = page.locator('output', { hasText: 'p = ' });
      await output.waitFor({ timeout: 120_000 });
      assert.equal(await output.textContent(), `${text} (p = ${p.toFixed(4)})`);
      await isLive(page, expected);
      assert.deepEqual(complaints, []);
    });
  } finally {
    close();
  }
});
