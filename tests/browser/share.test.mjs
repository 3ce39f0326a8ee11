// Sharing and keeping without a model: links over work that is there, what a reload keeps, and a storage or clipboard that is denied.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useLab } from './lab.mjs';
import * as share from './share.mjs';
import { closeShare, focused, openShare, preview, query, undo } from './share.mjs';

const lab = useLab({ perTest: true });
const profile = () => share.profile(lab);

/** Waits until this query is kept as that of the tab's work. */
const kept = (page, text) =>
  page.waitForFunction((text) => {
    const work = sessionStorage.getItem('shotglass.work');
    return work !== null && JSON.parse(work).draft.query === text;
  }, text);

async function write(page, text) {
  await query(page).fill(text);
  await kept(page, text);
}

test('a link that cannot be read is told in a sentence, and the page opens as usual', async () => {
  const context = await profile();
  const page = await lab.open({ context, link: '?preset=sentiment' });
  await write(page, 'work worth keeping');
  for (const [hash, sentence] of [
    ['v1/q1YqLs1VslJKs7Qw', /could not be read: part of it is missing/],
    ['v1/%F0%9F', /could not be read: part of it is missing/],
    ['v9/abc', /could not be read: a newer version/],
    [`v1/${'A'.repeat(500_000)}`, /could not be read: it is longer/],
  ]) {
    await page.goto(`${lab.url}#${hash}`);
    const notice = page.locator('.keep-notice');
    await notice.waitFor();
    assert.match(await notice.textContent(), sentence);
    assert.equal(await query(page).inputValue(), 'work worth keeping');
    await notice.getByRole('button', { name: 'Dismiss' }).click();
    await notice.waitFor({ state: 'detached' });
  }
});

test('a link over work that is there is one step, and undo brings the work back', async () => {
  const context = await profile();
  const page = await lab.open({ context, link: '?preset=topics' });
  await openShare(page, 'link');
  const link = await preview(page, 'link');
  await closeShare(page);
  await page.getByLabel('Task').selectOption('sentiment');
  await write(page, 'mine');
  await page.goto(link);
  await page.waitForFunction(() => document.querySelector('#preset')?.value === 'topics');
  await undo(page).click();
  assert.equal(await query(page).inputValue(), 'mine');
  await kept(page, 'mine');
  // The same by a page that is opened anew.
  await page.close();
  const anew = await lab.open({ context, link });
  await anew.waitForFunction(() => document.querySelector('#preset')?.value === 'topics');
  await undo(anew).click();
  assert.equal(await query(anew).inputValue(), 'mine');
});

test('a reload keeps the work and its history; each tab keeps its own', async () => {
  const context = await profile();
  const one = await lab.open({ context });
  await write(one, 'first');
  const two = await lab.open({ context });
  assert.equal(await query(two).inputValue(), 'first', 'a new tab opens with the last work');
  await write(two, 'second');
  assert.equal(await query(one).inputValue(), 'first');
  await one.reload();
  assert.equal(await query(one).inputValue(), 'first', 'no tab changes what another shows');
  await undo(one).click();
  const undone = await query(one).inputValue();
  assert.notEqual(undone, 'first');
  await kept(one, undone);
  await write(two, 'third');
  // To leave a tab is not to edit it.
  await one.close();
  const three = await lab.open({ context });
  assert.equal(await query(three).inputValue(), 'third');

  // Start over, by keyboard: first it asks.
  await three.locator('#share').focus();
  await three.keyboard.press('Enter');
  await three.locator('#start-over').press('Enter');
  await focused(three, 'start-over-yes');
  await three.getByRole('button', { name: 'Cancel' }).press('Enter');
  await focused(three, 'start-over');
  await three.locator('#start-over').press('Enter');
  await three.locator('#start-over-yes').press('Enter');
  assert.notEqual(await query(three).inputValue(), 'third');
  assert.deepEqual(
    await three.evaluate(() =>
      [localStorage, sessionStorage].map((storage) => storage.getItem('shotglass.work')),
    ),
    [null, null],
  );
});

for (const [name, breakStorage] of [
  [
    'full',
    () => {
      Storage.prototype.setItem = () => {
        throw new DOMException('no room', 'QuotaExceededError');
      };
    },
  ],
  [
    'denied',
    () => {
      for (const storage of ['localStorage', 'sessionStorage']) {
        Object.defineProperty(window, storage, {
          get() {
            throw new DOMException('denied', 'SecurityError');
          },
        });
      }
    },
  ],
]) {
  test(`a storage that is ${name} is told once, and nothing breaks`, async () => {
    const context = await profile();
    await context.addInitScript(breakStorage);
    const page = await lab.open({ context });
    await query(page).fill('unkept');
    const notice = page.locator('.keep-notice');
    await notice.waitFor();
    assert.match(await notice.textContent(), /storage is full or blocked/);
    await notice.getByRole('button', { name: 'Dismiss' }).click();
    await query(page).fill('still unkept');
    // The page tries again 400 ms after an edit: a later timer of the same page comes after that.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
    assert.equal(await notice.count(), 0);
    assert.equal(await query(page).inputValue(), 'still unkept');
  });
}

test('where the clipboard is denied, the text is there to be copied by hand', async () => {
  const context = await lab.browser.newContext();
  await context.addInitScript(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('', 'NotAllowedError'));
  });
  const page = await lab.open({ context });
  await openShare(page, 'javascript');
  await page.getByRole('button', { name: 'Copy shotglass.mjs' }).click();
  await page.getByText('copy the selected text').waitFor();
  const selected = await page.evaluate(() => {
    const { selectionStart, selectionEnd, value } = document.activeElement;
    return [selectionStart, selectionEnd - value.length];
  });
  assert.deepEqual(selected, [0, 0]);
  assert.equal(await page.getByText('Copied').count(), 0);
});
