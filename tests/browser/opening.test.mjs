// What is on the page before the lab: in the place where it stays, and with a sentence where the lab does not come.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useLab } from './lab.mjs';

const chunk = '**/assets/lab-app-*.js';

const lab = useLab({ model: null });

/** A page whose lab is at the mercy of `handle`. */
async function opening(handle, { width = 1280, locale = 'en-US' } = {}) {
  const context = await lab.browser.newContext({ viewport: { width, height: 900 }, locale });
  const page = await context.newPage();
  const uncaught = [];
  page.on('pageerror', (error) => uncaught.push(String(error)));
  await page.route(chunk, handle);
  await page.goto(lab.url, { waitUntil: 'commit' });
  await page.locator('lab-opening h1').waitFor();
  return { page, context, uncaught };
}

/** Where each part of the masthead lies, and what it says. */
function masthead(page) {
  return page.evaluate(() =>
    ['h1', '.subtitle', '.model .dot', '.language select', '#share'].map((selector) => {
      const part = document.querySelector(selector);
      const { x, y, width, height } = part.getBoundingClientRect();
      const place = [x, y, width, height].map((value) => Math.round(value));
      return { selector, text: part.textContent.trim(), place };
    }),
  );
}

/** Where the name of the page lies. */
const nameAt = (page, root) =>
  page.locator(`${root} h1`).evaluate((h1) => {
    const { x, y, width, height } = h1.getBoundingClientRect();
    return { text: h1.textContent, place: [x, y, width, height].map((value) => Math.round(value)) };
  });

for (const width of [1280, 390]) {
  test(`the name is there before any script, and stays where it is: ${width} px`, async () => {
    const context = await lab.browser.newContext({ viewport: { width, height: 900 } });
    const page = await context.newPage();
    let release;
    const held = new Promise((resolve) => {
      release = resolve;
    });
    await page.route('**/assets/index-*.js', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(lab.url, { waitUntil: 'commit' });
    await page.locator('#name h1').waitFor();
    // Before its style sheet is there, a page knows no such font and loads none.
    await page.waitForFunction(
      async () => (await document.fonts.load('1rem "Source Serif 4"')).length > 0,
    );
    const alone = await nameAt(page, '#name');
    assert.equal(alone.text, 'shotglass');
    release();
    await page.locator('lab-app .headline:not(.old)').waitFor();
    assert.equal(await page.locator('#name').count(), 0);
    assert.deepEqual(await nameAt(page, 'lab-masthead'), alone);
    await context.close();
  });
}

for (const [width, locale] of [
  [1280, 'en-US'],
  [390, 'en-US'],
  [1280, 'zh-CN'],
]) {
  test(`the masthead stays where it is when the lab comes: ${width} px, ${locale}`, async () => {
    let release;
    const held = new Promise((resolve) => {
      release = resolve;
    });
    const { page, context } = await opening(
      async (route) => {
        await held;
        await route.continue();
      },
      { width, locale },
    );
    await page.evaluate(() => document.fonts.ready);
    const alone = await masthead(page);
    assert.equal(
      await page.locator('html').getAttribute('lang'),
      locale === 'zh-CN' ? 'zh-Hans' : 'en',
    );
    release();
    await page.locator('lab-app .headline:not(.old)').waitFor();
    assert.equal(await page.locator('lab-opening').count(), 0);
    assert.deepEqual(await masthead(page), alone);
    await context.close();
  });
}

test('a lab that cannot be fetched is told, and is there after one click', async () => {
  let blocked = true;
  const { page, context, uncaught } = await opening((route) =>
    blocked ? route.abort() : route.continue(),
  );
  const told = page.locator('lab-opening [role=alert]');
  await told.waitFor();
  assert.match(await told.textContent(), /could not be loaded/);
  assert.deepEqual(uncaught, []);
  blocked = false;
  await told.getByRole('button').press('Enter');
  await page.locator('lab-app .headline:not(.old)').waitFor();
  await context.close();
});
