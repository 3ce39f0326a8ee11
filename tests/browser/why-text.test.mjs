// The experiments in the lab, on the real model: a task in free text, and by keyboard, with what is wrong said in a
// sentence.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readTable, settled, useLab } from './lab.mjs';
import { cells, choose, finding, openTask, paste, run, shares, textOf } from './why.mjs';

const lab = useLab();

describe('a task in free text', () => {
  let page;
  before(async () => {
    page = await openTask(lab, 'past-tense');
  });
  after(async () => {
    await page?.context().close();
  });

  test('without a right answer it is about what the model writes itself', async () => {
    await choose(page, 'Order');
    await run(page);
    const { rows } = await readTable(page);
    const top = rows[0].token.replace(/^[^a-z]+/, '');
    assert.match(await finding(page), new RegExp(`P\\(${top}\\)`));
    const now = (await cells(page, '.choices tr')).find((row) => row.startsWith('now'));
    assert.ok(now.includes(rows[0].shown), `${now}: the very probability, not a posterior`);
    assert.ok((await page.locator('input[name=answer]').getAttribute('placeholder')).includes(top));
  });

  test('a right answer is what the pictures are about', async () => {
    await page.locator('input[name=answer]').fill('sung');
    await page.locator('input[name=answer]').press('Tab');
    assert.match(await textOf(page, '.why-note'), /other settings/);
    await choose(page, 'Labels');
    await run(page);
    assert.match(await finding(page), /^P\(sung\) is /);
    const columns = await shares(page, '.multiples .column');
    assert.equal(columns.length, 25, 'the answer and four outputs, five times');
    assert.ok(columns.slice(0, 5).reduce((a, b) => a + b, 0) <= 1);
    await page.locator('#query').fill('zing');
    await settled(page);
    assert.equal(
      await page.locator('input[name=answer]').inputValue(),
      '',
      'it answered another query',
    );
  });

  test('exact matches are counted', async () => {
    await choose(page, 'Evaluate');
    await paste(page, 'input,output\njump,jumped\nlook,looked');
    await page.getByText('2 rows', { exact: true }).waitFor();
    for (const k of [1, 2, 8])
      await page.getByRole('checkbox', { name: String(k), exact: true }).uncheck();
    await run(page);
    assert.equal(await page.locator('.curve-dot').count(), 2);
    assert.equal(await page.locator('.confusion').count(), 0);
    assert.match(await finding(page), /^With 4 examples: .* of 2\)/);
    assert.equal(await page.locator('.paper').count(), 0, 'the paper has no such task');
  });

  test('the paper’s numbers stand beside the page’s', async () => {
    await page.getByLabel('Task').selectOption('arithmetic');
    await settled(page);
    const here = () => page.locator('.paper .here td').allTextContents();
    assert.deepEqual(await here(), ['–', '–', '–'], 'nothing is measured yet');
    await paste(page, 'input,output\n2 plus 2,4\n12 plus 34,46');
    await page.getByText('2 rows', { exact: true }).waitFor();
    await run(page);
    for (const text of await here()) assert.match(text.trim(), /^(0|50|100)\.0$|^–$/);
    const large = await page.locator('.paper tr').last().locator('td').allTextContents();
    assert.deepEqual(large, ['76.9', '99.6', '100']);
  });

  test('without demonstrations, and in free text, it says what is missing', async () => {
    await choose(page, 'Examples');
    await page.getByLabel('Shots', { exact: true }).fill('0');
    await page.locator('#why-run').click({ force: true });
    assert.match(await textOf(page, '#why-state'), /Raise the shots/);
    await choose(page, 'Order');
    assert.match(await textOf(page, '#why-state'), /2 examples/);
    assert.equal(await page.locator('#why-stop').count(), 0);
  });
});

test('by keyboard, and stopped half-way', async () => {
  const page = await openTask(lab, 'sentiment');
  await page.getByRole('tab', { name: 'Examples' }).focus();
  await page.keyboard.press('ArrowRight');
  const order = page.getByRole('tab', { name: 'Order' });
  assert.equal(await order.getAttribute('aria-selected'), 'true');
  assert.ok(await order.evaluate((tab) => tab === document.activeElement));

  await page.locator('#why-run').press('Enter');
  await page.locator('.orders-strip circle').nth(2).waitFor({ state: 'attached' });
  await page.keyboard.press('Enter');
  await page.locator('.why-note').waitFor();
  const dots = await page.locator('.orders-strip circle').count();
  assert.ok(dots >= 3 && dots < 24, `${dots} orders were found by then`);
  assert.match(await textOf(page, '.why-note'), /Stopped/);
  assert.ok(await page.locator('#why-run').evaluate((button) => button === document.activeElement));

  // What another tab starts takes its place, and what was found stays.
  await page.locator('#why-run').press('Enter');
  await page.locator('#why-stop').waitFor();
  await page.locator('.orders-strip circle').nth(1).waitFor({ state: 'attached' });
  await choose(page, 'Format');
  await run(page);
  await choose(page, 'Order');
  assert.match(await textOf(page, '.why-note'), /Stopped/);
  await page.context().close();
});
