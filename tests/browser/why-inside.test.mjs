// Why → Probe and Vector, on the real model: one page goes through both.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { bytesOf, fits, loadModel, settled, useLab, wayCheck } from './lab.mjs';

const lab = useLab();
const Papa = createRequire(new URL('../../pkg/package.json', import.meta.url))('papaparse');

let page;
before(async () => {
  page = await lab.open({ link: '?preset=sentiment' });
  await loadModel(page);
});
after(() => page?.context().close());

const choose = (name) => page.locator('.why-tabs').getByRole('tab', { name, exact: true }).click();
const figureOf = (id) => page.locator(`.why-figure[data-experiment="${id}"]`);
const cells = (id, selector) =>
  figureOf(id)
    .locator(selector)
    .evaluateAll((all) => all.map((one) => one.textContent.replace(/\s+/g, ' ').trim()));

async function run(id) {
  await page.locator('#why-run').click();
  await page.locator('#why-stop').waitFor();
  await page.locator('#why-run').waitFor({ timeout: 120_000 });
  await page.locator(`.why-figure[data-experiment="${id}"][aria-busy=false]`).waitFor();
}

/** Both colours and two widths; with `SHOTGLASS_PICTURES` in the environment they can be looked at. */
async function looked(id, state) {
  const folder = process.env.SHOTGLASS_PICTURES;
  for (const width of [320, 2560]) {
    await page.setViewportSize({ width, height: 900 });
    await fits(page, width, state);
  }
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    await wayCheck(page, width, 'lab-why')(`${state}, ${width} px`);
    for (const colorScheme of folder ? ['light', 'dark'] : []) {
      await page.emulateMedia({ colorScheme });
      await page
        .locator('lab-why')
        .screenshot({ path: `${folder}/${id}-${width}-${colorScheme}.png` });
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

test('the probe stands beside the prompts on the same rows, and is saved as a table', async () => {
  await choose('Probe');
  assert.equal(await page.getByLabel('Hold out').count(), 1, 'rows may be held out');
  assert.equal(await page.locator('[name=seeds], [name=shots]').count(), 0, 'nothing is drawn');
  await run('probe');
  const ways = await cells('probe', '.probe-table tbody th');
  assert.deepEqual(ways.slice(0, 2), ['k = 0', 'k = 4']);
  assert.match(ways[2], /^Prototypes, layer \d+$/);
  assert.match(ways[3], /^Probe, layer \d+$/);
  assert.equal(
    await figureOf('probe').locator('.layers-line[data-look=strong] circle').count(),
    31,
  );
  assert.equal(await figureOf('probe').locator('.layers-mark').count(), 2);
  const said = await page.locator('.why-finding').textContent();
  assert.match(said, /A probe on layer \d+ of 30 is right on .* of 24 rows/);
  await page.getByRole('button', { name: 'Save figure: Probe' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /^CSV/ }).click(),
  ]);
  const { data } = Papa.parse((await bytesOf(download)).toString(), {
    header: true,
    skipEmptyLines: true,
  });
  assert.equal(data.filter(({ line }) => line === 'Probe').length, 31);
  await looked('probe', 'a probe');
});

test('one vector stands for the examples, and the bars follow the slider', async () => {
  await choose('Vector');
  await run('vector');
  assert.equal(await figureOf('vector').locator('.layers-line circle').count(), 31);
  const bars = () => cells('vector', '.steer-table tbody .numeral');
  const slider = page.getByLabel('Coefficient');
  const before = await bars();
  assert.equal(before.length, 2, 'a bar for each label');
  const took = await slider.evaluate(async (input) => {
    const start = performance.now();
    input.value = '24';
    input.dispatchEvent(new Event('input', { bubbles: true }));
    const table = () => document.querySelector('.steer-table').textContent;
    const old = table();
    while (table() === old) await new Promise((resolve) => requestAnimationFrame(resolve));
    return performance.now() - start;
  });
  assert.ok(took < 150, `${took} ms`);
  assert.notDeepEqual(await bars(), before);
  assert.equal(await slider.getAttribute('aria-valuetext'), '+3.00');
  await slider.focus();
  await page.keyboard.press('ArrowLeft');
  assert.equal(await slider.getAttribute('aria-valuetext'), '+2.75');
  await page.getByRole('radio', { name: /^towards/ }).check();
  const shares = (await bars()).map((text) => Number(text.replace('%', '')));
  assert.ok(Math.abs(shares[0] + shares[1] - 100) < 0.2, `${shares} among the labels`);
  assert.ok(shares[1] > shares[0], 'Positive leads where it is added');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: /^Save shotglass-examples-layer-\d+\.gguf/ }).click();
  const file = await bytesOf(await download);
  assert.equal(file.subarray(0, 4).toString(), 'GGUF');
  assert.ok(file.includes('direction.'));
  await looked('vector', 'a vector');
});

test('a task in free text has no labels to probe, and that is said', async () => {
  await page.getByLabel('Task').selectOption('plural');
  await settled(page);
  await choose('Probe');
  assert.match(await page.locator('#why-state').textContent(), /Choose a task with labels/);
  assert.equal(await page.locator('#why-run').getAttribute('aria-disabled'), 'true');
});
