// An evaluation outlives a reload: it goes on where it was left, and its figures are those of one that was not disturbed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bytesOf, live, loadModel, useLab } from './lab.mjs';

const lab = useLab();

const finding = async (page) => (await page.locator('.why-finding').textContent()).trim();
const sinceReload = (page) => page.evaluate(() => Math.round(performance.now()));

/** Few, so that the test is quick. */
const rows = ['a joy', 'dull', 'warm and witty', 'a mess', 'over too soon', 'painfully slow']
  .flatMap((what) => [`It is ${what}.`, `I found it ${what}.`])
  .map((input, at) => `${input},${at % 4 < 2 ? 'Positive' : 'Negative'}`);

/** 12 rows × 3 prompts. */
async function prepare(page) {
  await page.getByRole('tab', { name: 'Evaluate' }).click();
  await page.locator('#rows-file').setInputFiles({
    name: 'rows.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(['input,output', ...rows].join('\n')),
  });
  for (const k of [1, 2, 8]) {
    await page.getByRole('checkbox', { name: String(k), exact: true }).uncheck();
  }
  await page.getByLabel('Draws').selectOption('2');
  await page.getByText('12 rows × 3 prompts = 36 runs').waitFor();
}

async function ended(page) {
  await page.locator('#why-run').waitFor({ timeout: 240_000 });
  await page.locator('.why-figure[aria-busy=false]').waitFor();
  assert.equal(await page.locator('.why-run progress').count(), 0);
}

/** Every row of every prompt, with all digits. */
async function rowsOf(page) {
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save shotglass.jsonl' }).click();
  return (await bytesOf(await saved)).toString();
}

let page;
before(async () => {
  page = await lab.open({ link: '?preset=sentiment' });
  await loadModel(page);
});
after(() => page?.context().close());

let resumed;

test('an evaluation is left in the middle and goes on where it was', async (t) => {
  await prepare(page);
  await page.locator('#why-run').click();
  await page.getByText(/^\s*(1[2-9]|2\d) of 36/).waitFor({ timeout: 120_000 });
  await page.reload();

  const goOn = page.locator('#why-go-on');
  await goOn.waitFor();
  await page.locator('.why-figure').waitFor();
  t.diagnostic(`from the reload to what was found by then: ${await sinceReload(page)} ms`);
  const [, done] = (await goOn.textContent()).match(/^Continue \((\d+) of 36\)$/);
  assert.ok(Number(done) >= 7, done);
  assert.match(await page.locator('.why-note').first().textContent(), /Stopped/);
  await live(page, 120_000);
  await goOn.click();
  await ended(page);
  assert.equal(await goOn.count(), 0);
  resumed = { finding: await finding(page), rows: await rowsOf(page) };
  assert.equal(resumed.rows.trim().split('\n').length, 36);
});

test('what is there is shown before the model is, and it is in every digit what an undisturbed run finds', async (t) => {
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (document.querySelector('.why-figure') === null) return;
      window.isLiveAtFigure = document.querySelector('.badge[data-origin="live"]') !== null;
      observer.disconnect();
    }).observe(document, { childList: true, subtree: true });
  });
  await page.reload();
  await page.locator('.why-figure').waitFor();
  t.diagnostic(`from the reload to the finished result: ${await sinceReload(page)} ms`);
  assert.equal(await page.evaluate(() => window.isLiveAtFigure), false);
  assert.equal(await finding(page), resumed.finding);
  await live(page, 120_000);
  await page.locator('.why-figure').waitFor();
  assert.equal(await rowsOf(page), resumed.rows);

  // From the beginning, and not disturbed.
  await page.locator('#why-run').click();
  await page.locator('#why-stop').waitFor();
  await ended(page);
  assert.deepEqual({ finding: await finding(page), rows: await rowsOf(page) }, resumed);
});

test('a result of another prompt is not shown, and it is there again after Undo', async () => {
  await page.getByRole('tab', { name: 'Calibrate' }).click();
  await page.locator('#why-run').click();
  await ended(page);
  const found = await finding(page);
  assert.notEqual(found, resumed.finding);

  await page.locator('#query').fill('Another review.');
  await page.locator('.why-note').waitFor();
  // The draft is kept a moment later.
  await page.waitForFunction(() =>
    sessionStorage.getItem('shotglass.work')?.includes('Another review.'),
  );
  await page.reload();
  await live(page, 120_000);
  // What is kept is read before the model is loaded, so a figure would be there by now.
  await page.locator('.why-tabs [aria-selected="true"]', { hasText: 'Calibrate' }).waitFor();
  assert.equal(await page.locator('.why-figure').count(), 0);

  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await page.locator('.why-figure').waitFor();
  assert.equal(await finding(page), found);
});
