// Which demonstrations, how many, and which of two sentences: three cards in the lab, on the real model and on one page.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fits, loadModel, settled, useLab, wayCheck } from './lab.mjs';

const lab = useLab();
let page;

before(async () => {
  page = await lab.open();
  await loadModel(page);
  await page.getByLabel('Task').selectOption('plural');
  await settled(page);
});
after(async () => {
  await page?.context().close();
});

const choose = (name) => page.locator('.why-tabs').getByRole('tab', { name, exact: true }).click();

async function run() {
  await page.locator('#why-run').click();
  await page.locator('#why-run').waitFor({ timeout: 120_000 });
  await page.locator('.why-figure[aria-busy=false]').waitFor();
}

const finding = async () => (await page.locator('.why-finding').textContent()).trim();
const textsOf = (selector) =>
  page
    .locator(`.why-figure ${selector}`)
    .evaluateAll((all) => all.map((one) => one.textContent.replace(/\s+/g, ' ').trim()));
const inputs = () =>
  page
    .locator('lab-demonstrations [data-field=input]')
    .evaluateAll((all) => all.map(({ value }) => value));

test('each method has a choice, which one button puts into the table, and one undo takes back', async () => {
  await choose('Choose');
  await page.locator('.rows-paste').evaluate((details) => {
    details.open = true;
  });
  const rows = ['lamp,lamps', 'dish,dishes'];
  await page.getByLabel('Rows to evaluate').fill(['input,output', ...rows].join('\n'));
  await page.getByText('2 rows', { exact: true }).waitFor();
  await run();
  const names = await textsOf('.chosen-head b');
  assert.deepEqual(names, [
    'Most similar',
    'Best alone',
    'Shared words',
    'Random',
    'Least similar',
  ]);
  assert.match(await finding(), /^P\(horses\) is .* On 2 held-out rows, .*\.$/);
  assert.equal((await textsOf('.accuracies tbody tr')).length, 5);
  for (const text of await textsOf('.accuracies td:nth-child(2)'))
    assert.match(text, /^[012] of 2$/);

  const old = await inputs();
  const shown = await textsOf('[data-method=worst] .chosen-rows li');
  assert.equal(shown.length, 4);
  await page.getByRole('button', { name: 'Use these: Least similar' }).click();
  const now = await inputs();
  for (const [i, text] of shown.entries()) assert.ok(text.startsWith(now[i]), `${text}: ${now[i]}`);
  assert.match(await page.locator('.why-note').textContent(), /earlier prompt/);
  assert.equal(await page.locator('.chosen button').count(), 0);
  await page.getByRole('button', { name: /^Undo/ }).click();
  assert.deepEqual(await inputs(), old);
  await page.getByRole('button', { name: 'Use these: Random' }).waitFor();
});

test('many shots have a curve up to the whole table', async () => {
  await choose('Many shots');
  await run();
  assert.deepEqual(await textsOf('.many-ticks span'), ['1', '2', '4', '8', '10']);
  assert.match(await finding(), /with one example and .* with 10\. On 2 held-out rows/);
  const ends = await page
    .locator('.many-ticks span')
    .evaluateAll((all) => all.map((one) => Number(one.style.getPropertyValue('--p'))));
  assert.ok(ends.every((place, i) => i === 0 || place > ends[i - 1]));
});

test('of two sentences the more probable one is named, with the token that decides', async () => {
  await choose('Sentences');
  await page.getByRole('radio', { name: 'Two sentences of yours' }).check();
  assert.equal(await page.locator('#why-run').getAttribute('aria-disabled'), 'true');
  await page.getByLabel('First sentence').fill('The keys to the cabinet is lost.');
  await page.getByLabel('Second sentence').fill('The keys to the cabinet are lost.');
  await run();
  assert.match(
    await finding(),
    /^The second sentence is more probable, by .*“is” against “are”\.$/,
  );
  const parts = await textsOf('.pair-parts > li');
  assert.match(
    parts.find((text) => text.startsWith('is')),
    /^is are −\d/,
  );
  assert.equal(await page.locator('.pair-parts > [data-differs=yes]').count(), 1);
});

test('nothing of it is in the way of anyone, wide and narrow', async () => {
  for (const width of [1280, 2560, 390, 320]) {
    await page.setViewportSize({ width, height: 900 });
    for (const name of ['Choose', 'Many shots', 'Sentences']) {
      await choose(name);
      await page.locator('.why-figure').waitFor();
      if (width === 2560) await fits(page, width, name);
      else await wayCheck(page, width, 'lab-why')(`${name} at ${width}`);
    }
  }
});
