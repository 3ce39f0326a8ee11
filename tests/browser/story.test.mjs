// The story under the columns: readable without a model, and live with one.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { analyze } from '../support/axe.mjs';
import { loadModel, useLab } from './lab.mjs';

const lab = useLab();
let page;
before(async () => {
  page = await lab.open();
  await page.locator('lab-story').waitFor();
});

async function noViolations() {
  const { violations } = await analyze(page, 'lab-story');
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`),
    [],
  );
}

/** What the chosen token attends to, as the table has it. */
const readShares = () =>
  page.locator('.attended').evaluate((table) => ({
    caption: table.caption.textContent,
    shares: [...table.querySelectorAll('data')].map(({ value }) => Number(value)),
    rows: [...table.querySelectorAll('tbody th')].map((th) => th.textContent.trim()),
  }));
const settledShares = () => page.locator('.attended[aria-busy="false"]').waitFor();
const chosen = () =>
  page
    .locator('.attention-strip [aria-selected="true"]')
    .evaluate(({ dataset }) => Number(dataset.index));
const sumOf = (numbers) => numbers.reduce((sum, number) => sum + number, 0);

test('without a model: every claim has its source', async () => {
  const links = await page.locator('lab-story a').evaluateAll((all) => all.map(({ href }) => href));
  assert.ok(links.length > 3);
  for (const link of links) {
    assert.match(link, /^https:\/\/(arxiv\.org\/abs\/\d{4}\.\d{5}|huggingface\.co\/)/);
  }
  assert.ok(await page.locator('.triangle svg').isVisible());
  assert.equal(await page.locator('.attention-strip').count(), 0, 'there is nothing to show yet');
  assert.match(await page.locator('.attention-live').textContent(), /Load the model/);
});

test('the triangle is filled up to its diagonal', async () => {
  const rows = await page.locator('.triangle rect').evaluateAll((all) => {
    const rows = new Map();
    for (const rect of all) {
      const row = rows.get(rect.y.baseVal.value) ?? [];
      row.push(rect.classList.contains('may'));
      rows.set(rect.y.baseVal.value, row);
    }
    return [...rows.values()];
  });
  assert.equal(rows.length, 7);
  rows.forEach((row, at) => {
    assert.deepEqual(
      row,
      row.map((_, column) => column <= at),
    );
  });
});

test('the small multiples say their numbers, in the picture and in the table', async () => {
  const pictures = page.locator('.scale-multiple svg[role=img]');
  assert.equal(await pictures.count(), 4);
  assert.match(
    await pictures.first().getAttribute('aria-label'),
    /zero 76\.9, one 99\.6, few 100\.0/,
  );
  // What the paper's table does not have at hand is neither drawn nor made up.
  const last = pictures.last();
  assert.equal(await last.locator('[data-size=large] circle').count(), 1);
  assert.equal(await last.locator('[data-size=small] circle').count(), 3);
  await page.locator('.story summary').press('Enter');
  const cells = await page
    .locator('.scale-table tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) => [...row.querySelectorAll('.numeral')].map((cell) => cell.textContent)),
    );
  assert.deepEqual(cells[0], ['76.9', '99.6', '100.0']);
  assert.deepEqual(cells[3], ['4.15', '4.19', '6.96']);
  assert.deepEqual(cells[6], ['–', '–', '71.8']);
  assert.match(await page.locator('.story details').textContent(), /transcribed from Table H\.1/);
});

for (const colorScheme of ['light', 'dark']) {
  test(`without a model, nothing is in the way of anyone: ${colorScheme}`, async () => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 900 });
      await noViolations();
      const wide = await page.locator('lab-story').evaluate((story) => story.scrollWidth);
      assert.ok(wide <= width, `${wide} px wide`);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  });
}

test('with a model, the last token tells what it attends to', async () => {
  await loadModel(page);
  await page.locator('lab-attention').scrollIntoViewIfNeeded();
  await settledShares();
  const cells = await page.locator('.attention-strip .cell').count();
  assert.equal(await chosen(), cells - 1);
  const { shares, rows } = await readShares();
  assert.ok(Math.abs(sumOf(shares) - 1) < 1e-4, `${sumOf(shares)}`);
  assert.match(rows[0], /the first token/);
  assert.match(rows[1], /the token itself/);
  assert.match(rows.at(-1), /other tokens/);
  assert.equal(await page.locator('.attention-strip .ahead').count(), 0);
  assert.equal(await page.locator('.attention-strip .sink').count(), 1, 'the sink is marked');
  assert.match(await page.locator('.attention-scale').textContent(), /attention sink/);
});

test('by mouse and by keyboard another token is chosen, and nothing ahead of it is read', async () => {
  await page.locator('.attention-strip .cell').nth(5).click();
  await settledShares();
  assert.equal(await chosen(), 5);
  const cells = await page.locator('.attention-strip .cell').count();
  assert.equal(await page.locator('.attention-strip .ahead').count(), cells - 6);
  const { shares, caption } = await readShares();
  assert.ok(Math.abs(sumOf(shares) - 1) < 1e-4);

  await page.keyboard.press('ArrowLeft');
  await settledShares();
  assert.equal(await chosen(), 4);
  assert.notEqual((await readShares()).caption, caption);
  assert.equal(
    await page.evaluate(() => document.activeElement.dataset.index),
    '4',
    'the focus goes with it',
  );
  await page.keyboard.press('Home');
  await settledShares();
  assert.equal(await chosen(), 0);
  const { shares: first } = await readShares();
  assert.equal(first.length, 1);
  assert.ok(Math.abs(first[0] - 1) < 1e-6, 'the first token has only itself to read');
  assert.equal(await page.locator('.attention-strip [tabindex="0"]').count(), 1);
  await page.keyboard.press('End');
  await settledShares();
});

test('a layer of its own, and all of them again', async () => {
  const { shares: all } = await readShares();
  const layer = page.locator('lab-attention select').first();
  assert.equal(await layer.locator('option').count(), 31);
  await layer.selectOption('0');
  const { shares: first } = await readShares();
  assert.ok(Math.abs(sumOf(first) - 1) < 1e-4);
  assert.notDeepEqual(first, all);
  await layer.selectOption('');
  assert.deepEqual((await readShares()).shares, all);
});

test('an edit is followed, and read from its end', async () => {
  await page.locator('.attention-strip .cell').nth(2).click();
  await settledShares();
  await page.locator('#query').fill('whisper quietly');
  await page.locator('lab-attention').scrollIntoViewIfNeeded();
  await page.locator('.attention-strip', { hasText: 'quiet' }).waitFor();
  await settledShares();
  const cells = await page.locator('.attention-strip .cell').count();
  assert.equal(await chosen(), cells - 1);
  const { shares } = await readShares();
  assert.ok(Math.abs(sumOf(shares) - 1) < 1e-4);
});

for (const colorScheme of ['light', 'dark']) {
  test(`with a model, nothing is in the way of anyone: ${colorScheme}`, async () => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 900 });
      await noViolations();
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  });
}

test('the story is told in Chinese, too', async () => {
  await page.getByLabel('Language').selectOption('zh-Hans');
  await page.getByRole('heading', { name: '背后的故事' }).waitFor();
  assert.match(await page.locator('.attended caption').textContent(), /注意力/);
});
