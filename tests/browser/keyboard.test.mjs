// The main path of the lab with the keyboard alone, from an empty page to a shared link: no pointer, no focus set by script.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyBy } from './clipboard.mjs';
import { live, settled, useLab } from './lab.mjs';

const lab = useLab({ perTest: true });

/** Presses Tab until what is in focus is the one; every stop on the way must be seen, and none may hold the focus. */
async function tabTo(page, locator, key = 'Tab') {
  const wanted = await locator.elementHandle();
  const stops = [];
  for (let i = 0; i < 200; i++) {
    await page.keyboard.press(key);
    const stop = await page.evaluate((wanted) => {
      const focused = document.activeElement;
      const { width, height } = focused.getBoundingClientRect();
      return {
        reached: focused === wanted,
        html: focused.outerHTML.slice(0, 100),
        seen: focused === document.body || (width > 0 && height > 0),
      };
    }, wanted);
    assert.ok(stop.seen, `the focus is on what nobody sees: ${stop.html}`);
    if (stop.reached) return;
    stops.push(stop.html);
  }
  assert.fail(`not reached by ${key}; the last stops were\n${stops.slice(-5).join('\n')}`);
}

test('from the first paint to a shared link', async () => {
  const context = await lab.browser.newContext({
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await lab.open({ context });

  await tabTo(page, page.locator('#shots'));
  for (const _ of Array(4)) await page.keyboard.press('ArrowLeft');
  assert.equal(await page.locator('.shots-name').textContent(), 'zero-shot');
  assert.doesNotMatch(await page.locator('.headline-word').textContent(), /horses/);

  await tabTo(page, page.getByRole('button', { name: /^Run it live/ }));
  await page.keyboard.press('Enter');
  await live(page, 120_000);

  await tabTo(page, page.locator('#query'), 'Shift+Tab');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('glass');
  await tabTo(page, page.locator('#shots'));
  for (const _ of Array(4)) await page.keyboard.press('ArrowRight');
  await settled(page);
  assert.match(await page.locator('.headline-word').textContent(), /glasses/);

  await tabTo(page, page.getByRole('tab', { name: 'Words', exact: true }));
  await page.locator('table.tree tbody tr').nth(2).waitFor();
  for (const _ of Array(2)) await page.keyboard.press('ArrowRight');
  await page.locator('table.bars').waitFor();

  await tabTo(page, page.getByRole('tab', { name: 'Examples', exact: true }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.locator('#why-run'));
  await page.keyboard.press('Enter');
  await page.locator('.why-figure[aria-busy=false]').waitFor({ timeout: 60_000 });

  await tabTo(page, page.getByRole('button', { name: 'Share', exact: true }), 'Shift+Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: /Share/ }).waitFor();
  const copy = page.getByRole('dialog').getByRole('button', { name: /^Copy/ });
  await tabTo(page, copy);
  const link = await copyBy(copy, () => page.keyboard.press('Enter'));
  assert.match(link, /#v1\//);
  await page.keyboard.press('Escape');
  assert.equal(
    await page.evaluate(() => document.activeElement.id),
    'share',
    'the focus comes back',
  );
});
