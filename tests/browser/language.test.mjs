// The page in another language: chosen by the browser, by the address or by hand, and kept for the next visit.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useLab } from './lab.mjs';

const lab = useLab({ perTest: true });

const heading = (page) => page.locator('#prompt-heading').textContent();
const lang = (page) => page.evaluate(() => document.documentElement.lang);
/** What the tab and a preview of a link say. */
const named = async (page) => [
  await page.title(),
  await page.locator('meta[name=description]').getAttribute('content'),
];

test('a browser that prefers Chinese gets it, with nothing left in English', async () => {
  const context = await lab.browser.newContext({ locale: 'zh-CN' });
  const page = await lab.open({ context });
  assert.equal(await heading(page), '提示词');
  assert.equal(await lang(page), 'zh-Hans');
  for (const text of await named(page)) assert.match(text, /\p{Script=Han}/u);
  const names = await page.locator('button, h2').evaluateAll((all) =>
    all
      // Queries are the task's own, whose model reads English.
      .filter((one) => one.checkVisibility() && !one.matches('.query-chip'))
      .map((one) => (one.getAttribute('aria-label') ?? one.textContent).trim())
      .filter((name) => name !== '' && !/\p{Script=Han}/u.test(name)),
  );
  assert.deepEqual(names, []);
});

test('the choice changes every panel at once, and holds for the next visit', async () => {
  const context = await lab.browser.newContext();
  const page = await lab.open({ context });
  const english = await named(page);
  await page.fill('#query', 'typed before');
  await page.getByLabel('Language').selectOption('zh-Hans');
  await page.getByRole('heading', { name: '提示词', exact: true }).waitFor();
  for (const text of await named(page)) assert.match(text, /\p{Script=Han}/u);
  assert.equal(await page.locator('#why-heading').textContent(), '为什么');
  assert.equal(await page.inputValue('#query'), 'typed before');
  // A choice by hand is in the address.
  await page.waitForURL(/\?lang=zh-Hans$/);
  await page.reload();
  assert.equal(await heading(page), '提示词', 'so a reload keeps it');
  const again = await lab.open({ context });
  assert.equal(await heading(again), '提示词');
  const linked = await lab.open({ context, link: '?lang=en' });
  assert.equal(await heading(linked), 'Prompt', 'the address has the last word');
  assert.deepEqual(await named(linked), english);
});

test('a link leaves the language to its reader, unless somebody has chosen one', async () => {
  const shared = async (context, query) => {
    const page = await lab.open({ context, link: query });
    await page.locator('#share').click();
    const field = page.locator('.share-file textarea').first();
    await field.waitFor();
    const link = await field.inputValue();
    await page.close();
    return link;
  };
  const chinese = await lab.browser.newContext({ locale: 'zh-CN' });
  const english = await lab.browser.newContext({ locale: 'en-GB' });
  const plain = await shared(chinese, '?preset=topics');
  assert.ok(!plain.includes('?'), plain);
  const theirs = await lab.open({ context: english, link: plain });
  assert.equal(await heading(theirs), 'Prompt');
  const asked = await shared(english, '?lang=zh&preset=topics');
  const other = await lab.open({ context: english, link: asked });
  assert.equal(await heading(other), '提示词', 'whoever asked for it shares it');
  assert.equal(await other.inputValue('#preset'), 'topics');
});

test('what went wrong is said in the language of the page, also after it was switched', async () => {
  const context = await lab.browser.newContext({ locale: 'zh-CN' });
  const page = await lab.open({ context });
  await page.locator('#model-file').setInputFiles({
    name: 'model.gguf',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from('<!doctype html> not found'),
  });
  const told = page.locator('lab-loader [data-code=not-gguf]');
  await told.waitFor();
  await told.locator('summary').click();
  const chinese = await told.textContent();
  assert.match(chinese, /这个文件不是 GGUF 模型.*（原文：.*GGUF.*）/s);
  await page.locator('.language select').selectOption('en');
  await page.waitForFunction(() => document.documentElement.lang === 'en');
  const [, original] = chinese.match(/（原文：(.*)）/s);
  await page.getByText(original, { exact: false }).first().waitFor();
  assert.doesNotMatch(await told.textContent(), /\p{Script=Han}/u);
});
