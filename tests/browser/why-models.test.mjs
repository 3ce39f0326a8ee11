// Why → Models: recorded lines before any download, live ones beside them, and what a reader can take along.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { bytesOf, loadModel, settled, useLab, wayCheck } from './lab.mjs';

const lab = useLab();
const Papa = createRequire(new URL('../../pkg/package.json', import.meta.url))('papaparse');
const figure = '.why-figure[data-experiment="models"]';

const choose = (page, name) =>
  page.locator('.why-tabs').getByRole('tab', { name, exact: true }).click();

/** The rows of the table of models: name, origin, and the numbers behind the cells. */
const rowsOf = (page) =>
  page.locator('.models-table tbody tr').evaluateAll((rows) =>
    rows.map((row) => ({
      name: row
        .querySelector('th')
        .firstChild.parentElement.textContent.replace(/\s+/g, ' ')
        .trim(),
      origin: row.dataset.origin,
      cells: [...row.querySelectorAll('td')].map((td) =>
        td.textContent.replace(/\s+/g, ' ').trim(),
      ),
      values: [...row.querySelectorAll('data')].map(({ value }) => Number(value)),
    })),
  );

const isDefault = ({ name }) => name.includes('SmolLM2-135M-Instruct');

async function run(page) {
  await page.locator('#why-run').click();
  await page.locator('#why-run').waitFor({ timeout: 120_000 });
  await page.locator(`${figure}[aria-busy=false]`).waitFor();
}

describe('before any download', () => {
  let page;
  before(async () => {
    page = await lab.open({ link: '?preset=sentiment' });
    await choose(page, 'Models');
    await page.locator(figure).waitFor();
  });
  after(() => page?.context().close());

  test('recorded lines are there, each with its model, and say that they are recorded', async () => {
    const rows = await rowsOf(page);
    assert.ok(rows.length >= 2, `${rows.length} models`);
    assert.ok(rows.every(({ origin }) => origin === 'recorded'));
    const own = rows.find(isDefault);
    assert.match(own.name, /^\d SmolLM2-135M-Instruct Q4_1 instruct · recorded$/);
    assert.deepEqual(own.cells.slice(0, 3), ['135M', '2T', '98 MB']);
    assert.match(rows.at(-1).name, /Gemma-3-270M Q4_K_M base/, 'the largest stands last');
    assert.equal(
      await page.locator(`${figure} .model-line[data-origin="recorded"]`).count(),
      rows.length,
    );
    const names = await page.locator('.models-names span').allTextContents();
    assert.deepEqual(
      names,
      rows.map(({ cells }, at) => `${at + 1} · ${cells[0]}`),
    );
    const finding = await page.locator('.why-finding').textContent();
    assert.match(finding, /^With 8 examples: .* correct for .*, .* for Gemma-3-270M.* points/);
    assert.match(await page.locator('.models-recorded').textContent(), /same rows/);
    assert.match(await page.locator('#why-state').textContent(), /Load the model/);
    assert.equal(await page.locator('#why-run').textContent(), 'Run', 'nothing has been run yet');
    assert.equal(
      await page.locator('.calibration-choice').count(),
      0,
      'nothing is calibrated here',
    );
  });

  test('the line is where its number is', async () => {
    const [{ values }] = await rowsOf(page);
    const last = await page
      .locator(`${figure} .model-line`)
      .first()
      .locator('circle')
      .last()
      .getAttribute('cy');
    assert.ok(Math.abs(100 * (1 - values[0]) - Number.parseFloat(last)) < 0.01);
    await page.locator(`${figure} details summary`).click();
    const rows = await page.locator('.models-numbers tbody tr').count();
    assert.equal(rows, 5 * (await rowsOf(page)).length, 'five numbers of shots for each');
  });

  test('another number of draws draws other numbers, and what is not recorded is not shown', async () => {
    const before = (await rowsOf(page)).find(isDefault);
    await page.locator('select[name=seeds]').selectOption('3');
    await page.locator('.models-numbers th', { hasText: 'sd' }).waitFor({ state: 'attached' });
    const after = (await rowsOf(page)).find(isDefault);
    assert.notDeepEqual(after.values, before.values);
    await page.locator('select[name=seeds]').selectOption('10');
    await page.locator('.models-none').waitFor();
    assert.equal(await page.locator(figure).count(), 0);
    await page.locator('select[name=seeds]').selectOption('1');
    await page.locator(figure).waitFor();
  });

  test('a task without recorded models says what to do', async () => {
    await page.getByLabel('Task').selectOption('arithmetic');
    await page.locator('.models-none').waitFor();
    assert.match(await page.locator('.models-none').textContent(), /Load a model and press Run/);
    await page.getByLabel('Task').selectOption('sentiment');
    await page.locator(figure).waitFor();
  });

  test('the story leads to it', async () => {
    await choose(page, 'Order');
    await page.locator('#scale-live').click();
    await page.locator(figure).waitFor();
    const tab = page.locator('.why-tabs').getByRole('tab', { name: 'Models' });
    assert.equal(await tab.getAttribute('aria-selected'), 'true');
    assert.ok(await tab.evaluate((one) => one === document.activeElement));
    await page.waitForFunction(() => {
      const { top, bottom } = document.getElementById('why-tab-models').getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    });
  });

  test('nothing is in the way at any width, in the dark, in Chinese, by keyboard', async () => {
    for (const width of [320, 390, 820, 2560]) {
      await page.setViewportSize({ width, height: 900 });
      await wayCheck(page, width, 'lab-why')(`${width} px`);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await wayCheck(page, 1280, 'lab-why')('dark');
    await page.emulateMedia({ colorScheme: 'light' });
    const scroll = page.locator('.models-table').locator('..');
    await scroll.focus();
    assert.ok(await scroll.evaluate((one) => one === document.activeElement), 'it can be scrolled');
    await page.getByLabel('Language').selectOption('zh-Hans');
    await page.locator('.why-finding', { hasText: /^8 个示例：.*的正确率为/ }).waitFor();
    await wayCheck(page, 1280, 'lab-why')('Chinese');
  });
});

describe('with a model', () => {
  let page;
  before(async () => {
    page = await lab.open({ link: '?preset=sentiment' });
    await loadModel(page);
    await choose(page, 'Models');
    await page.locator(figure).waitFor();
  });
  after(() => page?.context().close());

  test('its live line takes the place of its recorded one, with the same numbers', async () => {
    const recorded = await rowsOf(page);
    await run(page);
    const live = await rowsOf(page);
    const isOther = (row) => !isDefault(row);
    assert.deepEqual(live.filter(isOther), recorded.filter(isOther));
    const [before, after] = [recorded, live].map((rows) => rows.find(isDefault));
    assert.deepEqual([before.origin, after.origin], ['recorded', 'live']);
    assert.equal(after.values[0], before.values[0], 'accuracy');
    assert.ok(Math.abs(after.values[1] - before.values[1]) < 1e-4, 'P(answer)');
    const state = await page
      .locator('lab-why')
      .evaluate(
        ({ jobState }) => jobState.result.models.find(({ origin }) => origin === 'live').query,
      );
    assert.deepEqual(
      state.map(({ k }) => k),
      [0, 1, 2, 4, 8],
    );
  });

  test('it is the accuracy that Evaluate finds, and the posterior of the answer', async () => {
    const models = await page.locator('lab-why').evaluate(({ jobState }) => {
      const { curve, query } = jobState.result.models.find(({ origin }) => origin === 'live');
      return { curve, at4: query.find(({ k }) => k === 4).p };
    });
    await page.locator('#view-labels').click();
    const p = await page
      .locator('lab-answer')
      .evaluate(
        ({ classification }) =>
          classification.result.labels.find(({ label }) => label === 'Positive').p,
      );
    assert.ok(Math.abs(models.at4 - p) < 1e-9, 'four shots are those of the prompt');
    await choose(page, 'Evaluate');
    const shots = (k) => page.getByRole('checkbox', { name: String(k), exact: true });
    for (const k of [0, 2, 4]) await shots(k).uncheck();
    await page.locator('#why-run').click();
    await page
      .locator('.why-figure[data-experiment=evaluate][aria-busy=false]')
      .waitFor({ timeout: 120_000 });
    const evaluated = await page
      .locator('lab-why')
      .evaluate(({ jobState }) => jobState.result.evaluation.curve);
    assert.deepEqual(
      evaluated.map(({ shots }) => shots),
      [1, 8],
    );
    assert.deepEqual(
      models.curve.filter(({ shots }) => shots === 1 || shots === 8),
      evaluated,
    );
    for (const k of [0, 2, 4]) await shots(k).check();
    await choose(page, 'Models');
  });

  test('another query asks for its answer alone', async () => {
    await page.locator('#query').fill('A mess from start to finish.');
    await settled(page);
    await page.locator('.models-table thead th:nth-child(6)').waitFor({ state: 'detached' });
    await page.evaluate(() => {
      window.posted = 0;
      const { postMessage } = Worker.prototype;
      Worker.prototype.postMessage = function (...message) {
        window.posted++;
        return postMessage.apply(this, message);
      };
    });
    await run(page);
    const posted = await page.evaluate(() => window.posted);
    assert.ok(posted < 24 * 5, `${posted} calls, although the rows are known`);
    const rows = await rowsOf(page);
    assert.equal(rows.find(isDefault).values.length, 2);
    assert.equal(rows.at(-1).cells.at(-1), '–', 'not recorded for this query');
    const head = await page.locator('.models-table thead').textContent();
    assert.match(head, /P\(Negative\)/);
  });

  test('it can be stopped, and goes on where it was', async () => {
    await page.locator('select[name=seeds]').selectOption('10');
    await page.locator('#why-run').click();
    await page.locator('#why-stop').waitFor();
    await page.locator('.why-state progress').waitFor();
    await page.waitForFunction(() => document.querySelector('.why-state progress')?.value > 10);
    await page.locator('#why-stop').click();
    await page.locator('#why-run').waitFor();
    assert.match(await page.locator('.why-note').first().textContent(), /Stopped/);
    await page.locator('select[name=seeds]').selectOption('1');
    await page.locator(`${figure} .model-line[data-origin=live]`).waitFor();
  });

  test('what was measured is saved: rows as JSON Lines and CSV, the figure as a table and a picture', async () => {
    const download = async (act) => {
      const [file] = await Promise.all([page.waitForEvent('download'), act()]);
      return { name: file.suggestedFilename(), text: (await bytesOf(file)).toString() };
    };
    const press = (name) => () => page.getByRole('button', { name: `Save ${name}` }).click();
    const stem = 'shotglass-smollm2-135m-instruct-q4-1';
    const jsonl = await download(press(`${stem}.jsonl`));
    assert.equal(jsonl.text.trim().split('\n').length, 24 * 5);
    const entry = (name) => async () => {
      await page.getByRole('button', { name: 'Save figure: Models' }).click();
      await page.getByRole('menuitem', { name }).click();
    };
    const csv = await download(entry(/^CSV/));
    const { data, errors } = Papa.parse(csv.text, {
      ...{ header: true, skipEmptyLines: true, newline: '\r\n' },
    });
    assert.deepEqual(errors, []);
    assert.deepEqual(
      [...new Set(data.map(({ model, origin }) => `${model} ${origin}`))].slice(-2),
      ['SmolLM2-135M-Instruct Q4_1 live', 'Gemma-3-270M Q4_K_M recorded'],
    );
    assert.ok(data.every(({ model_sha256: sha256 }) => /^[0-9a-f]{64}$/.test(sha256)));
    const { text } = await download(entry(/^SVG/));
    assert.match(text, /\d · 135M SmolLM2-135M-Instruct Q4_1 \(live\)/);
    assert.match(text, /\d · 268M Gemma-3-270M Q4_K_M \(recorded\)/);
  });

  test('it is there after a reload, without being asked again', async () => {
    await page.reload();
    await page.locator(`${figure} .model-line[data-origin=live]`).waitFor({ timeout: 60_000 });
    assert.equal((await rowsOf(page)).find(isDefault).origin, 'live');
  });
});
