// The first screen: what is above the fold of the usual windows, and that nothing on it moves.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useLab } from './lab.mjs';

const lab = useLab({ perTest: true });

/** What a stranger must see without scrolling. */
const parts = {
  query: '#query',
  slider: '#shots',
  word: '.headline-word',
  ladder: '.rungs',
};

/** The end of each part, in CSS pixels from the top of the page. */
const endsOf = (page) =>
  page.evaluate(
    (parts) =>
      Object.fromEntries(
        Object.entries(parts).map(([name, selector]) => [
          name,
          Math.ceil(document.querySelector(selector).getBoundingClientRect().bottom),
        ]),
      ),
    parts,
  );

for (const [width, height] of [
  [1280, 720],
  [1366, 768],
  [1440, 900],
  [390, 844],
]) {
  test(`${width} × ${height}: question, slider, answer and ladder are above the fold`, async (t) => {
    const page = await lab.open({ viewport: { width, height } });
    await page.locator('.rung').first().waitFor();
    const ends = await endsOf(page);
    t.diagnostic(JSON.stringify(ends));
    for (const [name, end] of Object.entries(ends)) assert.ok(end <= height, `${name}: ${end}`);
    assert.equal(await page.locator('.headline-word').textContent(), 'horses');
  });
}

for (const width of [390, 820, 1280, 1440, 1920]) {
  test(`${width} px: nothing moves while the slider goes through all numbers of shots`, async () => {
    const page = await lab.open({ viewport: { width, height: 900 } });
    await page.locator('.rung').first().waitFor();
    await page.evaluate(() => document.fonts.ready);
    const places = () =>
      page.evaluate(() =>
        [
          ...document.querySelectorAll(
            '.bench .panel, #query, #shots, .headline, .rungs, #view-panel',
          ),
        ].map((element) => {
          const { top, left } = element.getBoundingClientRect();
          return [element.className || element.id, top, left].join(' ');
        }),
      );
    const before = await places();
    for (let k = 0; k <= 10; k++) {
      await page.locator('#shots').fill(String(k));
      await page.waitForFunction((k) => document.querySelector('#shots').value === String(k), k);
      await page.evaluate(() => new Promise(requestAnimationFrame));
      assert.deepEqual(await places(), before, `${k} shots`);
    }
  });
}

test('the slider says the answer, also a recorded one, and the query is within six tabs', async () => {
  const page = await lab.open();
  await page.locator('.rung').first().waitFor();
  assert.match(
    await page.locator('#shots').getAttribute('aria-valuetext'),
    /^4-shot: horses, 9\d percent$/,
  );
  for (let tabs = 1; ; tabs++) {
    assert.ok(tabs <= 6, 'six tabs');
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement?.id === 'query')) break;
  }
});

test('skip links lead to the question and to the answer, and leave the address as it is', async () => {
  const page = await lab.open();
  await page.locator('.rung').first().waitFor();
  const address = page.url();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'query');
  await page.locator('.skip').nth(1).focus();
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'answer');
  assert.equal(page.url(), address);
});
