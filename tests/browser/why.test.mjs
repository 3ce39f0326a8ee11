// The experiments in the lab, on the real model and a task with labels: what each shows, and that nothing is in the way.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { analyze } from '../support/axe.mjs';
import { bytesOf, readTable, settled, useLab } from './lab.mjs';
import { cells, choose, finding, openTask, paste, run, shares, textOf } from './why.mjs';

const lab = useLab();

const number = (text) => Number(text.replace('−', '-').replace('%', ''));

/** Narrow and dark, wide and light: nothing of the panel is in the way of anyone. */
async function clean(page, state) {
  for (const [width, colorScheme] of [
    [320, 'dark'],
    [1280, 'light'],
  ]) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    const { violations } = await analyze(page, '.why-panel');
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${state}, ${width} px: ${id}: ${nodes[0].html}`),
      [],
    );
    const leaves = await page.locator('.why-panel').evaluate((panel) => {
      const end =
        panel.getBoundingClientRect().right - parseFloat(getComputedStyle(panel).paddingRight);
      const all = [...panel.querySelectorAll('*')].filter((one) => !one.closest('.scroll'));
      return all
        .filter((one) => one.getBoundingClientRect().right > end + 1)
        .map((one) => one.outerHTML.slice(0, 200));
    });
    assert.deepEqual(leaves, [], `${state} lies within its panel at ${width} px`);
  }
}

describe('a task with labels', () => {
  let page;
  before(async () => {
    page = await openTask(lab, 'sentiment');
  });
  after(async () => {
    await page?.context().close();
  });

  test('each demonstration has an effect, and together they are the whole', async () => {
    await run(page);
    const rows = await cells(page, '.effects tbody .numeral.strong');
    assert.equal(rows.length, 4);
    const together = number((await cells(page, '.effects tfoot .numeral'))[0]);
    const sum = rows.map(number).reduce((a, b) => a + b, 0);
    assert.ok(Math.abs(sum - together) < 0.03, `${rows} and ${together}`);
    const { rows: tokens } = await readTable(page);
    assert.ok((await finding(page)).includes(tokens[0].shown), 'P(answer) is that of the table');
    const drawn = await shares(page, '.effect > span');
    assert.equal(Math.max(...drawn), 1, 'the largest effect fills its side');
  });

  test('what it does is said at the rows of the table, until the prompt changes', async () => {
    const effects = () =>
      page
        .locator('lab-demonstrations .effect-chip')
        .evaluateAll((all) => all.map((one) => [one.textContent, one.dataset.sign]));
    await page.getByRole('radio', { name: 'Every part' }).check();
    await page.getByRole('radio', { name: 'Examples' }).check();
    await page.locator('#query').fill('Another review.');
    await settled(page);
    assert.match(await textOf(page, '.why-note'), /earlier prompt/);
    assert.deepEqual(await effects(), [], 'what is of an earlier prompt is taken back');
    await run(page);
    const shown = await cells(page, '.effects tbody .numeral.strong');
    assert.equal(shown.length, 4, 'a row that the prompt does not show has none');
    const signed = shown.map((text) => [text, text.startsWith('−') ? 'less' : 'more']);
    assert.deepEqual(await effects(), signed);
  });

  test('every part of the prompt has an effect', async () => {
    await page.getByRole('radio', { name: 'Every part' }).check();
    await run(page);
    const names = await cells(page, '.effects tbody th');
    assert.equal(names.length, 9, 'four inputs, four outputs, a query');
    assert.match(names[8], /^query\s+Another review\.$/);
  });

  test('each order is a dot, and the best can be used', async () => {
    await choose(page, 'Order');
    await run(page);
    assert.equal(await page.locator('.orders-strip circle').count(), 24);
    assert.equal(await page.locator('.orders-strip .dot-now').count(), 1);
    const rows = await cells(page, '.choices tr');
    const ps = rows.map((row) => number(row.match(/([\d.]+)%/)[1]));
    assert.deepEqual(
      ps,
      [...ps].sort((a, b) => b - a),
      'from the best to the worst',
    );
    assert.equal(rows.filter((row) => row.startsWith('now')).length, 1);
    const inputs = () =>
      page
        .locator('lab-demonstrations [data-field=input]')
        .evaluateAll((all) => all.map(({ value }) => value));
    const before = await inputs();
    const order = rows
      .findLast((row) => !row.startsWith('now'))
      .match(/[1-4] [1-4] [1-4] [1-4]/)[0];
    await page.getByRole('button', { name: `Use order ${order}` }).click();
    const moved = order.split(' ').map((n) => before[n - 1]);
    assert.deepEqual(await inputs(), [...moved, ...before.slice(4)]);
    assert.match(await textOf(page, '.why-note'), /earlier prompt/);
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    assert.equal(await page.locator('.why-note').count(), 0, 'it is of this prompt again');
  });

  test('five kinds of outputs, each a posterior', async () => {
    await choose(page, 'Labels');
    await run(page);
    const drawn = await shares(page, '.multiples .column');
    assert.equal(drawn.length, 10);
    for (let i = 0; i < drawn.length; i += 2) {
      assert.ok(Math.abs(drawn[i] + drawn[i + 1] - 1) < 1e-9, 'posteriors sum to one');
    }
    assert.match(await finding(page), /^P\((Positive|Negative)\) among the labels is .*%/);
  });

  test('calibrated is as asked, divided by what nothing says', async () => {
    await choose(page, 'Calibrate');
    await run(page);
    const [asked, empty, calibrated, asked2, empty2, calibrated2] = await shares(
      page,
      '.trio .bar > span',
    );
    const odds = asked2 / asked / (empty2 / empty);
    assert.ok(Math.abs(odds / (calibrated2 / calibrated) - 1) < 1e-6);
    const { rows } = await readTable(page);
    const p = (word) => rows.find(({ token }) => token.includes(word)).p;
    assert.ok(Math.abs(asked2 / asked - p('Positive') / p('Negative')) < 1e-4, 'the table agrees');
  });

  test('a tab that was left is as it was, and formats are compared', async () => {
    await choose(page, 'Format');
    assert.equal(await page.locator('.why-figure').count(), 0);
    await run(page);
    const names = await cells(page, '.formats th');
    assert.equal(names.length, 5);
    await choose(page, 'Calibrate');
    assert.equal(await page.locator('.why-figure .trio').count(), 1);
    assert.equal(await page.locator('.why-note').count(), 0);
  });

  test('the answer to look at can be another', async () => {
    await choose(page, 'Labels');
    const predicted = await finding(page);
    const other = predicted.includes('P(Positive)') ? 'Negative' : 'Positive';
    await page.locator('select[name=answer]').selectOption(other);
    assert.match(await textOf(page, '.why-note'), /other settings/);
    await run(page);
    assert.ok((await finding(page)).startsWith(`P(${other}) among the labels is `));
    await page.locator('select[name=answer]').selectOption('');
  });

  test('rows are evaluated: a curve, a matrix, a diagram, and files', async () => {
    await choose(page, 'Evaluate');
    await paste(
      page,
      'text\tlabel\nA joy from start to end.\tPositive\nA waste of time.\tNegative\nI would gladly watch it again tomorrow.\tPositive\nWell.\tNeutral\nno label\t',
    );
    await page.getByText('4 rows', { exact: true }).waitFor();
    assert.match(await textOf(page, 'lab-rows .cautions'), /Line 6/);
    for (const k of [2, 8])
      await page.getByRole('checkbox', { name: String(k), exact: true }).uncheck();
    await run(page);
    assert.equal(await page.locator('.curve-dot').count(), 3);
    const cautions = await cells(page, '.cautions li');
    assert.match(cautions[0], /One row is left out.*I would gladly/);
    assert.match(cautions[1], /One row is left out.*Neutral/);
    const matrix = (await cells(page, '.confusion tbody td')).map(Number);
    assert.equal(
      matrix.reduce((a, b) => a + b, 0),
      2,
      'each row is in the matrix once',
    );
    const correct = Number((await finding(page)).match(/\((\d) of 2\)/)[1]);
    assert.equal(matrix[0] + matrix[3], correct, 'the diagonal is what is right');
    assert.equal(
      (await page.locator('.reliability-n i').filter({ hasText: /\d/ }).count()) > 0,
      true,
    );

    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save shotglass.jsonl' }).click();
    const lines = (await bytesOf(await saved)).toString().trim().split('\n');
    assert.equal(lines.length, 2 * 3, 'a line for each row and number of shots');

    await page.locator('select[name=closer]').selectOption({ label: 'no examples' });
    const closer = (await cells(page, '.confusion tbody td')).map(Number);
    assert.equal(
      closer.reduce((a, b) => a + b, 0),
      2,
    );
  });

  test('seeds and orders: what they cost is said before, and how far they lie apart after', async () => {
    await page.getByRole('checkbox', { name: '4', exact: true }).uncheck();
    await page.getByLabel('Draws').selectOption('2');
    await page.getByLabel('Orders').selectOption('2');
    assert.match(await textOf(page, '.why-note'), /other settings/);
    // Without a demonstration there is one prompt, with one there is no other order.
    assert.match(await textOf(page, '#why-state'), /^\s*2 rows × 3 prompts = 6 runs, about \S+ s/);
    await page.getByRole('checkbox', { name: '2', exact: true }).check();
    assert.match(await textOf(page, '#why-state'), /2 rows × 7 prompts = 14 runs/);
    await run(page);
    assert.equal(await page.locator('.curve-mark').count(), 7);
    assert.match(
      await finding(page),
      /^With 2 examples: .* ± .* correct \(mean ± sd over draws of the examples\)/,
    );
    const [, , last] = await cells(page, 'details:first-of-type .plain tbody tr');
    const [mean, , , sd, worst, best] = last.match(/[\d.]+(?=%)/g).map(Number);
    assert.ok(sd <= best - worst, last);
    assert.ok(worst <= mean && mean <= best, last);
    const names = await page.locator('select[name=closer] option').allTextContents();
    assert.deepEqual(names.slice(0, 2), ['no examples', '1 example, as in the table']);
    assert.ok(names.includes('2 examples, seed 1, order 2'), names.join('; '));
    await page.getByLabel('Draws').selectOption('1');
    await page.getByLabel('Orders').selectOption('1');
  });

  test('nothing is in the way of anyone: 320 px, dark; 1280 px, light', async () => {
    await page.getByRole('checkbox', { name: '4', exact: true }).check();
    await page.getByRole('checkbox', { name: '8', exact: true }).check();
    await paste(page, 'text,label\nA joy from start to end.,Positive\nA waste of time.,Negative');
    await page.getByText('2 rows', { exact: true }).waitFor();
    await choose(page, 'Examples');
    await page.getByRole('radio', { name: 'Examples' }).check();
    for (const name of ['Examples', 'Order', 'Labels', 'Calibrate', 'Format', 'Evaluate']) {
      await choose(page, name);
      // The tests above have left a figure in most of the tabs.
      if ((await page.locator('.why-figure:not(.old)').count()) === 0) await run(page);
      await page.locator('.why-panel details').evaluateAll((all) => {
        for (const one of all) one.open = true;
      });
      await clean(page, name);
    }
    // Dimmed, it can still be read.
    await choose(page, 'Format');
    await page.locator('#query').fill('Something else.');
    await page.locator('.why-figure.old').waitFor();
    await clean(page, 'a figure of an earlier prompt');
    await choose(page, 'Evaluate');
  });

  test('columns are chosen by name, also of a file, and bad ones are a sentence', async () => {
    await page.locator('#rows-file').setInputFiles({
      name: 'reviews.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('id,said,verdict\n1,Lovely.,Positive\n2,Awful.,Negative\n'),
    });
    await page.getByText('2 rows from reviews.csv').waitFor();
    await page.getByLabel('Input column').selectOption('said');
    await page.getByLabel('Output column').selectOption('verdict');
    await page.locator('#why-run').click();
    await page.locator('#why-run').waitFor();
    await page.getByText('Only 2 rows').waitFor();

    await paste(page, 'only one column\nof text');
    const alert = page.locator('lab-rows [role=alert]');
    await alert.waitFor();
    assert.match(await alert.textContent(), /two columns/);
    assert.equal(await page.locator('#why-run').getAttribute('aria-disabled'), 'true');
  });

  test('the task’s own rows are there at once, and come back', async () => {
    const own = page.getByText('24 rows of this task');
    await page.getByRole('button', { name: 'Use the task’s own rows' }).click();
    await own.waitFor();
    assert.equal(await page.getByLabel('Rows to evaluate').inputValue(), '');
    await paste(page, 'a,b\nGood.,Positive');
    await page.getByText('1 row', { exact: true }).waitFor();
    await page.getByLabel('Task').selectOption('topics');
    await own.waitFor();
    assert.equal(await page.getByLabel('Rows to evaluate').inputValue(), '');
  });
});
