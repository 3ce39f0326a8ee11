// Why, inside the model: layers, patching and heads on the real model, on one page; and LIME beside Shapley.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bytesOf, fits, loadModel, settled, useLab, wayCheck } from './lab.mjs';

const lab = useLab();
let page;

before(async () => {
  page = await lab.open({ link: '?preset=sentiment' });
  await loadModel(page);
  await page.fill('#shots', '2');
  await settled(page);
});
after(() => page?.context().close());

async function run(name, id) {
  await page.locator('.why-tabs').getByRole('tab', { name, exact: true }).click();
  await page.locator('#why-run').click();
  await page
    .locator(`.why-figure[data-experiment="${id}"][aria-busy=false]`)
    .waitFor({ timeout: 120_000 });
}

const finding = async () => (await page.locator('.why-finding').textContent()).trim();
const texts = (selector) =>
  page
    .locator(`.why-figure ${selector}`)
    .evaluateAll((all) => all.map((one) => one.textContent.replace(/\s+/g, ' ').trim()));

test('before any download, the layers of the opening preset are there, and say that they are recorded', async () => {
  const opened = await lab.open();
  await opened.locator('.why-tabs').getByRole('tab', { name: 'Layers', exact: true }).click();
  await opened.locator('.why-recorded').waitFor();
  assert.ok((await opened.locator('.lens-multiple').count()) >= 3);
  await opened.fill('#query', 'wolf');
  await opened.locator('.why-figure').waitFor({ state: 'detached' });
  await opened.context().close();
});

test('the answer is followed through the layers, with none, one and two examples', async () => {
  await run('Layers', 'lens');
  assert.equal(await page.locator('.lens-multiple').count(), 3);
  assert.equal(await page.locator('.lens-line').count(), 6, 'two labels in each');
  const leads = await texts('.lens-leads tbody tr');
  assert.equal(leads.length, 3);
  assert.match(
    await finding(),
    /^With 2 examples, “(Positive|Negative)” is (the most probable token from layer \d+ of 30 on|not)/,
  );
  assert.equal(await page.locator('.lens-numbers tbody tr').count(), 31);
  // The grid ends at the last layer, where nothing changes any more.
  const top = page.locator('.lens-grid tbody tr').first();
  assert.equal(await top.locator('th').textContent(), '30');
  assert.equal(await top.locator('td[data-stable=yes]').count(), 12);
  // Another token of the prompt is chosen by mouse or keyboard, and stands last in the grid.
  const strip = page.locator('.lens-strip button');
  const columns = () => texts('.lens-grid thead th');
  const whole = await columns();
  await strip.nth(5).click();
  await page.waitForFunction(
    (before) => document.querySelectorAll('.lens-grid thead th').length < before,
    whole.length,
  );
  assert.equal((await columns()).at(-1), (await strip.nth(5).textContent()).trim());
  await strip.nth(5).press('ArrowRight');
  assert.ok(await strip.nth(6).evaluate((one) => one === document.activeElement));
  await strip.last().click();
  await page.locator('.lens-strip button:last-child[aria-pressed=true]').waitFor();
  await page.locator('#why-run').waitFor();
  assert.deepEqual(await columns(), whole);
  // The last layer is the prediction of the page.
  const last = (await texts('.lens-numbers tbody tr')).at(-1);
  await page.locator('#view-tokens').click();
  const first = await page.locator('table.bars tbody tr[data-rank="1"] .token').textContent();
  assert.ok(last.startsWith(`30 ${first.trim()}`), `${last}; ${first}`);
  await wayCheck(page, 1280, 'lab-why')('layers');
});

test('heads are a grid for mouse and keyboard, with three patterns; one leads to its attention', async () => {
  await run('Heads', 'heads');
  const cells = page.locator('.heads-grid [role=gridcell]');
  assert.equal(await cells.count(), 270);
  assert.match(
    await finding(),
    /^Head \d of layer \d+ puts .*% of its attention on what followed the same token before/,
  );
  const strongest = () => page.locator('.heads-list tbody th').first().textContent();
  const induction = await strongest();
  await page.getByRole('radio', { name: 'Previous token' }).check();
  assert.notEqual(await strongest(), induction);
  assert.equal(await page.locator('.heads-grid [tabindex="0"]').count(), 1);
  await cells.first().focus();
  for (const key of ['ArrowDown', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
  const named = await page.evaluate(() => document.activeElement.getAttribute('aria-label'));
  assert.match(named, /^layer 2, head 3: /);
  await page.keyboard.press('Enter');
  await page.locator('.attended caption', { hasText: 'head 3 of 9' }).waitFor();
  const layer = page.locator('lab-attention select').first();
  assert.equal(await layer.evaluate((select) => select.selectedOptions[0].textContent), '2 of 30');
  assert.ok(await page.evaluate(() => document.activeElement.closest('lab-attention') !== null));
  await wayCheck(page, 1280, 'lab-why')('heads');
});

test('patches fill a table of tokens by layers, and are saved as one', async () => {
  await page.fill('#shots', '1');
  await settled(page);
  await run('Patching', 'patch');
  assert.match(
    await finding(),
    /^P\((Positive|Negative)\) is .* after this prompt, and .* other outputs\./,
  );
  const rows = page.locator('.patch-grid tbody tr');
  assert.ok((await rows.count()) > 5);
  const ends = await rows.last().locator('td').last().textContent();
  assert.equal(ends, '100%', 'after the last layer, the last token is all');
  assert.ok((await page.locator('.patch-grid th[data-differs=yes]').count()) >= 1);
  await wayCheck(page, 1280, 'lab-why')('patching');
  await page
    .locator('.why-figure lab-figure summary, .why-figure lab-figure button')
    .first()
    .click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('.why-figure lab-figure').getByText('CSV').click(),
  ]);
  const csv = (await bytesOf(download)).toString();
  assert.match(csv, /layer/);
});

test('examples have the slopes of LIME beside their Shapley values', async () => {
  await run('Examples', 'influence');
  const [row] = await texts('.effects tbody tr');
  assert.match(row, /[+−]\d+\.\d\d LIME [+−]\d+\.\d\d$/);
});

test('from the narrowest screen to the widest, nothing is wider than the page', async () => {
  for (const width of [320, 2560, 390]) {
    await page.setViewportSize({ width, height: 844 });
    for (const name of ['Layers', 'Heads', 'Patching']) {
      await page.locator('.why-tabs').getByRole('tab', { name, exact: true }).click();
      if (width === 390) await wayCheck(page, width)(name);
      else await fits(page, width, name);
    }
  }
});

test('on a phone, the heading of a column breaks between words alone', async () => {
  await page.locator('.why-tabs').getByRole('tab', { name: 'Layers', exact: true }).click();
  const headings = await page.locator('.lens-leads thead th').evaluateAll((all) =>
    all.map((th) => {
      const text = document.createRange();
      text.selectNodeContents(th);
      // A rectangle for each line.
      return { name: th.textContent, lines: text.getClientRects().length };
    }),
  );
  assert.ok(headings.length > 0);
  for (const { name, lines } of headings) {
    assert.ok(lines <= name.split(' ').length, `${name}: ${lines} lines`);
  }
});
