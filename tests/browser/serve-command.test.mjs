// The lab as `npx shotglass serve` gives it: from the package alone, with the model of this machine.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { useChromium } from '../support/chromium.mjs';
import { start } from '../support/command.mjs';
import { modelFile, mustExist } from '../support/files.mjs';
import { loadModel, openLab, readTable } from './lab.mjs';

mustExist(modelFile, 'cargo xtask model');

const chromium = useChromium({ kind: 'shell' });
let server;
let url;
before(async () => {
  server = start(['serve', '--port', '0']);
  [, url] = await server.says(/(http:\/\/\S+)/);
});
after(() => server?.child.kill());

test('it loads the model, with threads, and predicts', async () => {
  const { page, complaints } = await openLab(chromium.browser, url);
  assert.equal(await page.evaluate(() => crossOriginIsolated), true);
  await loadModel(page);
  const { rows, rest } = await readTable(page);
  const sum = rows.reduce((total, { p }) => total + p, rest.p);
  assert.ok(rows.length > 0 && Math.abs(sum - 1) < 1e-4, `${rows.length} rows, ${sum}`);
  assert.deepEqual(complaints, []);
});
