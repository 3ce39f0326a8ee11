// Figures that leave the page: each is saved once, with the numbers that the page has, and as a picture that is one.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { bytesOf, copied, loadModel, settled, useLab } from './lab.mjs';

const lab = useLab();
const Papa = createRequire(new URL('../../pkg/package.json', import.meta.url))('papaparse');
const clipboard = { permissions: ['clipboard-read', 'clipboard-write'] };
const hostile = '<script>alert(1)</script> & "a" \u202eb';

const menuOf = (page, name) => page.getByRole('button', { name: `Save figure: ${name}` });

/** Chooses an entry of the menu of a figure, and waits for the file. */
async function saved(page, name, entry) {
  await menuOf(page, name).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: entry }).click(),
  ]);
  return { file: download.suggestedFilename(), bytes: await bytesOf(download) };
}

async function rowsOf(page, name) {
  const { file, bytes } = await saved(page, name, /^CSV/);
  const { data, errors } = Papa.parse(bytes.toString(), {
    ...{ header: true, skipEmptyLines: true, newline: '\r\n' },
  });
  assert.deepEqual(errors, []);
  return { file, rows: data, values: data.map(({ value }) => Number(value)) };
}

/** What a browser makes of an SVG as a document of its own. */
const readSvg = (page, bytes) =>
  page.evaluate((text) => {
    const { documentElement: svg } = new DOMParser().parseFromString(text, 'image/svg+xml');
    return {
      isBroken: svg.querySelector('parsererror') !== null || svg.nodeName !== 'svg',
      scripts: svg.querySelectorAll('script').length,
      size: [svg.getAttribute('width'), svg.getAttribute('height')].map(Number),
      text: svg.textContent,
    };
  }, bytes.toString());

/** How large a PNG is, and how many colours its pixels have. */
const readPng = (page, bytes) =>
  page.evaluate(
    async (bytes) => {
      const image = await createImageBitmap(
        new Blob([Uint8Array.from(bytes)], { type: 'image/png' }),
      );
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.width, image.height);
      return {
        size: [image.width, image.height],
        colours: new Set(new Uint32Array(data.buffer)).size,
      };
    },
    [...bytes],
  );

describe('on the real model', () => {
  let page;
  before(async () => {
    page = await lab.open(clipboard);
    await loadModel(page);
    await page.getByLabel('Task').selectOption('sentiment');
    await page.getByLabel('Shots', { exact: true }).fill('2');
    await page.locator('#query').fill(hostile);
    await settled(page);
  });
  after(async () => {
    await page?.context().close();
  });

  const stateOf = (element, read) => page.locator(element).evaluate(read);
  const choose = (name) =>
    page.locator('.why-tabs').getByRole('tab', { name, exact: true }).click();
  async function run() {
    await page.locator('#why-run').click();
    await page.locator('#why-run').waitFor({ timeout: 120_000 });
    await page.locator('.why-figure[aria-busy=false]').waitFor();
  }
  const figure = () => stateOf('lab-why', (why) => why.jobState.result);

  test('the labels: the CSV has the numbers of the page, and how they came about', async () => {
    await page.locator('#view-labels').click();
    const { file, rows, values } = await rowsOf(page, 'Probability of the labels');
    assert.equal(file, 'shotglass-labels.csv');
    const labels = await stateOf('lab-answer', (answer) => answer.classification.result.labels);
    assert.deepEqual(values, [
      ...labels.map(({ p }) => p),
      ...labels.map(({ logprob }) => Math.exp(logprob)),
    ]);
    const info = await stateOf('lab-why', ({ info }) => info);
    for (const row of rows) {
      assert.equal(row.model_sha256, info.sha256);
      assert.equal(row.activation_bits, String(info.activationBits));
      assert.deepEqual([row.shots, row.query, row.rule], ['2', hostile, 'sum']);
    }
  });

  test('the tokens: as SVG, which is one, and as PNG of twice its size', async () => {
    await page.locator('#view-tokens').click();
    const { values } = await rowsOf(page, 'Most likely next tokens');
    const { candidates, rest } = await stateOf(
      'lab-answer',
      (answer) => answer.jobState.result.prediction,
    );
    assert.deepEqual(values, [...candidates.map(({ p }) => p), rest.p]);
    const { file, bytes } = await saved(page, 'Most likely next tokens', /^SVG/);
    assert.equal(file, 'shotglass-tokens.svg');
    const svg = await readSvg(page, bytes);
    assert.deepEqual([svg.isBroken, svg.scripts, svg.size[0]], [false, 0, 640]);
    assert.ok(svg.text.includes('<script>alert(1)</script> & "a" U+202Eb'), svg.text);
    const png = await saved(page, 'Most likely next tokens', /^PNG/);
    assert.equal(png.file, 'shotglass-tokens.png');
    const { size, colours } = await readPng(page, png.bytes);
    assert.deepEqual(size, [1280, 2 * svg.size[1]]);
    assert.ok(colours > 20, `${colours} colours`);
  });

  test('the words and the ladder', async () => {
    await page.locator('#view-words').click();
    await page.locator('lab-tree [aria-busy=false]').waitFor({ timeout: 60_000 });
    const words = await rowsOf(page, 'Most likely next words');
    const root = await stateOf('lab-answer', ({ tree }) => tree.result.branches.get(''));
    assert.deepEqual(words.values, [...root.words.map(({ p }) => p), root.rest]);
    await page.waitForFunction(() =>
      document.querySelector('lab-ladder').ladder.columns.every(({ p }) => p !== null),
    );
    const ladder = await rowsOf(page, 'Probability of “');
    const columns = await stateOf('lab-ladder', ({ ladder }) => ladder.columns);
    assert.deepEqual(ladder.values, [
      ...columns.map(({ p }) => p),
      ...columns.map(({ posterior }) => posterior),
    ]);
    assert.deepEqual(
      ladder.rows.slice(0, columns.length).map(({ shots }) => Number(shots)),
      columns.map(({ k }) => k),
    );
  });

  test('the experiments', async () => {
    const valuesOf = {
      Examples: ({ effects }) => effects.map(({ nats }) => nats),
      Order: ({ orders }) => orders.map(({ p }) => p),
      Labels: ({ variants }) =>
        [0, 1].flatMap((i) => variants.map(({ reading }) => reading.answers[i].p)),
      Calibrate: ({ answers }) =>
        ['asked', 'empty', 'calibrated'].flatMap((kind) => answers.map((one) => one[kind])),
      Format: ({ about, formats }) =>
        formats.map(({ reading }) => reading.answers.find(({ name }) => name === about).p),
    };
    for (const [name, of] of Object.entries(valuesOf)) {
      await choose(name);
      await run();
      const { values, rows } = await rowsOf(page, name);
      const expected = of(await figure());
      assert.deepEqual(values.toSorted(), expected.toSorted(), name);
      assert.equal(rows[0].shots, '2');
      const { bytes } = await saved(page, name, /^SVG/);
      const svg = await readSvg(page, bytes);
      assert.deepEqual([svg.isBroken, svg.scripts], [false, 0], name);
    }
  });

  test('a figure that is out of date says how it came about, not how the page is now', async () => {
    await page.locator('#query').fill('Another query.');
    await settled(page);
    await page.locator('.why-figure.old').waitFor();
    const { rows } = await rowsOf(page, 'Format');
    assert.equal(rows[0].query, hostile);
  });

  test('an evaluation: the curve, the confusion matrix and the reliability diagram', async () => {
    await choose('Evaluate');
    await page.locator('.rows-paste').evaluate((details) => {
      details.open = true;
    });
    await page
      .getByLabel('Rows to evaluate')
      .fill('text,label\nA joy from start to end.,Positive\nA waste of time.,Negative');
    await page.getByText('2 rows', { exact: true }).waitFor();
    for (const k of [2, 4, 8])
      await page.getByRole('checkbox', { name: String(k), exact: true }).uncheck();
    await run();
    const { evaluation } = await figure();
    const cell = evaluation.cells.at(-1);
    const curve = await rowsOf(page, 'Evaluate');
    assert.deepEqual(
      curve.values,
      evaluation.curve.map(({ mean }) => mean),
    );
    assert.deepEqual(
      curve.rows.map(({ low, high }) => ({ low: Number(low), high: Number(high) })),
      evaluation.curve.map(({ interval }) => interval),
    );
    assert.deepEqual([curve.rows[0].rows, curve.rows[0].seeds], ['2', '0']);
    const confusion = await rowsOf(page, 'Confusion matrix');
    const { confusion: counts, reliability } = cell.labels;
    assert.deepEqual(
      confusion.values,
      [0, 1].flatMap((predicted) => counts.map((row) => row[predicted])),
    );
    const diagram = await rowsOf(page, 'Reliability: accuracy by confidence');
    const empty = (value) => (value === null ? 0 : value);
    assert.deepEqual(diagram.values, [
      ...reliability.map(({ accuracy }) => empty(accuracy)),
      ...reliability.map(({ confidence }) => empty(confidence)),
    ]);
    for (const name of ['Evaluate', 'Confusion matrix', 'Reliability: accuracy by confidence']) {
      const { bytes } = await saved(page, name, /^PNG/);
      const { size, colours } = await readPng(page, bytes);
      assert.ok(size[0] === 1280 && colours > 20, `${name}: ${size}, ${colours} colours`);
    }
  });

  test('by keyboard, the methods line is copied', async () => {
    const button = menuOf(page, 'Evaluate');
    await button.focus();
    await page.keyboard.press('ArrowUp');
    assert.equal(
      await page.evaluate(() => document.activeElement.textContent.trim()),
      'Copy methods line',
    );
    await page.keyboard.press('Enter');
    await page.getByRole('status').filter({ hasText: 'Copied' }).waitFor();
    assert.ok(await button.evaluate((one) => one === document.activeElement));
    const line = await copied(page);
    assert.match(line, /^SmolLM2.* \(SHA-256 [0-9a-f]{8}…\), \d+-bit activations; k = 0, 1 of /);
    assert.match(line, /2 rows evaluated; seed 0; 1 order of each draw; .*; shotglass \d[^;]*\.$/);
    const { width, height } = await button.boundingBox();
    assert.ok(width >= 24 && height >= 24, `${width} × ${height}`);
  });
});

test('what is recorded is saved before there is a model, in the language of the page', async () => {
  const page = await lab.open({ ...clipboard, locale: 'zh-CN' });
  await page.locator('.rung').first().waitFor();
  const menu = page.getByRole('button', { name: /^保存图表：.*horses/ });
  await menu.click();
  await page.getByRole('menuitem', { name: '复制方法说明' }).click();
  await page.getByRole('status').filter({ hasText: '已复制' }).waitFor();
  const line = await copied(page);
  assert.match(
    line,
    /^SmolLM2.*（SHA-256 [0-9a-f]{8}…），激活值 \d+ 位；k = 0–10，共有 10 个示例；模板“Q: /,
  );
  await menu.click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /^SVG/ }).click(),
  ]);
  const svg = await readSvg(page, await bytesOf(download));
  assert.equal(svg.isBroken, false);
  assert.ok(svg.text.includes('查询：horse'), svg.text);
});

test('what the browser cannot do is a sentence, and the line can still be copied by hand', async () => {
  const page = await lab.open();
  await page.locator('.rung').first().waitFor();
  await page.evaluate(() => {
    HTMLCanvasElement.prototype.toBlob = (callback) => callback(null);
    navigator.clipboard.writeText = () => Promise.reject(new Error('denied'));
  });
  const note = page.locator('lab-ladder [role=alert]');
  await menuOf(page, 'Probability of “').click();
  await page.getByRole('menuitem', { name: /^PNG/ }).click();
  await note.filter({ hasText: 'Save it as SVG instead' }).waitFor();
  await menuOf(page, 'Probability of “').click();
  await page.getByRole('menuitem', { name: 'Copy methods line' }).click();
  await note.filter({ hasText: 'k = 0–10 of 10 examples' }).waitFor();
  await note.getByRole('button', { name: 'Close' }).click();
  assert.equal(await note.count(), 0);
});
