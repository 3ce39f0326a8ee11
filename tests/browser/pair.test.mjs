// The pinned prompt and the present one: evaluated on the same rows, kept over a reload, saved, and sent with a link.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf, loadModel, useLab, wayCheck } from './lab.mjs';

const lab = useLab();
const permissions = ['clipboard-read', 'clipboard-write'];

/** Few, so that the test is quick. */
const rows = [
  'input,output',
  ...['A joy from start to end.', 'Warm and witty.', 'I loved it.'].map(
    (input) => `${input},Positive`,
  ),
  ...['A dull mess.', 'I walked out.', 'Painfully slow.'].map((input) => `${input},Negative`),
].join('\n');

const finding = async (page) => (await page.locator('.why-finding').textContent()).trim();
const state = (page) => page.locator('#why-state');

async function linkOf(page) {
  await page.locator('#share').click();
  const link = page.locator('textarea[data-file="link"]');
  await link.waitFor();
  await page.waitForFunction(() =>
    /\..{500}/.test(document.querySelector('textarea[data-file="link"]').value.split('#')[1]),
  );
  // The first link has what the page shows; the model is then asked what it says after A.
  await page.waitForFunction(() => {
    const { made } = document.querySelector('lab-app').keeping;
    return !made.jobState.running;
  });
  const text = await link.inputValue();
  await page.keyboard.press('Escape');
  return text;
}

test('A and the present prompt are evaluated on the same rows, are kept over a reload, and travel together', async (t) => {
  const context = await lab.browser.newContext({
    permissions,
    viewport: { width: 1280, height: 900 },
  });
  const page = await lab.open({ context, link: '?preset=sentiment' });
  await loadModel(page);
  await page.locator('#hold').click();
  await page.getByRole('tab', { name: 'Evaluate' }).click();
  await state(page)
    .getByText(/would be evaluated alike/)
    .waitFor();
  await page.locator('#instruction').fill('Is it Positive or Negative?');
  // The reader's own task has no rows, so those of the pinned one are asked.
  await page.getByText('24 rows of the pinned task, asked of both').waitFor();
  await page.getByText('Paste rows or choose a file').click();
  await page.locator('textarea[name=rows]').fill(rows);
  for (const k of [2, 4, 8])
    await page.getByRole('checkbox', { name: String(k), exact: true }).uncheck();
  await page.getByText('6 rows × 4 prompts = 24 runs').waitFor();

  await page.locator('#why-run').click();
  await state(page)
    .getByText(/^\s*([3-9]|1\d) of 24/)
    .waitFor();
  await page.locator('#why-stop').click();
  await page.locator('#why-go-on').waitFor();
  const goOn = page.locator('#why-go-on');
  assert.match(await goOn.textContent(), /^Continue \(\d+ of 24\)$/);
  await goOn.click();
  await page.locator('.pair-table tbody tr').nth(1).waitFor();
  await page.locator('.why-figure[aria-busy=false]').waitFor();
  const found = await finding(page);
  assert.match(found, /^With 1 example: \S+ correct for A, \S+ now; difference \S+ points/);
  // A, now, their difference in points, and p.
  const numbers = await page
    .locator('.pair-table tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) => [...row.querySelectorAll('data')].map(({ value }) => Number(value))),
    );
  t.diagnostic(`A, now, difference, p: ${JSON.stringify(numbers)}`);
  for (const [a, now, difference, p] of numbers) {
    for (const share of [a, now]) assert.ok(Math.abs(share * 6 - Math.round(share * 6)) < 1e-9);
    assert.ok(Math.abs(now - a - difference) < 1e-9 && p > 0 && p <= 1);
  }
  await wayCheck(page, 1280, 'lab-why')('a pair');

  // The files: the methods line names both prompts, and the CSV has both curves.
  await page.getByRole('button', { name: 'Save figure: Evaluate' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /^CSV/ }).click(),
  ]);
  const csv = (await bytesOf(download)).toString();
  for (const text of ['compare,0,a,', 'compare,1,now,', 'Is it Positive or Negative?'])
    assert.ok(csv.includes(text), `${text} is not in the CSV`);

  for (const name of ['shotglass-a.jsonl', 'shotglass-now.csv'])
    assert.equal(await page.getByRole('button', { name: `Save ${name}` }).count(), 1);

  // Alone it is another evaluation, and the pair is still there.
  await page.getByRole('radio', { name: 'This prompt', exact: true }).check();
  await page.getByText('6 rows × 2 prompts = 12 runs').waitFor();
  await page.getByRole('radio', { name: 'A and this prompt' }).check();
  assert.equal(await finding(page), found);

  const link = await linkOf(page);
  assert.ok(new URL(link).hash.length < 2600, `${new URL(link).hash.length} characters`);
  // What was found is there before the model is.
  await page.reload();
  await page.locator('.pair-table').waitFor();
  assert.equal(await finding(page), found);

  const fresh = await lab.browser.newContext();
  const there = await lab.open({ context: fresh, link });
  await there.locator('.held').waitFor();
  assert.match(
    await there.locator('.held-note').textContent(),
    /^A’s numbers came with the link, by SmolLM2/,
  );
  await there.locator('.badge[data-origin="sent"]').waitFor();
  await there.locator('#view-tokens').click();
  await there.locator('#view-tokens[aria-selected=true]').waitFor();
  const row = there.locator('lab-compare tbody tr').first();
  await row.waitFor();
  assert.match(await row.innerText(), /%[\s\S]*%/);
  assert.equal(await there.locator('.badge[data-origin="sent"]').count(), 1);
});
