// The exact prompt in a real browser: its colours, what was expected, the text itself, and its white space. A small model
// with random weights has all of that; only a prompt of thousands of tokens needs the real one.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, beforeEach, test } from 'node:test';
import { analyze } from '../support/axe.mjs';
import { tinyFolder } from '../support/files.mjs';
import { settled as answered, live, loadModel, readTable, useLab } from './lab.mjs';

const lab = useLab();
let page;

before(async () => {
  page = await lab.open();
  await page.locator('#model-file').setInputFiles(join(tinyFolder, 'default.gguf'));
  await live(page);
});

beforeEach(async () => {
  await page.selectOption('#preset', 'arithmetic');
  await page.selectOption('#preset', 'past-tense');
  await settled(page);
});

/** Answered, and cut into tokens: a recorded answer is there before its tokens are. */
async function settled(page) {
  await answered(page);
  await page.locator('lab-exact .length-text').waitFor();
}

const cells = () => page.locator('lab-exact [role=option]');
const popover = () => page.locator('.alternatives');
const focusedLabel = (on = page) =>
  on.evaluate(() => document.activeElement.getAttribute('aria-label'));

async function stripText() {
  const texts = await page.locator('lab-exact .cell').allTextContents();
  return texts.join('').replaceAll('␣', ' ').replaceAll('↵', '\n');
}

async function colourBy(view) {
  await page.getByRole('radio', { name: view }).check({ force: true });
  if (view === 'Surprisal') await page.locator('.totals data').waitFor({ timeout: 60_000 });
}

const places = () =>
  cells().evaluateAll((all) =>
    all.map((cell) => {
      const strip = cell.closest('.strip').getBoundingClientRect();
      const { x, y, width } = cell.getBoundingClientRect();
      return [x - strip.x, y - strip.y, width].map(Math.round).join(' ');
    }),
  );

test('tokens are coloured by their surprisal, where they stand', async () => {
  const before = await places();
  await colourBy('Surprisal');
  assert.deepEqual(await places(), before, 'no cell has moved');
  const told = await cells().evaluateAll((all) =>
    all.map((cell) => ({ step: cell.dataset.step, label: cell.getAttribute('aria-label') })),
  );
  assert.equal(told[0].step, undefined, 'nothing stands before the first');
  const bits = told.slice(1).map(({ label }) => Number(/ ([\d.]+) bits, rank/.exec(label)[1]));
  const steps = [0, 1, 2, 4, 8, 16];
  told.slice(1).forEach(({ step }, at) => {
    assert.equal(
      Number(step),
      steps.findLastIndex((from) => bits[at] >= from),
      `${bits[at]} bits`,
    );
  });
  const sum = bits.reduce((all, one) => all + one, 0);
  const total = Number(await page.locator('.totals data').getAttribute('value'));
  assert.ok(Math.abs(sum - total) < 0.005 * bits.length, `${sum}, ${total}`);
  assert.match(
    await page.locator('.totals').textContent(),
    /perplexity .* per token; .* bits per byte/,
  );
  await colourBy('Roles');
  assert.equal(await page.locator('lab-exact [data-step]').count(), 0);
});

test('a token opens what was expected there, by mouse', async () => {
  const last = (await cells().count()) - 1;
  await cells().nth(last).click();
  await page.locator('.alternatives-list').waitFor({ timeout: 60_000 });
  const rows = await page
    .locator('.alternatives-list tr')
    .evaluateAll((all) => all.flatMap((row) => row.querySelector('data')?.value ?? []).map(Number));
  assert.ok(rows.length >= 9, 'eight tokens and all others');
  assert.ok(
    Math.abs(rows.reduce((sum, p) => sum + p, 0) - 1) < 1e-6,
    'rows and rest are all there is',
  );
  assert.equal(await page.locator('.alternatives-list [data-came]').count(), 1);
  await page.locator('h1').click();
  await popover().waitFor({ state: 'hidden' });
});

test('pointing at a token moves nothing, also where the end is almost in view', async () => {
  const strip = page.locator('lab-exact .strip');
  const before = await strip.evaluate(async (box) => {
    box.scrollTop = box.scrollHeight - box.clientHeight - 3;
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    return box.scrollTop;
  });
  assert.ok(before > 0, 'there is more above');
  await cells().last().dispatchEvent('pointerover');
  await page.locator('lab-exact .strip-about').waitFor();
  assert.equal(await strip.evaluate(({ scrollTop }) => scrollTop), before);
});

test('by keyboard: Enter opens, arrows go along, Escape returns, a choice is followed', async () => {
  await cells().nth(3).focus();
  await page.keyboard.press('Enter');
  await page.locator('.alternatives-list').waitFor({ timeout: 60_000 });
  await page.keyboard.press('ArrowRight');
  await page.getByRole('dialog', { name: /what the model expected here/ }).waitFor();
  await page.waitForFunction(() =>
    /token 5:/.test(document.querySelector('.alternatives').textContent),
  );
  await page.keyboard.press('Escape');
  await popover().waitFor({ state: 'hidden' });
  await page.waitForFunction(() =>
    /token 5:/.test(document.activeElement.getAttribute('aria-label')),
  );
  await page.keyboard.press('ArrowLeft');
  assert.match(await focusedLabel(), /token 4:/, 'the arrows walk the strip again');

  const before = await cells().allTextContents();
  await page.keyboard.press('Enter');
  await page.locator('.alternatives-list').waitFor({ timeout: 60_000 });
  await page.keyboard.press('ArrowDown');
  while (/the token in the prompt|part of/.test(await focusedLabel()))
    await page.keyboard.press('ArrowDown');
  assert.match(await focusedLabel(), /see what would follow$/);
  const chosen = await page.evaluate(() => document.activeElement.textContent.trim());
  await page.keyboard.press('Enter');
  await settled(page);
  assert.deepEqual(await cells().allTextContents(), [...before.slice(0, 3), chosen]);
  await page.getByRole('button', { name: 'Undo' }).first().click();
  await settled(page);
  assert.deepEqual(await cells().allTextContents(), before);
});

test('the first token says why nothing was expected', async () => {
  await cells().first().focus();
  await page.keyboard.press('Enter');
  await popover().getByText('Nothing comes before the first token').waitFor();
  await page.keyboard.press('Escape');
});

test('the prompt is edited as text, and the table follows where it can', async () => {
  const text = await stripText();
  await page.getByRole('button', { name: 'Edit as text' }).click();
  const area = page.getByLabel('The prompt as text');
  assert.equal(await area.inputValue(), text);
  await page.getByText('Matches the template').waitFor();
  await area.fill(text.replace('walk\nA: walked', 'jump\nA: jumped'));
  const first = page.getByLabel('Input of example 1', { exact: true });
  assert.equal(await first.inputValue(), 'jump');

  const free = 'Once upon\n\n\n a time ';
  await area.fill(free);
  await page.getByText('so the table does not follow').waitFor();
  assert.equal(await first.inputValue(), 'jump');
  await area.press('Escape');
  await settled(page);
  assert.equal(await stripText(), free, 'new lines and spaces survive');

  await page.getByRole('button', { name: 'Undo' }).first().click();
  await settled(page);
  assert.equal(await stripText(), text, 'one step for all that was typed');
  assert.equal(await first.inputValue(), 'walk');
});

test('an empty text is an answer in a sentence', async () => {
  await page.getByRole('button', { name: 'Edit as text' }).click();
  await page.getByLabel('The prompt as text').fill('');
  await page.locator('.sentence[data-code=empty-prompt]').waitFor();
  await page.getByLabel('The prompt as text').press('Escape');
  assert.equal(await cells().count(), 0);
  await colourBy('Roles');
});

test('white space that does harm is told, weighed and fixed', async () => {
  await page.locator('summary', { hasText: 'Template' }).click();
  await page.locator('input[name=outputPrefix]').fill('A: ');
  await page.locator('input[name=outputSeparator]').fill('');
  await page.locator('summary', { hasText: 'Template' }).click();
  const finding = page.locator('.finding[data-code=trailing-space]');
  assert.match(await finding.locator('summary').textContent(), /Trailing space.*A:␣/s);
  await finding.locator('summary').click();
  await finding.locator('table[aria-busy=false]').waitFor({ timeout: 60_000 });
  const [before, fixed] = await finding.locator('tr').evaluateAll((rows) =>
    rows.map((row) => ({
      token: row.querySelector('.fix-effect-token').textContent.trim(),
      p: Number(row.querySelector('data').value),
    })),
  );
  const now = await readTable(page);
  assert.deepEqual([before.token, before.p], [now.rows[0].token, now.rows[0].p]);
  await finding.getByRole('button', { name: 'Fix: Trailing space' }).click();
  await finding.waitFor({ state: 'detached' });
  await settled(page);
  const then = await readTable(page);
  assert.deepEqual([fixed.token, fixed.p], [then.rows[0].token, then.rows[0].p]);
  assert.match(await stripText(), /A: walked\n.*\nA:$/s);
  await page.getByRole('button', { name: 'Undo' }).first().click();
  await finding.waitFor();
});

test('a prompt of thousands of tokens is drawn whole, and walked from end to end', async () => {
  const text = Array.from({ length: 1900 }, (_, at) => `word${at % 7 === 6 ? '\n' : ''}`).join(' ');
  const own = await lab.open();
  await loadModel(own);
  await own.fill('#query', text);
  await own.waitForFunction(() =>
    /^2,\d\d\d of/.test(document.querySelector('.token-count').textContent),
  );
  const count = Number.parseInt(
    (await own.locator('.token-count').textContent()).replace(',', ''),
    10,
  );
  await own.waitForFunction(
    (all) => document.querySelectorAll('lab-exact [role=option]').length === all,
    count,
  );
  await own.locator('lab-exact [role=option][tabindex="0"]').focus();
  await own.keyboard.press('End');
  assert.match(await focusedLabel(own), /token 2,\d\d\d:/);
  await own.keyboard.press('Home');
  assert.match(await focusedLabel(own), /token 1:/);
  assert.equal(
    await own
      .locator('lab-exact')
      .evaluate((exact) =>
        [...exact.querySelectorAll('[role=option]')].every(
          (cell, at) => Number(cell.dataset.index) === at,
        ),
      ),
    true,
  );
  await own.context().close();
});

test('nothing is inaccessible, light or dark, coloured or as text', async () => {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const prepare of [
      () => colourBy('Surprisal'),
      async () => {
        await cells().nth(7).click();
        await page.locator('.alternatives-list').waitFor({ timeout: 60_000 });
      },
      async () => {
        await page.keyboard.press('Escape');
        await page.fill('#query', 'odd\u00a0space ');
        for (const summary of await page.locator('.finding summary').all()) await summary.click();
      },
      async () => {
        await page.getByRole('button', { name: 'Edit as text' }).click();
        await page.locator('h1').click();
      },
    ]) {
      await prepare();
      const { violations } = await analyze(page, 'lab-exact');
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
      assert.deepEqual(found, [], `${colorScheme}: ${prepare}`);
    }
    await page.getByRole('button', { name: 'Done' }).click();
    await page.selectOption('#preset', 'arithmetic');
    await page.selectOption('#preset', 'past-tense');
    await settled(page);
  }
  await colourBy('Roles');
});
