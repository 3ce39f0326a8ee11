// The first column: the table by mouse and by keyboard, what comes into it from elsewhere, and the forms of the prompt.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyze } from '../support/axe.mjs';
import { paste } from './clipboard.mjs';
import { loadModel, settled, useLab } from './lab.mjs';

const lab = useLab({ perTest: true });
let page;

async function open(options = {}) {
  page = await lab.open({ permissions: ['clipboard-read', 'clipboard-write'], ...options });
  await page.selectOption('#preset', 'past-tense');
}

const cell = (n, field = 'Input') => page.getByLabel(`${field} of example ${n}`, { exact: true });
const number = (n) => page.getByRole('checkbox', { name: `Use example ${n}`, exact: true });
const menu = (n) => page.getByRole('button', { name: `Actions for example ${n}`, exact: true });
const item = (name) => page.getByRole('menuitem', { name });
const undo = () => page.locator('.notice').getByRole('button', { name: 'Undo' }).click();
const notice = () => page.locator('.notice').innerText();
const focused = () => page.evaluate(() => document.activeElement.getAttribute('aria-label'));
const inputs = () =>
  page.locator('[data-field="input"]').evaluateAll((fields) => fields.map((field) => field.value));
/** The prompt as it is drawn, without what the model would write next. */
const prompt = () =>
  page.locator('lab-exact .strip').evaluate((strip) => {
    const ghost = strip.querySelector('.ghost')?.innerText ?? '';
    const shown = strip.innerText;
    return shown.slice(0, shown.length - ghost.length).replace(/\n/g, '');
  });

/** Pastes at the end of a field. */
async function pasteInto(field, text) {
  await field.focus();
  await page.keyboard.press('ControlOrMeta+End');
  await paste(page, text);
}

test('a row leaves the prompt and stays in the table', async () => {
  await open();
  await page.locator('[data-row="1"] .grip').click();
  assert.equal(await number(2).isChecked(), false);
  assert.match(await prompt(), /^Q:␣walk↵A:␣walked↵↵Q:␣go↵/, 'the next one takes its place');
  assert.equal(await page.locator('#shots').getAttribute('max'), '9', 'there is one shot less');
  assert.match(await page.locator('[data-row="1"] th').textContent(), /excluded/);
  assert.match(await page.locator('[data-row="9"] th').textContent(), /not in the prompt/);
  assert.doesNotMatch(await page.locator('[data-row="4"] th').textContent(), /not in/);

  await number(2).focus();
  await page.keyboard.press('Space');
  assert.equal(await number(2).isChecked(), true);
  assert.match(await prompt(), /^Q:␣walk↵A:␣walked↵↵Q:␣play↵/);
});

test('a row moves by keyboard from any of its cells, and takes the focus along', async () => {
  await open();
  const before = await inputs();
  await cell(2, 'Output').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Alt+ArrowUp');
  assert.deepEqual((await inputs()).slice(0, 3), [before[1], before[0], before[2]]);
  assert.equal(await focused(), 'Output of example 1');
  assert.equal(await page.evaluate(() => document.activeElement.selectionStart), 0);
  assert.equal(await notice(), 'Example moved to place 1.');
  await page.keyboard.press('Alt+ArrowUp');
  assert.equal(await focused(), 'Output of example 1', 'the first stays the first');
  await page.keyboard.press('Alt+ArrowDown');
  assert.deepEqual(await inputs(), before);
});

test('the menu of a row, by keyboard and by mouse', async () => {
  await open();
  const before = await inputs();
  await menu(3).focus();
  await page.keyboard.press('Enter');
  const focusedItem = () => page.evaluate(() => document.activeElement.firstChild.textContent);
  assert.equal(await menu(3).getAttribute('aria-expanded'), 'true');
  assert.equal(await focusedItem(), 'Move up');
  await page.keyboard.press('ArrowUp');
  assert.equal(await focusedItem(), 'Remove');
  await page.keyboard.press('d');
  assert.equal(await focusedItem(), 'Duplicate');
  await page.keyboard.press('Escape');
  assert.equal(await page.getByRole('menu').count(), 0);
  assert.equal(await focused(), 'Actions for example 3');

  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  assert.equal((await inputs())[3], before[2], 'moved down');
  assert.equal(await focused(), 'Actions for example 4');
  await page.getByRole('button', { name: 'Undo' }).first().click();

  await page.locator('[data-row="0"]').hover();
  await menu(1).click();
  assert.equal(await item('Move up').getAttribute('aria-disabled'), 'true');
  await item('Duplicate').click();
  assert.deepEqual((await inputs()).slice(0, 3), [before[0], before[0], before[1]]);
  assert.equal(await notice(), 'Example 1 duplicated. Undo');
  assert.equal(await focused(), 'Actions for example 2');
  await undo();

  await menu(1).click();
  await item('Remove').click();
  assert.deepEqual(await inputs(), before.slice(1));
  await undo();
  await menu(10).click();
  await page.locator('h1').click();
  assert.equal(await page.getByRole('menu').count(), 0, 'a click elsewhere closes it');
  assert.deepEqual(await inputs(), before);
});

test('a row is dragged below another', async () => {
  await open();
  const before = await inputs();
  await page.locator('[data-row="0"] .grip').dragTo(page.locator('[data-row="2"] .grip'));
  assert.deepEqual((await inputs()).slice(0, 3), [before[1], before[2], before[0]]);
  assert.ok(await number(1).isChecked(), 'a drag is no click');
});

test('one seed, one order', async () => {
  await open();
  const before = await inputs();
  await page.click('#shuffle');
  const first = await inputs();
  assert.notDeepEqual(first, before);
  assert.deepEqual([...first].sort(), [...before].sort());
  assert.equal(await notice(), 'Shuffled with seed 1. Undo');
  await page.click('#shuffle');
  assert.equal(await page.inputValue('#order-seed'), '2');
  assert.notDeepEqual(await inputs(), first);
  await page.fill('#order-seed', '1');
  await page.keyboard.press('Tab');
  assert.deepEqual(await inputs(), first);
  await page.fill('#order-seed', '-3');
  await page.keyboard.press('Tab');
  assert.equal(await page.inputValue('#order-seed'), '1', 'no such seed');
  assert.deepEqual(await inputs(), first);
});

test('cells of a spreadsheet become rows', async () => {
  await open();
  const before = await inputs();
  await pasteInto(cell(2), 'see\tsaw\r\neat\tate\r\nlie\tlay\r\n');
  await page.locator('.notice', { hasText: '3 examples added.' }).waitFor();
  const pasted = await inputs();
  assert.deepEqual(pasted.slice(1, 6), [before[1], 'see', 'eat', 'lie', before[2]]);
  assert.equal(await cell(4, 'Output').inputValue(), 'ate');
  assert.equal(await focused(), 'Input of example 3');
  await undo();
  assert.deepEqual(await inputs(), before);

  await pasteInto(cell(2), ' it');
  assert.equal(await cell(2).inputValue(), `${before[1]} it`, 'one cell is text');

  // The row that one adds for it, behind those of the prompt, does not stay behind, empty.
  const shots = Number(await page.inputValue('#shots'));
  await page.click('#add-demonstration');
  await pasteInto(cell(shots + 1), 'see\tsaw\textra');
  await page.locator('.notice', { hasText: 'the first two of 3 columns' }).waitFor();
  assert.deepEqual((await inputs()).slice(shots, shots + 2), ['see', before[shots]]);
  assert.equal(await page.inputValue('#shots'), String(shots + 1), 'it is in the prompt');
});

test('what cannot all be pasted is looked at first', async () => {
  await open();
  const before = await inputs();
  await pasteInto(cell(1), 'see\tsaw\nalone\neat\tate');
  const dialog = page.getByRole('dialog', { name: 'Import examples' });
  await dialog.waitFor();
  await dialog.getByText(/^Line 2: This row has 1 cell/).waitFor();
  assert.deepEqual(await inputs(), before);
  await dialog.getByRole('button', { name: 'Add 2 examples' }).click();
  assert.deepEqual((await inputs()).slice(10), ['see', 'eat']);
  await undo();
  assert.deepEqual(await inputs(), before);
});

test('a table is imported: columns by name, problems by line, nothing lost', async () => {
  await open();
  const before = await inputs();
  await page.locator('#import').press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Import examples' });
  const pasted = dialog.getByLabel('Or paste it here');
  assert.ok(await pasted.evaluate((field) => field === document.activeElement));
  assert.ok(await page.locator('#import-add').isDisabled());

  await pasted.fill('one column\nalone');
  await dialog.getByText('The table has one column.').waitFor();
  assert.ok(await page.locator('#import-add').isDisabled());

  const table =
    'id,label,text\n1,Positive,"Good, really"\n2,Negative\n3,,Dull\n4,Negative,<b>Bad</b>';
  await pasted.fill(table);
  await dialog.getByText('All 2 rows').waitFor();
  assert.equal(await dialog.getByLabel('Input').inputValue(), 'text');
  assert.equal(await dialog.getByLabel('Output').inputValue(), 'label');
  assert.deepEqual(await dialog.locator('.import-preview td').allInnerTexts(), [
    'Good, really',
    'Positive',
    '<b>Bad</b>',
    'Negative',
  ]);
  const problems = await dialog.locator('.import-problems li').allInnerTexts();
  assert.equal(problems.length, 2);
  assert.match(problems[0], /^Line 3: This row has 2 cells/);
  assert.match(problems[1], /^Line 4: .*'label'/);

  await dialog.getByLabel('Output').selectOption('text');
  await dialog.getByText('Choose two different columns').waitFor();
  assert.ok(await page.locator('#import-add').isDisabled());
  await dialog.getByLabel('Output').selectOption('id');

  await page.keyboard.press('Escape');
  assert.deepEqual(await inputs(), before);
  await page.click('#import');
  assert.equal(await pasted.inputValue(), table, 'what was pasted is still there');
  await page.locator('#import-replace').click();
  assert.deepEqual(await inputs(), ['Good, really', 'Dull', '<b>Bad</b>']);
  assert.equal(await cell(1, 'Output').inputValue(), '1');
  assert.equal(await notice(), 'Replaced by 3 examples. Undo');
  assert.equal(
    await page.locator('dialog textarea').inputValue(),
    '',
    'what was used is gone from the dialog',
  );
  await undo();
  assert.deepEqual(await inputs(), before);
});

test('a file is imported, with a header and without; one that is no text is told so', async () => {
  await open();
  await page.click('#import');
  const dialog = page.getByRole('dialog');
  const choose = (name, buffer) =>
    dialog.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/plain', buffer });
  await choose('rows.csv', Buffer.from('see,saw\neat,ate\n'));
  await dialog.getByText('The one row').waitFor();
  await dialog.getByLabel('The first row names the columns').click();
  await dialog.getByText('All 2 rows').waitFor();
  await dialog.getByRole('button', { name: 'Add 2 examples' }).click();
  assert.deepEqual((await inputs()).slice(10), ['see', 'eat']);

  await page.click('#import');
  await choose('book.xlsx', Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0xff, 0xfe, 0x9c, 0]));
  await dialog.getByRole('alert').waitFor();
  assert.match(await dialog.getByRole('alert').innerText(), /Save the sheet as CSV/);
  assert.ok(await page.locator('#import-add').isDisabled());
  const lines = Array.from({ length: 5000 }, (_, i) => JSON.stringify({ text: `t${i}`, label: i }));
  await choose('many.jsonl', Buffer.from(lines.join('\n')));
  await dialog.getByText('The first 5 of 5000 rows').waitFor();
  await dialog.getByRole('button', { name: 'Add 200 examples' }).waitFor();
});

test('a ready format fills the template in one step', async () => {
  await open();
  await page.locator('summary', { hasText: 'Template' }).click();
  const arrow = page.getByRole('button', { name: '=>' });
  assert.equal(await arrow.getAttribute('aria-pressed'), 'false');
  await arrow.click();
  assert.match(await prompt(), /^walk␣=>␣walked↵play␣=>␣played↵/);
  assert.equal(await arrow.getAttribute('aria-pressed'), 'true');
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  assert.match(await prompt(), /^Q:␣walk↵A:␣walked↵↵/);
});

test('the labels are named, or taken from outputs that repeat', async () => {
  await open();
  const fold = page.locator('details.task-labels');
  assert.match(await fold.innerText(), /none/);
  assert.equal(await fold.getAttribute('open'), null, 'a task without labels has it folded');
  await page.selectOption('#preset', 'sentiment');
  const field = fold.getByRole('textbox', { name: 'Labels' });
  assert.equal(await field.inputValue(), 'Negative, Positive');
  await field.fill(' Good,Bad,, Good ');
  assert.equal(await field.inputValue(), ' Good,Bad,, Good ', 'nobody writes over what is typed');
  await field.blur();
  assert.equal(await field.inputValue(), 'Good, Bad');
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  assert.equal(await field.inputValue(), 'Negative, Positive', 'typing is one step');
  await page.getByRole('button', { name: 'Redo', exact: true }).click();
  await fold.getByRole('button', { name: 'Use the outputs of the examples' }).click();
  assert.equal(await field.inputValue(), 'Positive, Negative');
});

test('free text sets the table aside, and one click brings it back', async () => {
  await open();
  await page.locator('lab-prompt').evaluate((panel) => {
    const detail = { type: 'text', text: 'Once upon' };
    panel.dispatchEvent(new CustomEvent('lab-edit', { detail, bubbles: true }));
  });
  assert.equal(await prompt(), 'Once␣upon');
  assert.match(await page.locator('.free-text').innerText(), /does not use the table/);
  await cell(1).fill('jump');
  assert.equal(await prompt(), 'Once␣upon', 'the table may be edited meanwhile');
  await page.getByRole('button', { name: 'Back to the table' }).click();
  assert.match(await prompt(), /^Q:␣jump↵/);
  assert.equal(await page.locator('.free-text').count(), 0);
});

test('the same task as a conversation, in the template of the model', async () => {
  await open();
  const chat = page.getByRole('radio', { name: 'chat' });
  assert.ok(await chat.isDisabled());
  assert.match(await page.locator('.form-switch').innerText(), /Load the model to use chat/);
  await loadModel(page);
  await page.fill('#shots', '1');
  await chat.focus();
  await page.keyboard.press('Space');
  await page.locator('lab-exact', { hasText: 'im_start' }).waitFor();
  await settled(page);
  const turn = (role, text) => `<|im_start|>${role}↵${text}<|im_end|>↵`;
  const system = 'You are a helpful AI assistant named SmolLM, trained by Hugging Face';
  assert.equal(
    await prompt(),
    turn('system', system).replaceAll(' ', '␣') +
      turn('user', 'Q:␣walk↵A:') +
      turn('assistant', 'walked') +
      turn('user', 'Q:␣sing↵A:') +
      '<|im_start|>assistant↵',
  );
  const told = page.locator('.form-switch');
  assert.ok((await told.innerText()).includes(`this model’s template adds: “${system}”`));
  await page.getByRole('radio', { name: 'Roles' }).check({ force: true });
  assert.equal(
    await page.locator('lab-exact .legend').innerText(),
    'template\ninput\noutput\nquery',
  );

  await page.fill('#instruction', 'Give the past tense.');
  assert.match(await prompt(), /^<\|im_start\|>system↵Give␣the␣past␣tense\.<\|im_end\|>↵/);
  assert.ok(!(await told.innerText()).includes('adds'));
  await page.getByRole('radio', { name: 'raw text' }).press('Space');
  assert.match(await prompt(), /^Give␣the␣past␣tense\.↵↵Q:␣walk↵A:␣walked/);
});

for (const [width, colorScheme, locale] of [
  [320, 'light', 'en'],
  [1280, 'dark', 'zh-CN'],
]) {
  test(`nothing is in the way of anyone: ${width} px, ${colorScheme}, ${locale}`, async () => {
    await open({ colorScheme, locale, viewport: { width, height: 800 } });
    await page.selectOption('#preset', 'topics');
    await page.locator('[data-row="1"] .grip').click();
    await page.locator('lab-template summary').click();
    // What each row does is another panel's to say; here it only has to have its place.
    await page.locator('lab-demonstrations').evaluate((table) => {
      table.effects = new Map([
        [0, { text: '+0.31', sign: 'more' }],
        [2, { text: '−12.50', sign: 'less' }],
      ]);
    });
    const check = async (state, part) => {
      const { violations } = await analyze(page, part);
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
      assert.deepEqual(found, [], state);
      const scrollWidth = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(scrollWidth <= width, `${state}: ${scrollWidth} px wide`);
      const leaves = await page.locator(part).evaluate((panel) => {
        const { paddingInlineStart, paddingInlineEnd } = getComputedStyle(panel);
        const { left, right } = panel.getBoundingClientRect();
        const start = left + parseFloat(paddingInlineStart) - 1;
        const end = right - parseFloat(paddingInlineEnd) + 1;
        return [...panel.querySelectorAll('*')]
          .filter((one) => one.checkVisibility() && !one.closest('.visually-hidden, [hidden]'))
          .filter((one) => {
            const box = one.getBoundingClientRect();
            return box.width > 0 && (box.left < start || box.right > end);
          })
          .map((one) => one.outerHTML.slice(0, 160));
      });
      assert.deepEqual(leaves, [], `${state}: all of it lies within its panel`);
    };
    await check('table', '.prompt-panel');
    await page.locator('[data-row="2"]').hover();
    await page.locator('[data-row="2"] lab-menu > button').click();
    await check('menu', '.prompt-panel');
    await page.keyboard.press('Escape');
    await page.click('#import');
    await page.locator('dialog textarea').fill(`text,label\n${'word '.repeat(60)},a\nonly\n"x`);
    await page.locator('.import-problems').waitFor();
    await check('import', 'dialog.import');
    await page.keyboard.press('Escape');
    await page.locator('lab-prompt').evaluate((panel) => {
      const detail = { type: 'text', text: 'Once' };
      panel.dispatchEvent(new CustomEvent('lab-edit', { detail, bubbles: true }));
    });
    await page.locator('.free-text').waitFor();
    await check('free text', '.prompt-panel');
  });
}
