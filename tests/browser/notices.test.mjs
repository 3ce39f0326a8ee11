// Whose work the lab holds is one click away, in both languages, from any server and without a network.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from '../support/chromium.mjs';
import { start } from '../support/command.mjs';
import { openLab, serveLab } from './lab.mjs';

let browser;
let server;
before(async () => {
  [browser, server] = await Promise.all([launch(null, [], 'shell'), serveLab({ model: null })]);
});
after(async () => {
  await browser?.close();
  await server?.close();
});

/** Clicks on the link in the footer and answers what the tab that opens says. */
async function readNotices(page, name) {
  const opened = page.context().waitForEvent('page');
  await page.locator('footer').getByRole('link', { name, exact: true }).click();
  const notices = await opened;
  await notices.waitForLoadState();
  assert.equal(await notices.evaluate(() => document.contentType), 'text/plain');
  return notices.locator('body').innerText();
}

function assertWhole(text) {
  for (const part of [
    /^- lit \d/m,
    /^- tokenizers \d/m,
    /SIL OPEN FONT LICENSE/,
    /© 1991-2024 Unicode/,
  ]) {
    assert.match(text, part);
  }
}

test('the link in the footer opens the notices in a new tab, and the page stays as it is', async () => {
  const context = await browser.newContext();
  const { page, complaints } = await openLab(context, server.url);
  assertWhole(await readNotices(page, 'Licences'));
  assert.equal(page.url(), server.url);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('it is there in Chinese', async () => {
  const context = await browser.newContext({ locale: 'zh-CN' });
  const { page } = await openLab(context, server.url);
  assertWhole(await readNotices(page, '许可证'));
  await context.close();
});

test('without a network the kept page opens them too', async () => {
  const context = await browser.newContext();
  const { page } = await openLab(context, server.url);
  await page.locator('[data-offline="ready"]').waitFor({ timeout: 30_000 });
  await page.reload();
  await context.setOffline(true);
  assertWhole(await readNotices(page, 'Licences'));
  await context.close();
});

test('npx shotglass serve has them', async () => {
  const command = start(['serve', '--port', '0']);
  const [, url] = await command.says(/(http:\/\/\S+)/);
  const context = await browser.newContext();
  const { page } = await openLab(context, url);
  assertWhole(await readNotices(page, 'Licences'));
  await context.close();
  command.child.kill();
});
