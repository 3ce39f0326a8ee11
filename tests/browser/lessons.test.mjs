// Lessons, the tour and guessing, all without a model: by keyboard, across a reload, and back to the reader's own work.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { analyze } from '../support/axe.mjs';
import { bytesOf, useLab } from './lab.mjs';

const lab = useLab({ perTest: true });
const plural = JSON.parse(
  readFileSync(new URL('../../pkg/src/records/plural.json', import.meta.url), 'utf8'),
);

const caption = (page) => page.locator('.lesson-caption');
const count = (page, text) => page.locator('.lesson-count', { hasText: text }).waitFor();
const entry = (page, name) => page.locator('.entries').getByRole('button', { name, exact: true });
const state = (page) =>
  page.evaluate(() => [
    document.querySelector('#query').value,
    document.querySelector('#shots').value,
  ]);

/** Work of the reader's own: two edits that can be undone. */
async function work(page) {
  await page.locator('.rung').first().waitFor();
  await page.locator('#shots').fill('7');
  await page.getByRole('button', { name: 'tooth', exact: true }).click();
  assert.deepEqual(await state(page), ['tooth', '7']);
}

/** It is there again, with its history. */
async function isBack(page) {
  await page.waitForFunction(() => document.querySelector('#query').value === 'tooth');
  assert.deepEqual(await state(page), ['tooth', '7']);
  assert.equal(await page.locator('.lesson-bar').count(), 0);
  await page.getByRole('button', { name: 'Undo' }).click();
  assert.deepEqual(await state(page), ['horse', '7']);
  await page.getByRole('button', { name: 'Redo' }).click();
}

test('a lesson is played by keyboard, survives a reload, and leaves the own work as it was', async () => {
  const page = await lab.open();
  await work(page);
  await entry(page, 'Lessons').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Start: Few-shot in ten minutes' }).focus();
  await page.keyboard.press('Enter');
  await count(page, 'Step 1 of 10');
  assert.deepEqual(await state(page), ['horse', '0']);
  assert.match(await caption(page).textContent(), /“horses” gets 0\.059%\.$/);

  // The focus is in the bar, once the dialog has given it back.
  await page.waitForFunction(() => document.activeElement.matches('.lesson-caption'));
  await page.keyboard.press('ArrowRight');
  await count(page, 'Step 2 of 10');
  assert.equal(await page.locator('.headline').isVisible(), false, 'the answer is to be guessed');
  assert.equal(await page.locator('#shots').getAttribute('aria-valuetext'), 'one-shot');
  assert.equal((await caption(page).textContent()).trim(), '');

  await page.reload();
  await count(page, 'Step 2 of 10');
  assert.equal(await page.locator('.headline').isVisible(), false);
  await page.locator('.chance').getByRole('button', { name: 'Yes' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Reveal' }).focus();
  await page.keyboard.press('Enter');
  assert.match(await caption(page).textContent(), /You guessed 90%\.\s+Yes\. One example takes/);
  assert.equal(await page.locator('.headline-word').textContent(), 'horses');
  assert.ok(await page.locator('.headline').isVisible());

  await page.keyboard.press('ArrowLeft');
  await count(page, 'Step 1 of 10');
  await page.keyboard.press('Escape');
  await page.locator('.lesson-bar').waitFor({ state: 'detached' });
  assert.ok(await entry(page, 'Guess first').evaluate((one) => one === document.activeElement));
  await isBack(page);
  assert.equal(page.workers().length, 0, 'no model was asked for');
});

test('work in a lesson is not kept, and a task of the own that is opened there is', async () => {
  const page = await lab.open({ link: '?lesson=bias' });
  await count(page, 'Step 1 of 10');
  assert.equal(await page.inputValue('#preset'), 'sentiment');
  await page.locator('#shots').fill('3');
  await page.locator('#preset').selectOption('new');
  await page.locator('.lesson-bar').waitFor({ state: 'detached' });
  await page.waitForURL(({ search }) => search === '');
  await page.locator('[data-row="0"] [data-field="input"]').fill('mine');
  await page.reload();
  await page.locator('[data-row="0"]').waitFor();
  assert.equal(await page.locator('.lesson-bar').count(), 0);
  assert.equal(await page.inputValue('[data-row="0"] [data-field="input"]'), 'mine');
});

test('the tour outlines what it speaks of, never starts by itself, and Escape leaves it from anywhere', async () => {
  const page = await lab.open();
  await work(page);
  assert.equal(await page.locator('.lesson-bar').count(), 0);
  await entry(page, 'Tour').click();
  const outlined = () =>
    page.evaluate(() =>
      ['.shots', '.panel.exact', '.queries', '.preset', '.headline'].filter(
        (one) => getComputedStyle(document.querySelector(one)).outlineStyle === 'solid',
      ),
    );
  const targets = [];
  for (let step = 1; step <= 6; step++) {
    await count(page, `Step ${step} of 6`);
    targets.push(...(await outlined()));
    if (step < 6) await page.getByRole('button', { name: 'Next', exact: true }).click();
  }
  assert.deepEqual(targets, [
    '.shots',
    '.shots',
    '.panel.exact',
    '.queries',
    '.preset',
    '.headline',
  ]);
  await page.locator('#query').focus();
  await page.keyboard.press('Escape');
  await isBack(page);
  assert.deepEqual(await outlined(), []);
});

test('a round of guesses is scored as Brier scores it', async () => {
  const page = await lab.open();
  await work(page);
  await entry(page, 'Guess first').click();
  // The button for one example has the focus.
  await page.getByRole('button', { name: 'Start with one example' }).waitFor();
  await page.keyboard.press('Enter');
  const questions = [
    { query: 'horse', output: 'horses', results: plural.results },
    ...plural.queries,
  ];
  const outcomes = questions.map(({ output, results }) =>
    Number(results[1].words[0][0].trim() === output),
  );
  for (const [at, { query, output }] of questions.entries()) {
    await count(page, `Question ${at + 1} of ${questions.length}`);
    const asked = `With one example, is “${output}” the most probable answer to “${query}”?`;
    assert.equal(await page.locator('.lesson-question').textContent(), asked);
    assert.equal(await page.locator('.headline').isVisible(), false);
    assert.deepEqual(await state(page), [query, '1']);
    await page.locator('.chance').getByRole('button', { name: 'Yes' }).press('Enter');
    await page.getByRole('button', { name: 'Reveal' }).press('Enter');
    assert.match(await caption(page).textContent(), outcomes[at] ? /^Yes: / : /^No: /);
    assert.ok(await page.locator('.headline').isVisible());
    await page.keyboard.press('Enter');
  }
  const score = outcomes.reduce((sum, outcome) => sum + (0.9 - outcome) ** 2, 0) / outcomes.length;
  assert.equal(
    await page.locator('.guess-score').textContent(),
    `Your Brier score: ${score.toFixed(2)}`,
  );
  assert.equal(await page.locator('.guess-even').textContent(), 'Always saying 50%: 0.25');
  const card = await page.locator('.guess-card').inputValue();
  assert.match(card, new RegExp(`Brier ${score.toFixed(2)} over 7 questions`));
  assert.ok(card.endsWith(`${new URL(page.url()).origin}/?preset=plural`), card);
  await page.getByRole('button', { name: 'Leave' }).click();
  await isBack(page);
});

test('a lesson is made, saved, linked and opened elsewhere; a wrong file gets a sentence', async () => {
  const page = await lab.open();
  await work(page);
  await entry(page, 'Lessons').click();
  await page.getByRole('button', { name: 'New lesson from here' }).click();
  await page.getByLabel('Title').fill('Teeth');
  await page.getByRole('button', { name: 'Add this state' }).click();
  await page.locator('#shots').fill('0');
  await page.getByRole('button', { name: 'Add this state' }).click();
  await page.getByLabel('Caption of step 1').fill('With examples <b>');
  await page.getByLabel('Caption of step 2').fill('Without');
  await page.getByRole('button', { name: 'Move step 2 up' }).click();
  assert.equal(await page.getByLabel('Caption of step 1').inputValue(), 'Without');

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save file' }).click(),
  ]);
  const file = await bytesOf(download);
  await page.getByRole('button', { name: 'Make a link' }).click();
  const link = await page.getByLabel('Link to this lesson').inputValue();

  // In a fresh profile.
  const other = await lab.open({ link, serviceWorkers: 'block' });
  await count(other, 'Step 1 of 2');
  assert.equal(await other.locator('.lesson-title').textContent(), 'Teeth');
  assert.deepEqual(await state(other), ['tooth', '0']);
  await other.getByRole('button', { name: 'Next', exact: true }).click();
  assert.equal((await caption(other).textContent()).trim(), 'With examples <b>');
  assert.deepEqual(await state(other), ['tooth', '7']);
  await other.getByRole('button', { name: 'Finish' }).click();
  await other.waitForFunction(() => document.querySelector('#query').value === 'horse');
  await other.waitForURL(({ hash }) => hash === '');

  await entry(other, 'Lessons').click();
  await other.locator('#lesson-file').setInputFiles({
    name: 'lesson.json',
    mimeType: 'application/json',
    buffer: file,
  });
  await count(other, 'Step 1 of 2');

  // Beside the lab, under a name.
  await other.route('**/lessons/teeth.json', (route) => route.fulfill({ body: file }));
  await other.goto(new URL('?lesson=teeth', lab.url).href);
  await count(other, 'Step 1 of 2');
  await other.getByRole('button', { name: 'Next', exact: true }).click();
  await other.reload();
  await count(other, 'Step 2 of 2');

  // Dropped on the page, and with a part that cannot be.
  const wrong = file.toString().replace('"caption": "Without"', '"caption": 7');
  const files = await other.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'lesson.json'));
    return transfer;
  }, wrong);
  await other.dispatchEvent('lab-app', 'dragover', { dataTransfer: files });
  await other.dispatchEvent('lab-app', 'drop', { dataTransfer: files });
  assert.match(
    await other.locator('.lesson-problem').textContent(),
    /could not be read: it contains an impossible value \(steps\[0\]\.caption\)/,
  );
});

test('on a projector three numbers are large; on paper there is a worksheet', async () => {
  const page = await lab.open({ link: '?lesson=few-shot' });
  await count(page, 'Step 1 of 10');
  await page.getByRole('button', { name: 'Present' }).click();
  const sizes = await page
    .locator('.presenter-numbers dd')
    .evaluateAll((all) => all.map((one) => Number.parseFloat(getComputedStyle(one).fontSize)));
  assert.equal(sizes.length, 3);
  assert.ok(
    sizes.every((size) => size > 80),
    `${sizes}`,
  );
  await page.keyboard.press('PageDown');
  await page.locator('.presenter-head', { hasText: 'Step 2 of 10' }).waitFor();
  assert.equal(await page.locator('.presenter-word').textContent(), '?');
  await page.keyboard.press('Escape');
  await page.locator('.presenter').waitFor({ state: 'detached' });
  await count(page, 'Step 2 of 10');

  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('.sheet-step').count(), 10);
  assert.ok(await page.locator('.worksheet').isVisible());
  assert.ok(await page.locator('.sheet-bars').first().isVisible());
  for (const part of ['.masthead', '.bench', '.lesson-bar']) {
    assert.equal(await page.locator(part).isVisible(), false, part);
  }
});

test('axe finds nothing to mend, light or dark', async () => {
  const page = await lab.open();
  const check = async (name, part) => {
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await analyze(page, part);
      const found = violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`,
      );
      assert.deepEqual(found, [], `${name}, ${colorScheme}`);
    }
  };
  await entry(page, 'Lessons').click();
  await page.locator('.library[open]').waitFor();
  await check('library', '.library');
  await page.getByRole('button', { name: 'Start: Is it bias?' }).click();
  await count(page, 'Step 1 of 10');
  await check('lesson', '.lesson-bar');
  for (let i = 0; i < 2; i++) await page.getByRole('button', { name: 'Next', exact: true }).click();
  // All of the page, in which the answer is hidden.
  await check('question');
  await page.getByRole('button', { name: 'Present' }).click();
  await page.locator('.presenter[open]').waitFor();
  await check('presenter', '.presenter');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Leave' }).click();
  await entry(page, 'Guess first').click();
  await page.getByRole('button', { name: 'Start with two examples' }).click();
  await count(page, 'Question 1 of');
  await check('guess', '.lesson-bar');
  await page.getByRole('button', { name: 'Reveal' }).click();
  await check('revealed', '.lesson-bar');
  await page.getByRole('button', { name: 'Leave' }).click();
  await entry(page, 'Lessons').click();
  await page.getByRole('button', { name: 'New lesson from here' }).click();
  await page.getByRole('button', { name: 'Add this state' }).click();
  await check('maker', '.lesson-bar');
});
