// The experiments in the lab, on the real model: by mouse and by keyboard, with what is wrong said in a sentence.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import AxeBuilder from '@axe-core/playwright';
import { launch } from '../support/chromium.mjs';
import { loadModel, openLab, readTable, serveLab, settled } from './lab.mjs';

let server;
let browser;
before(async () => {
  server = await serveLab();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.close();
});

async function openSentiment(options, opener = browser) {
  const { page, complaints } = await openLab(opener, server.url, options);
  await loadModel(page);
  await page.getByLabel('Task').selectOption('sentiment');
  await settled(page);
  return { page, complaints };
}

const choose = (page, name) => page.getByRole('tab', { name, exact: true }).click();

async function run(page) {
  await page.locator('#why-run').click();
  await page.locator('.why-figure[aria-busy=false]').waitFor({ timeout: 120_000 });
  return readFigure(page);
}

/** The rows as data: names, what is drawn, what is said. */
function readFigure(page) {
  return page.locator('.why-figure').evaluate((figure) => ({
    finding: figure.querySelector('figcaption').textContent.trim(),
    legend: [...figure.querySelectorAll('.why-legend li')].map((item) => item.textContent.trim()),
    rows: [...figure.querySelectorAll('tr')].map((row) => ({
      name: row.querySelector('th').textContent.trim(),
      parts: [...row.querySelectorAll('.part')].map((part) =>
        Number(part.style.getPropertyValue('--p')),
      ),
      text: row.querySelector('.why-text').textContent.trim(),
    })),
  }));
}

test('every experiment runs, and says what it found', async () => {
  const { page, complaints } = await openSentiment();
  const counts = {
    Calibrate: 6,
    Shots: 5,
    Order: 24,
    Labels: 5,
    Examples: 4,
    Format: 4,
    Parts: 9,
  };
  for (const [name, count] of Object.entries(counts)) {
    await choose(page, name);
    assert.equal(await page.locator('.why-figure').count(), 0, `${name} has a figure of its own`);
    const { rows, finding } = await run(page);
    assert.equal(rows.length, count, name);
    assert.ok(finding.length > 20, `${name}: ${finding}`);
    for (const { parts, text } of rows) {
      assert.notEqual(text, '');
      if (parts.length === 0) continue;
      const sum = parts.reduce((sum, part) => sum + part, 0);
      assert.ok(Math.abs(sum - 1) < 1e-9, `${name}: posteriors sum to ${sum}`);
    }
  }
  assert.deepEqual(complaints, []);
  await page.close();
});

test('what is calibrated is the distribution that the table shows', async () => {
  const { page } = await openSentiment();
  const { rows: tokens } = await readTable(page);
  const p = (word) => tokens.find(({ token }) => token.includes(word)).p;
  const [negative, positive] = [p('Negative'), p('Positive')];
  const { legend, rows } = await run(page);
  assert.deepEqual(legend, ['Negative', 'Positive']);
  const [asked] = rows;
  assert.ok(Math.abs(asked.parts[1] - positive / (negative + positive)) < 1e-6, 'as asked');
  const odds = (row) => row.parts[1] / row.parts[0];
  // Each content-free posterior is averaged with its mass, so the calibrated odds lie among the quotients.
  const quotients = rows.slice(1, 4).map((row) => odds(asked) / odds(row));
  const calibrated = odds(rows[4]);
  assert.ok(calibrated >= Math.min(...quotients) && calibrated <= Math.max(...quotients));
  await page.close();
});

test('scores may be compared under other rules and against a reference', async () => {
  const { page } = await openSentiment();
  await choose(page, 'Format');
  const { rows: plain } = await run(page);
  await page.getByLabel('Compare against').selectOption('contentFree');
  assert.equal(await page.locator('.why-figure').count(), 0, 'what was asked otherwise is gone');
  const { rows: compared } = await run(page);
  assert.notDeepEqual(compared[0].parts, plain[0].parts);
  await choose(page, 'Calibrate');
  assert.equal(await page.getByLabel('Compare against').count(), 0);
  const { rows: calibrated } = await run(page);
  const difference = Math.abs(calibrated[4].parts[0] - compared[0].parts[0]);
  assert.ok(difference < 1e-9, 'the first format, compared, is what the calibration says');
  await page.close();
});

test('rows that are pasted are evaluated, and leakage is said', async () => {
  const { page } = await openSentiment();
  await choose(page, 'Evaluate');
  assert.ok(await page.locator('#why-run').isDisabled(), 'there is nothing to evaluate');
  const rows = page.getByLabel('Rows to evaluate');
  await rows.fill('text\tlabel\nA joy from start to end.\tPositive\nA waste of time.\tNegative');
  const { rows: curve } = await run(page);
  assert.deepEqual(
    curve.map(({ name }) => name),
    ['0 shots', '1 shot', '2 shots', '4 shots'],
  );
  for (const { parts, text } of curve) {
    assert.match(text, /of 2 right$/);
    assert.ok([0, 0.5, 1].includes(parts[0]));
  }
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save shotglass.jsonl' }).click();
  const lines = readFileSync(await (await saved).path(), 'utf8')
    .trim()
    .split('\n');
  assert.equal(lines.length, 2 * 4, 'a line for each row and number of shots');
  for (const line of lines) assert.equal(JSON.parse(line).arguments.length, 2);

  await rows.fill(
    'text,label\nI would gladly watch it again tomorrow.,Positive\nA waste of time.,Negative',
  );
  await page.locator('#why-run').click();
  const alert = page.locator('.why-panel [role=alert]');
  await alert.waitFor();
  assert.match(await alert.textContent(), /row 1/i);
  await page.close();
});

test('by keyboard, and stopped half-way', async () => {
  const { page, complaints } = await openSentiment();
  await page.getByRole('tab', { name: 'Calibrate' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  const order = page.getByRole('tab', { name: 'Order' });
  assert.equal(await order.getAttribute('aria-selected'), 'true');
  assert.ok(await order.evaluate((tab) => tab === document.activeElement));

  await page.locator('#why-run').press('Enter');
  await page.locator('.why-figure tr').nth(2).waitFor();
  await page.locator('#why-stop').press('Enter');
  const { rows, finding } = await readFigure(page);
  assert.ok(rows.length >= 3 && rows.length < 24, `${rows.length} rows were found by then`);
  assert.match(finding, /Stopped/);

  // The labels are a field like any other: one is not enough, and the reader hears why.
  await page.getByLabel('Answers to compare').fill('Positive');
  await page.keyboard.press('Tab');
  assert.ok(await page.locator('#why-run').isDisabled());
  assert.match(await page.locator('.why-controls').textContent(), /at least two/);
  assert.deepEqual(complaints, []);
  await page.close();
});

for (const [width, colorScheme] of [
  [390, 'dark'],
  [1280, 'light'],
]) {
  test(`nothing is in the way of anyone: ${width} px, ${colorScheme}`, async () => {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
    const { page } = await openSentiment({}, context);
    for (const name of ['Shots', 'Examples']) {
      await choose(page, name);
      await run(page);
      const { violations } = await new AxeBuilder({ page }).analyze();
      assert.deepEqual(
        violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`),
        [],
      );
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${wide} px wide`);
      const leaves = await page.locator('.why-panel').evaluate((panel) => {
        const end =
          panel.getBoundingClientRect().right - parseFloat(getComputedStyle(panel).paddingRight);
        const all = [...panel.querySelectorAll('*')];
        return all
          .filter((one) => one.getBoundingClientRect().right > end + 1)
          .map((one) => one.outerHTML);
      });
      assert.deepEqual(leaves, [], 'all of it lies within its panel');
    }
    await context.close();
  });
}
