import assert from 'node:assert/strict';
import { test } from 'node:test';
import { example, isLive, startServer, truth, withPage } from './example.mjs';

/** A server for nobody else, which leaves nothing in the home folder. */
const command = [
  'JUPYTER_CONFIG_DIR=$PWD/.jupyter JUPYTER_DATA_DIR=$PWD/.jupyter JUPYTER_RUNTIME_DIR=$PWD/.jupyter',
  'IPYTHONDIR=$PWD/.jupyter exec venv/bin/jupyter lab --no-browser --allow-root --ip 127.0.0.1 --port 0',
  "--IdentityProvider.token='' --LabApp.extension_manager=readonly --LabApp.news_url=None",
].join(' ');

/** Runs a cell, again where it was forgotten: the notebook is there before its kernel answers. */
async function run(page, cell) {
  const number = cell.locator('.jp-InputPrompt').filter({ hasText: /\[[*\d]+\]/ });
  for (;;) {
    await cell.locator('.cm-content').click();
    await page.keyboard.press('Shift+Enter');
    const isRun = await number.waitFor({ timeout: 5000 }).then(
      () => true,
      () => false,
    );
    if (isRun) return;
  }
}

test('Jupyter: a widget in a notebook, and its result in Python', {
  timeout: 600_000,
}, async () => {
  const expected = await truth();
  const { folder, follow } = await example('jupyter');
  await follow();
  const { found, close } = await startServer(folder, command, /http:\/\/127\.0\.0\.1:\d+/);
  try {
    await withPage(`${found[0]}/lab/tree/page.ipynb`, async (page) => {
      const cells = page.locator('.jp-CodeCell');
      await cells.first().waitFor({ timeout: 120_000 });
      await run(page, cells.first());
      await isLive(page, expected);
      await run(page, cells.nth(1));
      const output = cells.nth(1).locator('.jp-OutputArea-output');
      await output.waitFor({ timeout: 60_000 });
      assert.equal((await output.textContent()).trim(), `'${expected.candidates[0].text}'`);
    });
  } finally {
    close();
  }
});
