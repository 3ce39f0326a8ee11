// Evaluate with many rows: the page stays at hand, and only what is seen is drawn.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { loadModel, useLab } from './lab.mjs';

const lab = useLab();
let page;
before(async () => {
  page = await lab.open({ link: '?preset=sentiment' });
  await loadModel(page);
  await page.getByRole('tab', { name: 'Evaluate' }).click();
});

/** Rows with inputs of their own, every other one Negative. */
function csv(count) {
  const rows = Array.from(
    { length: count },
    (_, i) => `Film ${i} is ${i % 2 ? 'dull' : 'a joy'}.,${i % 2 ? 'Negative' : 'Positive'}`,
  );
  return {
    name: 'rows.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`input,output\n${rows.join('\n')}\n`),
  };
}

/** Takes so many rows, for all numbers of shots but those that are unchecked. */
async function choose(count, unchecked = []) {
  await page.locator('#rows-file').setInputFiles(csv(count));
  await page.getByText(`${count} rows from rows.csv`).waitFor();
  for (const k of unchecked) {
    await page.getByRole('checkbox', { name: String(k), exact: true }).uncheck();
  }
}

test('5,000 rows: what they cost is said, the page stays at hand, and Stop is quick', async (t) => {
  await choose(5001);
  await page.getByText('5000 rows × 5 prompts = 25,000 runs').waitFor();
  await page.evaluate(() => {
    globalThis.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries())
        globalThis.longest = Math.max(globalThis.longest, duration);
    }).observe({ type: 'longtask' });
  });
  await page.locator('#why-run').click();
  await page.getByText(/^\s*\d\d+ of 25000.* left/s).waitFor({ timeout: 60_000 });
  assert.equal(await page.locator('lab-each-row tr').count(), 0);
  const { longest, nodes } = await page.evaluate(() => ({
    longest: Math.round(globalThis.longest),
    nodes: document.querySelectorAll('*').length,
  }));
  t.diagnostic(`longest task: ${longest} ms; elements: ${nodes}`);
  assert.ok(nodes < 5000, `${nodes}`);
  const start = performance.now();
  await page.locator('#why-stop').click();
  await page.locator('#why-go-on').waitFor();
  t.diagnostic(`from the click on Stop to Continue: ${Math.round(performance.now() - start)} ms`);
  assert.match(await page.locator('#why-go-on').textContent(), /^Continue \(\d+ of 25,000\)$/);
});

test('of the rows of a cell a hundred are drawn, and only when they are asked for', async () => {
  await choose(104, [1, 2, 4, 8]);
  await page.locator('#why-run').click();
  await page.locator('#why-stop').waitFor();
  await page.locator('#why-run').waitFor({ timeout: 120_000 });
  const rows = page.locator('lab-each-row tbody tr');
  assert.equal(await rows.count(), 0);
  await page.getByText('Row by row').click();
  await page.getByText('Rows 1 to 100 of 104').waitFor();
  assert.equal(await rows.count(), 100);
  await page.getByRole('button', { name: 'Next rows' }).click();
  await page.getByText('Rows 101 to 104 of 104').waitFor();
  assert.equal(await rows.count(), 4);
  assert.match(await rows.first().textContent(), /Film 100 is/);
  assert.equal(await page.getByRole('button', { name: 'Next rows' }).isDisabled(), true);
  await page.getByRole('button', { name: 'Previous rows' }).click();
  assert.match(await rows.first().textContent(), /Film 0 is/);
});
