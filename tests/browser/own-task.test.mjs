// A task of one's own, by keyboard alone: from New task to a live answer; its name and its list; and what is asked before a
// model is loaded. Times are told, never asserted.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { mustExist, tinyFolder } from '../support/files.mjs';
import { paste } from './clipboard.mjs';
import { bytesOf, live, useLab, wayCheck } from './lab.mjs';

mustExist(tinyFolder, 'cargo test --release');
// What a model answers is nothing to these tests, so any will do.
const lab = useLab({ perTest: true, model: join(tinyFolder, 'default.gguf') });
let page;

async function open(options = {}) {
  const context = await lab.browser.newContext({
    permissions: ['clipboard-read', 'clipboard-write'],
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'reduce',
    ...options,
  });
  page = await lab.open({ context });
  await page.locator('.rung').first().waitFor();
  return context;
}

const cell = (n, field = 'Input') => page.getByLabel(`${field} of example ${n}`, { exact: true });
const shots = () => page.inputValue('#shots');
const focused = () =>
  page.evaluate(
    () => document.activeElement.getAttribute('aria-label') ?? document.activeElement.id,
  );
const chosen = () => page.locator('#preset option:checked').textContent();
const keys = async (...names) => {
  for (const name of names) await page.keyboard.press(name);
};

async function newTask() {
  await page.selectOption('#preset', 'new');
  await page.waitForFunction(() => document.activeElement.dataset.field === 'input');
}

async function typeRows(rows) {
  for (const [input, output] of rows) {
    await page.keyboard.type(input);
    await keys('Tab');
    await page.keyboard.type(output);
    await keys('Enter');
  }
}

const spam = [
  ['Win a prize now', 'spam'],
  ['See you at noon', 'ham'],
  ['Cheap pills here', 'spam'],
  ['Lunch on Friday?', 'ham'],
];

test('from New task to a live answer by keyboard', async (t) => {
  await open();
  const start = performance.now();
  const told = (what) => t.diagnostic(`${what}: ${Math.round(performance.now() - start)} ms`);
  await newTask();
  assert.equal(await focused(), 'Input of example 1');
  assert.equal(await shots(), '0');
  assert.equal(
    await page.locator('.headline-word').textContent(),
    '…',
    'no answer of the last task',
  );
  await typeRows(spam);
  told('four rows typed');
  assert.equal(await shots(), '4', 'every row went into the prompt');
  assert.equal(await focused(), 'Input of example 5');
  await page.locator('#view-labels[aria-selected="true"]').waitFor();
  await keys('Enter');
  assert.equal(await focused(), 'query', 'an empty last row leads on to the query');
  await page.keyboard.type('You have won a car');
  const need = page.locator('lab-need');
  await need.getByRole('button').waitFor();
  assert.match(await need.textContent(), /Needs the model: 98 MB, once\./);
  assert.equal(await page.locator('.loader.loading').count(), 0, 'nothing starts by itself');
  await keys('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Run it live');
  await keys('Enter');
  await live(page, 120_000);
  told('live answer');
  assert.deepEqual(
    await page.locator('table.of-labels tbody th').evaluateAll((all) => all.length),
    2,
    'both labels were found',
  );
  assert.equal(await chosen(), 'Your task');
});

test('one Tab stop, arrows within; who types walks by Tab until Escape', async () => {
  await open();
  const stops = page.locator('.demonstrations [tabindex="0"]');
  assert.equal(await stops.count(), 1);
  await page.getByRole('button', { name: 'Redo' }).focus();
  await keys('Tab');
  assert.equal(await focused(), 'Input of example 1');
  await keys('ArrowDown', 'End', 'ArrowRight');
  assert.equal(await focused(), 'Output of example 2');
  await keys('End', 'ArrowRight');
  assert.equal(await focused(), 'Actions for example 2');
  await keys('ArrowLeft', 'Home', 'ArrowLeft', 'Home', 'ArrowLeft');
  assert.equal(await focused(), 'Use example 2');
  await keys('ArrowUp', 'ArrowRight', 'Tab');
  assert.equal(await focused(), 'add-demonstration', 'who passes by leaves at once');
  assert.equal(await stops.count(), 1);

  await cell(1).focus();
  await page.keyboard.type('x');
  await keys('Tab', 'Tab');
  assert.equal(await focused(), 'Input of example 2');
  await keys('Shift+Enter');
  assert.match(await cell(2).inputValue(), /\n$/, 'a line break');
  await keys('Enter');
  assert.equal(await focused(), 'Input of example 3');
  await keys('Escape', 'Tab');
  assert.equal(await focused(), 'add-demonstration');
});

test('lines that are pasted become rows, or one cell', async () => {
  await open();
  await newTask();
  await paste(page, 'cat\ndog\nfox\n');
  await page.locator('.notice', { hasText: '3 lines went into 3 rows.' }).waitFor();
  assert.equal(await cell(3).inputValue(), 'fox');
  await cell(1, 'Output').focus();
  await paste(page, 'cats\ndogs\nfoxes\n');
  await page.waitForFunction(
    (label) => document.querySelector(`[aria-label="${label}"]`)?.value === 'foxes',
    'Output of example 3',
  );
  await page.locator('.notice', { hasText: '3 lines' }).waitFor();
  assert.equal(await page.locator('tr[data-row]').count(), 3, 'into the empty cells below');
  assert.equal(await shots(), '3');
  await page.getByRole('button', { name: 'Put them into one cell' }).click();
  assert.equal(await cell(1, 'Output').inputValue(), 'cats\ndogs\nfoxes');
});

test('a changed preset is one’s own, and nothing of the preset is said of it', async () => {
  await open();
  assert.equal(await page.locator('.about').count(), 1);
  assert.ok((await page.locator('.query-chip').count()) > 1);
  assert.equal(await page.locator('#tasks').count(), 0, 'there is nothing to list');
  await cell(1, 'Output').fill('katzen');
  assert.equal(await chosen(), 'Your task (from Plural)');
  assert.equal(await page.locator('.badge').count(), 0);
  assert.equal(await page.locator('.rung-track[data-known="true"]').count(), 0);
  assert.equal(await page.locator('.about').count(), 0);
  assert.equal(await page.locator('.query-chip').count(), 0);
  await page.getByRole('tab', { name: 'Evaluate', exact: true }).click();
  assert.doesNotMatch(await page.locator('lab-rows').innerText(), /24 rows/);
  await page.locator('#task-name').fill('Katzen');
  assert.equal(await chosen(), 'Katzen');
  await page.getByRole('button', { name: 'Reset to Plural' }).click();
  assert.equal(await chosen(), 'Plural');
  assert.equal(await page.locator('.about').count(), 1);
});

test('tasks are kept, renamed, duplicated, deleted and brought back', async () => {
  const context = await open();
  await newTask();
  await typeRows(spam.slice(0, 1));
  await page.locator('#task-name').fill('Spam');
  await page.selectOption('#preset', 'sentiment');
  await page.locator('#tasks').press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Your tasks' });
  await dialog.getByRole('button', { name: 'Duplicate: Spam' }).click();
  const names = () =>
    dialog.locator('li input').evaluateAll((all) => all.map(({ value }) => value));
  assert.deepEqual(await names(), ['Spam', 'Spam']);
  await dialog.locator('li input').first().fill('Ham');
  await page.keyboard.press('Tab');
  assert.deepEqual(await names(), ['Ham', 'Spam']);
  await dialog.getByRole('button', { name: 'Delete: Ham' }).press('Enter');
  assert.deepEqual(await names(), ['Spam']);
  await page.waitForFunction(() => document.activeElement.textContent === 'Undo');
  await keys('Enter');
  assert.deepEqual(await names(), ['Ham', 'Spam']);

  const saved = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save as a file: Ham' }).click();
  const download = await saved;
  assert.equal(download.suggestedFilename(), 'shotglass-Ham-task.json');
  await dialog.locator('#task-file').setInputFiles({
    name: 'broken.json',
    mimeType: 'application/json',
    buffer: Buffer.from('{'),
  });
  await dialog.getByText(/This file could not be read: it was not made by this page\./).waitFor();
  await dialog.locator('#task-file').setInputFiles({
    name: 'ham.json',
    mimeType: 'application/json',
    buffer: await bytesOf(download),
  });
  await dialog.getByText('Ham was imported.').waitFor();
  assert.equal((await names()).length, 3);

  await page.evaluate(() => localStorage.setItem('shotglass.task.broken', '{'));
  const other = await lab.open({ context });
  await other.locator('#tasks').click();
  await other.getByText('A task that cannot be read').waitFor();
  assert.equal(await other.locator('dialog.tasks li').count(), 4);
  await other.getByRole('button', { name: 'Open: Spam' }).click();
  await other.locator('#preset option:checked', { hasText: 'Spam' }).waitFor({ state: 'attached' });
  assert.equal(await other.getByLabel('Input of example 1').inputValue(), spam[0][0]);
});

test('a long table scrolls by itself', async () => {
  await open();
  await newTask();
  const rows = Array.from({ length: 40 }, (_, i) => `in ${i}\tout ${i}`).join('\n');
  await paste(page, rows);
  await page.locator('.notice', { hasText: '40' }).waitFor();
  const { height, inner } = await page
    .locator('.demonstrations-scroll')
    .evaluate(({ clientHeight, scrollHeight }) => ({ height: clientHeight, inner: scrollHeight }));
  assert.ok(height < 420 && inner > height, `${height} of ${inner} px`);
  assert.equal(await shots(), '16', 'not all of them go into the prompt at once');
});

test('nothing is in the way of anyone, narrow or in forced colors', async () => {
  await open({ viewport: { width: 320, height: 900 } });
  await newTask();
  await typeRows(spam);
  await page.locator('lab-need button').waitFor();
  const dialog = page.getByRole('dialog', { name: 'Your tasks' });
  for (const [width, forcedColors] of [
    [320, 'none'],
    [1280, 'active'],
  ]) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ forcedColors });
    const check = wayCheck(page, width);
    await check(`own task at ${width} px`);
    await page.locator('#tasks').click();
    await dialog.waitFor();
    await wayCheck(page, width, 'dialog.tasks')(`list at ${width} px`);
    const small = await page
      .locator('dialog.tasks button, .own-task button, lab-need button, .demonstrations button')
      .evaluateAll((all) =>
        all
          .map((one) => [one.textContent.trim(), one.getBoundingClientRect()])
          .filter(([, { height, width }]) => height < 24 || width < 24)
          .map(([name]) => name),
      );
    assert.deepEqual(small, []);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  }
});
