// The built lab in a real browser, on the real model: what a reader does, and the numbers that the page shows.

import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { Model } from 'shotglass';
import { fineFile, modelFile, readPrompts, readRow, truthFile } from '../support/files.mjs';
import { loadModel, readTable, settled, useLab } from './lab.mjs';

const lab = useLab();
let page;

before(async () => {
  page = await lab.open();
  await loadModel(page);
});

// Each test starts from a preset as it ships, with nothing to undo but the choice of it.
beforeEach(async () => {
  await page.selectOption('#preset', 'arithmetic');
  await page.selectOption('#preset', 'past-tense');
  await settled(page);
});

const demonstration = (n, field) => page.getByLabel(`${field} of example ${n}`, { exact: true });
const inputs = () =>
  page.locator('[data-field="input"]').evaluateAll((fields) => fields.map((field) => field.value));

/** The texts are in a view of their own; each test ends in that of the tokens. */
const view = (name) => page.getByRole('tab', { name, exact: true }).click();

/** The exact prompt, as the strip spells it. */
async function stripText() {
  const cells = await page.locator('lab-exact .cell').allTextContents();
  return cells.join('').replaceAll('␣', ' ').replaceAll('↵', '\n');
}

async function buildGoldenPrompt(text) {
  await page.selectOption('#preset', 'sentiment');
  const parts = text.split('\n\n').map((part) => /^Review: (.*)\nSentiment:(?: (.*))?$/.exec(part));
  const query = parts.pop();
  await page.fill('#shots', String(parts.length));
  for (const [index, [, input, output]] of parts.entries()) {
    await demonstration(index + 1, 'Input').fill(input);
    await demonstration(index + 1, 'Output').fill(output);
  }
  await page.fill('#query', query[1]);
  await settled(page);
}

test('the lab is isolated, and says how many threads it has', async () => {
  assert.equal(await page.evaluate(() => crossOriginIsolated), true);
  const cores = await page.evaluate(() => navigator.hardwareConcurrency);
  const threads = cores === 1 ? 'one thread' : `${Math.min(8, cores)} threads`;
  assert.match(await page.locator('.model-facts').textContent(), new RegExp(`, ${threads}\\s`));
});

test('a four-shot prompt shows the probabilities that the native engine computes', async () => {
  const prompts = readPrompts();
  const index = prompts.findIndex(({ name }) => name === 'sentiment-4');
  const { text, ids } = prompts[index];
  await buildGoldenPrompt(text);
  assert.equal(await stripText(), text);
  assert.equal(await page.locator('.token-count').textContent(), `${ids.length} of 8,192 tokens`);

  const { rows, rest } = await readTable(page);
  const native = readRow(fineFile, index);
  const ranked = [...native.keys()].sort((a, b) => native[b] - native[a]);
  rows.forEach((row, i) => {
    const logprob = native[ranked[i]];
    assert.equal(row.rank, i + 1);
    assert.equal(Math.fround(row.logprob), logprob, row.token);
    assert.ok(Math.abs(row.p - Math.exp(logprob)) <= 1e-4, `${row.token}: ${row.p}`);
  });
  const shown = rows.reduce((sum, { p }) => sum + p, 0);
  assert.ok(Math.abs(shown + rest.p - 1) <= 1e-6, `${shown} + ${rest.p}`);
  assert.equal(rows[0].token, '␣Positive');

  const truth = readRow(truthFile, index);
  assert.equal(truth.indexOf(Math.max(...truth)), ranked[0]);
  assert.ok(Math.abs(rows[0].logprob - truth[ranked[0]]) <= 1e-3, 'far from the float32 truth');
});

test('every preset shows what the package says in Node', async () => {
  const model = await Model.load(modelFile, { activationBits: 16 });
  try {
    for (const preset of ['sentiment', 'topics', 'translate', 'arithmetic', 'past-tense']) {
      await page.selectOption('#preset', preset);
      await settled(page);
      const { rows, rest } = await readTable(page);
      const expected = await model.predict(await stripText());
      rows.forEach((row, i) => {
        const { p, logprob, rank } = expected.candidates[i];
        const shown = [row.rank, row.p, row.logprob];
        assert.deepEqual(shown, [rank, p, logprob], `${preset}, ${row.token}`);
      });
      assert.equal(rest.p, expected.rest.p, preset);
    }
  } finally {
    model.close();
  }
});

test('what is printed is the number, rounded', async () => {
  const { rows, rest } = await readTable(page);
  for (const { p, shown, logprob, shownLogprob } of rows) {
    if (shown === '<0.01%') assert.ok(p < 0.0001, `${shown} for ${p}`);
    else {
      const value = Number.parseFloat(shown) / 100;
      assert.ok(Math.abs(value - p) <= Math.max(0.0005, 0.06 * p), `${shown} for ${p}`);
    }
    assert.equal(Number(shownLogprob.replace('−', '-')), Number(logprob.toFixed(3)));
  }
  assert.equal(rest.token, 'all 49,142 other tokens');
  const bar = await page.locator('tr[data-rank="1"] .bar').evaluate((track) => {
    return track.firstElementChild.getBoundingClientRect().width / track.clientWidth;
  });
  assert.ok(Math.abs(bar - rows[0].p) < 0.02, `a bar of ${bar} for ${rows[0].p}`);
});

test('zero shots and back: the demonstrations make the answer', async () => {
  const four = await readTable(page);
  assert.equal(four.rows[0].token, '␣sang');
  await page.fill('#shots', '0');
  await settled(page);
  assert.equal(await stripText(), 'Q: sing\nA:');
  assert.equal(await page.locator('.shots-name').textContent(), 'zero-shot');
  assert.equal(await page.locator('tr.unused').count(), 10);
  const zero = await readTable(page);
  assert.ok(!zero.rows.some(({ token }) => token === '␣sang'));
  await page.fill('#shots', '4');
  await settled(page);
  assert.deepEqual(await readTable(page), four, 'the cache changed the answer');
});

test('the number of rows changes what is shown, not what is so', async () => {
  const ten = await readTable(page);
  for (const count of [5, 50]) {
    await page.locator('#answer').getByLabel('Show').selectOption(String(count));
    await page.locator(`table.bars:not(.old) tr[data-rank="${count}"]`).waitFor();
    await page.waitForFunction(
      (rows) => document.querySelectorAll('tr[data-rank]').length === rows,
      count,
    );
    const { rows, rest } = await readTable(page);
    const shown = rows.reduce((sum, { p }) => sum + p, 0);
    assert.ok(Math.abs(shown + rest.p - 1) <= 1e-6);
    assert.deepEqual(rows.slice(0, 5), ten.rows.slice(0, 5));
  }
  await page.locator('#answer').getByLabel('Show').selectOption('10');
  await settled(page);
});

test('demonstrations are edited, added, moved, removed, and come back', async () => {
  const all = await inputs();
  await demonstration(2, 'Input').fill('jump');
  await demonstration(2, 'Output').fill('jumped');
  await settled(page);
  assert.match(await stripText(), /Q: jump\nA: jumped\n\nQ: go/);

  const act = async (n, name) => {
    await page.getByRole('button', { name: `Actions for example ${n}`, exact: true }).click();
    await page.getByRole('menuitem', { name }).click();
  };
  await act(2, 'Move up');
  assert.deepEqual((await inputs()).slice(0, 2), ['jump', 'walk']);
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
  assert.match(await focused(), /example 1$/i, 'the focus goes along');

  await act(1, 'Remove');
  assert.deepEqual(await inputs(), ['walk', ...all.slice(2)]);
  await page.locator('.notice').getByRole('button', { name: 'Undo' }).click();
  assert.deepEqual((await inputs()).slice(0, 2), ['jump', 'walk']);

  await page.getByRole('button', { name: 'Add an example' }).click();
  assert.equal(await focused(), 'Input of example 5', 'behind the last that is shown');
  await page.keyboard.type('dig');
  await page.keyboard.press('Tab');
  await page.keyboard.type('dug');
  assert.equal((await inputs())[4], 'dig');
  assert.equal(await page.inputValue('#shots'), '5');

  // Outside a text field, the keys walk the lab's own history.
  await page.locator('#shots').focus();
  for (let i = 0; i < 6; i++) await page.keyboard.press('Control+z');
  assert.deepEqual(await inputs(), all);
  await page.keyboard.press('Control+Shift+z');
  assert.equal((await inputs())[1], 'jump');
});

test('a row can be dragged to another place', async () => {
  const all = await inputs();
  await page.locator('[data-row="0"] .grip').dragTo(page.locator('[data-row="2"] .grip'));
  assert.deepEqual((await inputs()).slice(0, 3), [all[1], all[2], all[0]]);
});

test('template fields show white space and keep it', async () => {
  await page.locator('summary', { hasText: 'Template' }).click();
  const field = page.getByLabel('Between examples');
  assert.equal(await field.inputValue(), '↵↵');
  await field.fill('');
  await field.press('Enter');
  await field.pressSequentially('-- ');
  await field.press('Enter');
  assert.equal(await field.inputValue(), '↵--␣↵');
  await settled(page);
  assert.match(await stripText(), /A: walked\n-- \nQ: play/);
  await page.locator('summary', { hasText: 'Template' }).click();
});

test('the keyboard alone reaches the third token and appends it', async () => {
  const { rows } = await readTable(page);
  const before = await stripText();
  await page.locator('#view-tokens').focus();
  // The menu that saves the figure comes first.
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  const name = await page.evaluate(() => document.activeElement.getAttribute('aria-label'));
  assert.match(name, /^Add space .*, rank 3$/);
  await page.keyboard.press('Enter');
  await settled(page);
  const third = rows[2].token.replaceAll('␣', ' ');
  assert.equal(await stripText(), before + third);
  assert.equal((await page.locator('.cell[data-tone="appended"]').count()) > 0, true);

  await page.getByRole('button', { name: 'Clear' }).click();
  await settled(page);
  assert.deepEqual((await readTable(page)).rows, rows);
});

test('the strip is one tab stop, and tells each token', async () => {
  const options = page.locator('lab-exact').getByRole('listbox').getByRole('option');
  const stops = await options.evaluateAll(
    (cells) => cells.filter((cell) => cell.tabIndex === 0).length,
  );
  assert.equal(stops, 1);
  await options.first().focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  assert.match(
    await page.locator('lab-exact .strip-detail').textContent(),
    /token 3: id \d+, bytes( [0-9A-F]{2})+/,
  );
  await page.keyboard.press('End');
  const last = await page.evaluate(() => document.activeElement.getAttribute('aria-label'));
  // How surprising it is comes before its number, once that is known.
  assert.match(last, /^:, template, ([\d.]+ bits, rank \d+; )?token 42: /);
});

test('the temperature does not touch the table', async () => {
  const before = await readTable(page);
  await view('Text');
  await page.fill('#temperature', '2');
  await page.locator('summary', { hasText: 'Sampling' }).click();
  await page.locator('input[name="topP"]').fill('0.3');
  await page.locator('input[name="topK"]').fill('3');
  await page.keyboard.press('Tab');
  // Longer than the lab waits before it runs the model.
  await page.waitForTimeout(500);
  await view('Tokens');
  assert.deepEqual(await readTable(page), before);
  await view('Text');
  await page.fill('#temperature', '0.7');
  await page.locator('input[name="topP"]').fill('1');
  await page.locator('input[name="topK"]').fill('0');
  await page.locator('summary', { hasText: 'Sampling' }).click();
  await view('Tokens');
});

async function generate(seed) {
  await page.fill('#seed', String(seed));
  await page.keyboard.press('Tab');
  await page.click('#generate');
  await page.locator('.generated[aria-busy="false"] .cell').first().waitFor({ timeout: 60_000 });
  return (await page.locator('.generated .cell').allTextContents()).join('');
}

test('the same seed generates the same text, another seed another', async () => {
  await page.fill('#shots', '0');
  await settled(page);
  await view('Text');
  await page.fill('#temperature', '1.5');
  const first = await generate(7);
  assert.equal(await generate(7), first);
  const others = [await generate(8), await generate(9)];
  assert.ok(
    others.some((text) => text !== first),
    first,
  );
  await page.getByRole('button', { name: 'New seed' }).click();
  assert.notEqual(await page.inputValue('#seed'), '9');
  await page.locator('.generated .cell').first().hover();
  assert.match(
    await page.locator('.generated .strip-detail').textContent(),
    /at temperature 1, rank/,
  );
  await page.fill('#temperature', '0.7');
  await view('Tokens');
});

test('a generation can be stopped, and an edit stops it', async () => {
  await view('Text');
  await page.locator('summary', { hasText: 'Sampling' }).click();
  await page.locator('input[name="maxTokens"]').fill('1000');
  await page.getByLabel('Stop at a line break').uncheck();
  // A text of chance may be over at once.
  await page.fill('#seed', '7');
  await page.keyboard.press('Tab');
  await page.click('#generate');
  await page.locator('.generated .cell').nth(3).waitFor();
  await page.click('#stop');
  await page.locator('#generate').waitFor();
  const count = await page.locator('.generated .cell').count();
  assert.ok(count < 1000);

  await page.click('#generate');
  await page.locator('.generated .cell').nth(2).waitFor();
  await page.fill('#query', 'fly');
  await page.locator('#generate').waitFor();
  await page.getByText('From an earlier prompt').waitFor();
  await page.getByLabel('Stop at a line break').check();
  await page.locator('input[name="maxTokens"]').fill('40');
  await page.locator('summary', { hasText: 'Sampling' }).click();
  await view('Tokens');
});

test('the top token is announced, once it has come to rest', async () => {
  await page.fill('#query', 'walk');
  await settled(page);
  const status = page.locator('lab-app > [role="status"]');
  await page.waitForFunction(() =>
    /space walked/.test(document.querySelector('lab-app > [role="status"]').textContent),
  );
  assert.match(await status.textContent(), /^Top token: space walked, .* percent$/);
});
