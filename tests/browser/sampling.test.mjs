// What sampling would draw, over the bars of the tokens: it tints them, and changes no number.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyze } from '../support/axe.mjs';
import { loadModel, readTable, useLab } from './lab.mjs';

const lab = useLab({ perTest: true });

/** Sets the sampling where that is done, beside the generated texts, and comes back to the tokens. */
async function sample(page, settings) {
  await page.locator('#view-text').click();
  await page.locator('details.sampling').evaluate((details) => {
    details.open = true;
  });
  for (const [name, value] of Object.entries(settings)) {
    const field = page.locator('lab-generate').getByLabel(name);
    await field.fill(value);
    await field.press('Tab');
  }
  await page.locator('#view-tokens').click();
}

const lines = (page) =>
  page
    .locator('.of-tokens .of-sampling')
    .evaluateAll((all) => all.map((one) => Number(one.style.getPropertyValue('--p'))));

for (const [width, colorScheme, lang] of [
  [1280, 'light', 'en'],
  [320, 'dark', 'zh-Hans'],
]) {
  test(`sampling is a tint: ${width} px, ${colorScheme}, ${lang}`, async () => {
    const context = await lab.browser.newContext({ colorScheme, viewport: { width, height: 900 } });
    const page = await lab.open({ context, link: `?lang=${lang}` });
    await page.locator('lab-prompt').waitFor();
    await loadModel(page);
    const before = await readTable(page);
    assert.equal(await page.locator('.overlay-key').count(), 0, 'nobody has asked for it');

    await sample(page, { 'Top-k': '3' });
    await page.locator('.overlay-key').waitFor();
    assert.deepEqual(await readTable(page), before, 'no number has changed');
    const drawn = await lines(page);
    assert.equal(drawn.length, 3);
    assert.ok(Math.abs(drawn.reduce((a, b) => a + b) - 1) < 1e-9, 'what is left adds up to one');
    // At temperature 0.7, which the page opens with, the odds of two tokens are those of the model to the power of 1/0.7.
    const odds = (before.rows[0].p / before.rows[1].p) ** (1 / 0.7);
    assert.ok(Math.abs(drawn[0] / drawn[1] / odds - 1) < 1e-3);
    assert.equal(
      await page.locator('.of-tokens [data-left-out]').count(),
      before.rows.length - 3 + 1,
      'all others are hollow, and so is the rest',
    );
    const said = await page.locator('tr[data-rank="4"] .bar-cell').textContent();
    assert.match(said, lang === 'en' ? /never sampled/ : /不会抽到/);
    const { violations } = await analyze(page, 'lab-tokens');
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`),
      [],
    );
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} px too wide`);

    // Another prompt is another distribution; no sampling at all is no tint.
    await page.locator('#query').fill('wolf');
    await page.waitForFunction(
      (old) => {
        const line = document.querySelector('.of-tokens:not(.old) .of-sampling');
        return line !== null && Number(line.style.getPropertyValue('--p')) !== old;
      },
      drawn[0],
      { timeout: 60_000 },
    );
    await sample(page, { 'Top-k': '0', [lang === 'en' ? 'Temperature' : '温度']: '1' });
    await page.locator('.overlay-key').waitFor({ state: 'detached' });
    assert.equal(await page.locator('.of-tokens [data-left-out]').count(), 0);
  });
}
