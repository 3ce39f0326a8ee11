// The list of models: from the catalogue to an answer, several models at once, what is kept of them, and what does not fit.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { modelNamed } from 'shotglass/models';
import { architecturesFolder, mustExist, tinyFolder } from '../support/files.mjs';
import { live, readTable, settled, useLab, wayCheck } from './lab.mjs';

mustExist(tinyFolder, 'cargo test --release');
const lab = useLab({ perTest: true, model: null, allowed: /^Failed to load resource/ });

/** Small files in the place of models whose hash the catalogue does not know. */
const stands = {
  'pythia-14m': readFileSync(join(tinyFolder, 'default.gguf')),
  'pythia-70m': readFileSync(join(tinyFolder, 'q8_0.gguf')),
  'smollm2-360m': readFileSync(join(architecturesFolder, 'gptneox-q8_0.gguf')),
};
const nameOf = (id) => modelNamed(id).name;
const idOf = (address) => Object.keys(stands).find((id) => modelNamed(id).url === address);

let page;
const list = () => page.locator('dialog.models');
const row = (id) => list().locator(`[data-id="${id}"]`);
const isIn = (id, state) =>
  list().locator(`[data-id="${id}"][data-state="${state}"]`).waitFor({ timeout: 30_000 });
const button = (label, id) =>
  list().getByRole('button', { name: `${label}: ${nameOf(id)}`, exact: true });
const activeName = () => page.locator('.model-name').textContent();

/** Opens the lab; `asked` gathers the models that are downloaded, and `answer` may answer in the place of the hub. */
async function open({ answer = null, deviceMemory = 4, link = '', ...options } = {}) {
  const context = await lab.browser.newContext({
    viewport: { width: 1280, height: 720 },
    reducedMotion: 'reduce',
    serviceWorkers: 'block',
    ...options,
  });
  await context.addInitScript((value) => {
    Object.defineProperty(navigator, 'deviceMemory', { value });
  }, deviceMemory);
  const asked = [];
  await context.route('https://huggingface.co/**', (route) => {
    const id = idOf(route.request().url());
    asked.push(id);
    const headers = {
      'access-control-allow-origin': '*',
      'last-modified': 'Fri, 01 Nov 2024 00:00:00 GMT',
    };
    return answer?.(route, id) ?? route.fulfill({ body: stands[id], headers });
  });
  page = await lab.open({ context, link });
  return { asked };
}

async function show() {
  // The button of the page before the lab does nothing yet.
  await page.locator('lab-app #models').press('Enter');
  await page.locator('dialog.models[open]').waitFor();
}

/** Downloads a model of the catalogue, and waits until it answers. */
async function take(id) {
  await row(id)
    .getByRole('button', { name: /^Download/ })
    .press('Enter');
  await isIn(id, 'active');
}

test('a model of the catalogue is downloaded and answers; another beside it; and back, by keyboard', async () => {
  const { asked } = await open();
  const parts = [];
  page.on('request', (request) => parts.push(request.url()));
  await show();
  assert.ok(
    parts.some((address) => address.includes('lab-models')),
    'the list comes when it is asked for',
  );
  assert.match(await row('gpt2').textContent(), /base.*MIT.*2019.*SHA-256 known.*124M.*188 MB/s);
  assert.match(await row('pythia-14m').textContent(), /SHA-256 not known yet/);
  assert.match(await row('smollm2-360m-instruct').textContent(), /Better for.*: SmolLM2-360M Q8_0/);
  // The look at the device comes after the page is drawn.
  const pace = row('gpt2').locator('dd').last();
  await pace.filter({ hasText: /^(over )?[\d,–]+$/ }).waitFor();
  assert.deepEqual(asked, [], 'to look at the list downloads nothing');

  await take('pythia-14m');
  assert.equal(await activeName(), nameOf('pythia-14m'));
  await take('pythia-70m');
  assert.equal(await activeName(), nameOf('pythia-70m'));
  assert.deepEqual([...new Set(asked)], ['pythia-14m', 'pythia-70m']);
  await isIn('pythia-14m', 'open');
  assert.ok(
    await list().evaluate((dialog) => dialog.contains(document.activeElement)),
    'the focus stays in the list',
  );

  await page.keyboard.press('Escape');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'models');
  await live(page);
  const second = await readTable(page);
  await show();
  await list()
    .getByRole('region', { name: 'In memory' })
    .getByRole('button', { name: `Use: ${nameOf('pythia-14m')}` })
    .press('Enter');
  await isIn('pythia-14m', 'active');
  await page.keyboard.press('Escape');
  await live(page);
  const first = await readTable(page);
  assert.notDeepEqual(first.rows, second.rows, 'each answers with its own numbers');
  await page.locator('.badge summary').click();
  const about = page.locator('.badge-about');
  assert.match(await about.textContent(), new RegExp(nameOf('pythia-14m')));

  // The second one answers again when the first is closed; without any the page is as before.
  await show();
  await button('Close', 'pythia-14m').press('Enter');
  await isIn('pythia-70m', 'active');
  await button('Close', 'pythia-70m').press('Enter');
  await list().getByText('No model is loaded.').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.badge[data-origin="recorded"]').waitFor();
  // What is on the device is not downloaded again.
  const before = asked.length;
  await show();
  await button('Load', 'pythia-14m').press('Enter');
  await isIn('pythia-14m', 'active');
  assert.ok(asked.length - before <= 1, 'at most the version is asked for');
});

test('what is removed from the device while it runs keeps running, and the page says so', async () => {
  await open();
  await show();
  await take('pythia-14m');
  const kept = list().getByRole('region', { name: 'On this device' });
  await kept.getByRole('button', { name: `Remove…: ${nameOf('pythia-14m')}` }).press('Enter');
  await kept.getByRole('alert').filter({ hasText: 'from this device?' }).waitFor();
  // The first answer is no.
  await kept.getByRole('button', { name: 'Keep', exact: true }).press('Enter');
  assert.equal(await kept.getByRole('alert').count(), 0);
  await kept.getByRole('button', { name: /^Remove…/ }).press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Remove');
  await page.keyboard.press('Enter');
  await list()
    .getByRole('status')
    .filter({ hasText: /no longer on this device .* keeps running/ })
    .waitFor();
  await list().getByText('Not on this device: the next visit needs the file again.').waitFor();
  assert.equal(await kept.count(), 0);
  await page.keyboard.press('Escape');
  await page.fill('#query', 'fox');
  await settled(page);
  assert.equal(await activeName(), nameOf('pythia-14m'));
  await show();
  await button('Close', 'pythia-14m').press('Enter');
  await isIn('pythia-14m', 'to download');
});

test('a model that does not fit is refused before its download, with the numbers', async () => {
  const { asked } = await open({ deviceMemory: 1 });
  await show();
  const large = row('smollm2-1.7b-instruct');
  assert.match(
    await large.textContent(),
    /Too large: needs 1\.40 GB of memory, at most 500 MB here\./,
  );
  assert.equal(await large.getByRole('button').count(), 0);
  assert.ok((await row('gpt2').getByRole('button').count()) > 0);
  assert.deepEqual(asked, []);
});

test('a model that has to go is named, in the list and on the page', async () => {
  await open();
  await show();
  await take('pythia-14m');
  // The small files fit any device, so the budget has to be smaller than any.
  await page.evaluate(() => {
    document.querySelector('lab-app').lab.models.parts.budgetBytes = 200_000;
  });
  await page.locator('#model-file').setInputFiles(join(tinyFolder, 'q8_0.gguf'));
  const sentence = `Closed to make room: ${nameOf('pythia-14m')}. All open models together need`;
  await list().getByRole('status').filter({ hasText: sentence }).waitFor({ timeout: 30_000 });
  assert.equal(await list().locator('[data-active]').count(), 1);
  await page.keyboard.press('Escape');
  const notice = page.locator('.keep-notice').filter({ hasText: sentence });
  await notice.waitFor();
  await notice.getByRole('button', { name: 'Dismiss' }).click();
  assert.equal(await notice.count(), 0);
  await live(page);
});

test('a download can be cancelled; one that is no model leaves the one before', async () => {
  let isHeld = true;
  await open({
    answer: (route, id) => {
      if (id === 'pythia-70m') return isHeld ? new Promise(() => {}) : null;
      if (id !== 'smollm2-360m') return null;
      const headers = { 'access-control-allow-origin': '*' };
      return route.fulfill({ body: '<!doctype html>', headers });
    },
  });
  await show();
  await take('pythia-14m');
  await row('pythia-70m').getByRole('button').press('Enter');
  await row('pythia-70m')
    .getByRole('progressbar', { name: nameOf('pythia-70m') })
    .waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Cancel');
  await page.keyboard.press('Enter');
  await isIn('pythia-70m', 'to download');
  await isIn('pythia-14m', 'active');

  await row('smollm2-360m').getByRole('button').press('Enter');
  const alert = list().getByRole('alert').filter({ hasText: 'The model did not load.' });
  await alert.waitFor();
  assert.equal(await activeName(), nameOf('pythia-14m'));
  isHeld = false;
  await take('pythia-70m');
  assert.equal(await alert.count(), 0);
});

test('a list that does not come is told, and comes with the next click', async () => {
  await open();
  await page.route('**/assets/lab-models-*.js', (route) => route.abort());
  await page.locator('lab-app #models').click();
  await page.getByRole('alert').filter({ hasText: 'a part of the page' }).waitFor();
  await page.unroute('**/assets/lab-models-*.js');
  await show();
  assert.equal(await page.getByRole('alert').filter({ hasText: 'a part of' }).count(), 0);
});

test('a file can be chosen from the list', async () => {
  await open();
  await show();
  const chooser = page.waitForEvent('filechooser');
  await list().getByRole('button', { name: 'Open a GGUF file…' }).press('Enter');
  await (await chooser).setFiles(join(tinyFolder, 'default.gguf'));
  await list()
    .getByRole('region', { name: 'In memory' })
    .getByText('answers now')
    .waitFor({ timeout: 30_000 });
  await list().getByText('Not on this device: the next visit needs the file again.').waitFor();
});

for (const [link, looks] of [
  [
    '',
    [
      [1280, 720, 'dark'],
      [390, 844, 'light'],
    ],
  ],
  [
    '?lang=zh-Hans',
    [
      [1920, 1080, 'light'],
      [320, 844, 'dark'],
    ],
  ],
]) {
  test(`nothing is in the way of anyone ${link}`, async () => {
    await open({ link, deviceMemory: 2 });
    await show();
    const check = async (state) => {
      for (const [width, height, colorScheme] of looks) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height });
        await wayCheck(page, width, 'dialog.models')(`${state}, ${width} px`);
        const isNarrow = await list().evaluate(
          ({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth,
        );
        assert.ok(isNarrow, `${state}, ${width} px: the list is wider than its dialog`);
      }
    };
    await check('the catalogue');
    await row('pythia-14m').getByRole('button').press('Enter');
    await isIn('pythia-14m', 'active');
    await row('pythia-70m').getByRole('button').press('Enter');
    await isIn('pythia-70m', 'active');
    await list().locator('[aria-labelledby="models-kept"] li').nth(1).waitFor();
    await list().locator('.models-list button').last().press('Enter');
    await list().locator('.models-yes').waitFor();
    await check('two models, and a removal that is asked about');
  });
}
