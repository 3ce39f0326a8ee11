import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLive, recipe, startServer, truth, withPage } from '../recipe.mjs';

/** A server for nobody else, which leaves nothing in the home folder. */
const command = [
  'JUPYTER_CONFIG_DIR=$PWD/.jupyter JUPYTER_DATA_DIR=$PWD/.jupyter JUPYTER_RUNTIME_DIR=$PWD/.jupyter',
  'IPYTHONDIR=$PWD/.jupyter exec venv/bin/jupyter lab --no-browser --allow-root --ip 127.0.0.1 --port 0',
  "--IdentityProvider.token='' --LabApp.extension_manager=readonly --LabApp.news_url=None",
].join(' ');

test('Jupyter: a widget in a notebook, and its result in Python', async () => {
  const expected = await truth();
  const { folder, follow } = await recipe('jupyter');
  await follow();
  const { found, close } = await startServer(folder, command, /http:\/\/127\.0\.0\.1:\d+/);
  try {
    await withPage(`${found[0]}/lab/tree/page.ipynb`, async (page) => {
      const cells = page.locator('.jp-CodeCell');
      await cells.first().locator('.cm-content').click({ timeout: 120_000 });
      await page.keyboard.press('Shift+Enter');
      await isLive(page, expected);
      await cells.nth(1).locator('.cm-content').click();
      await page.keyboard.press('Shift+Enter');
      const output = cells.nth(1).locator('.jp-OutputArea-output');
      await output.waitFor({ timeout: 60_000 });
      assert.equal((await output.textContent()).trim(), `'${expected.candidates[0].text}'`);
    });
  } finally {
    close();
  }
});
