// Sharing and keeping: links, receipts, what is copied and saved, and what is there after a reload.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyze } from '../support/axe.mjs';
import { bytesOf, loadModel, readTable, settled, useLab } from './lab.mjs';

const lab = useLab({ perTest: true });

const permissions = ['clipboard-read', 'clipboard-write'];
/** A profile of its own: storage and clipboard of nobody else. */
const profile = (options = {}) =>
  lab.browser.newContext({ permissions, viewport: { width: 1280, height: 900 }, ...options });

async function openShare(page, format) {
  await page.locator('#share').click();
  await choose(page, format);
}

const choose = (page, format) => page.locator(`input[name=share-format][value=${format}]`).check();

async function closeShare(page) {
  await page.keyboard.press('Escape');
  await page.locator('.share-dialog[open]').waitFor({ state: 'detached' });
}

/** The one text that a format shows. */
async function preview(page, format) {
  await choose(page, format);
  return page.locator('.share-file textarea').first().inputValue();
}

const query = (page) => page.locator('.prompt-panel textarea').last();
const undo = (page) => page.getByRole('button', { name: 'Undo' });
const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());

async function saved(page, click) {
  const download = page.waitForEvent('download');
  await click();
  return bytesOf(await download);
}

/** Writes a text into the query and waits until it is kept. */
async function write(page, text) {
  await query(page).fill(text);
  await page.waitForFunction(
    (text) => sessionStorage.getItem('shotglass.work')?.includes(text),
    text,
  );
}

test('a link shows the same numbers in a fresh profile, which runs nothing by itself', async () => {
  const context = await profile();
  const page = await lab.open({ context, link: '?preset=sentiment' });
  await query(page).fill('Rain, rain,\n“rain”. 雨 👩‍👩‍👧');
  await loadModel(page);
  await page.getByRole('tab', { name: 'Tokens', exact: true }).click();
  await page.locator('button.token').first().click();
  await settled(page);
  const there = await readTable(page);

  await openShare(page, 'link');
  await page.getByRole('button', { name: 'Copy link' }).click();
  await page.getByText('Copied').first().waitFor();
  const link = await clipboard(page);
  assert.match(link, /^http:\/\/[^?]+\/#v1\/[\w-]+\.[\w-]+$/);
  // The address says it, too.
  await page.waitForURL(({ hash }) => hash === new URL(link).hash);
  await closeShare(page);
  await query(page).fill('Sun.');
  // An address that no longer holds is taken back.
  await page.waitForURL((url) => url.hash === '');

  const fresh = await profile();
  const requests = [];
  fresh.on('request', (request) => requests.push(request.url()));
  const other = await lab.open({ context: fresh, link });
  await other.locator('lab-prompt').waitFor();
  assert.equal(await query(other).inputValue(), 'Rain, rain,\n“rain”. 雨 👩‍👩‍👧');
  assert.deepEqual(
    requests.filter((url) => /gguf|wasm|huggingface/.test(url)),
    [],
  );
  assert.equal(await other.locator('.receipt').count(), 0);
  await loadModel(other);
  const here = await readTable(other);
  assert.deepEqual(
    here.rows.map(({ token, shown }) => [token, shown]),
    there.rows.map(({ token, shown }) => [token, shown]),
  );
  here.rows.forEach(({ p }, index) => {
    assert.ok(Math.abs(p - there.rows[index].p) < 1e-6);
  });
});

test('a receipt says what was recorded, and the page finds whether it holds', async () => {
  const context = await profile();
  const page = await lab.open({ context, link: '?preset=sentiment' });
  await openShare(page, 'receipt');
  await page.getByText('Load the model first').waitFor();
  await closeShare(page);
  await loadModel(page);
  await openShare(page, 'receipt');
  const link = await preview(page, 'receipt');
  const file = await saved(page, () =>
    page.getByRole('button', { name: 'Save as a file' }).click(),
  );
  await closeShare(page);
  const { rows } = await readTable(page);

  const fresh = await profile();
  const other = await lab.open({ context: fresh, link });
  const card = other.locator('.receipt');
  await card.waitFor();
  assert.equal(await card.getAttribute('data-state'), 'waiting');
  const recorded = await card.locator('.receipt-top').textContent();
  assert.ok(recorded.includes(rows[0].token) && recorded.includes(rows[0].shown), recorded);
  assert.match(await card.textContent(), /b179c9523d0e6a0f.*16-bit|16-bit.*b179c9523d0e6a0f/s);
  await loadModel(other);
  await other.locator('.receipt[data-state=matches]').waitFor();
  assert.match(
    await card.textContent(),
    /all probabilities agree \(largest difference [\d.]+ percentage points\)/,
  );

  // Another prompt is not what was recorded; undo, and it is again.
  await query(other).fill('Another film.');
  await other.locator('.receipt[data-state=edited]').waitFor();
  await undo(other).click();
  await other.locator('.receipt[data-state=matches]').waitFor();
  await card.getByRole('button', { name: 'Close' }).click();
  await card.waitFor({ state: 'detached' });

  // One number altered in the file.
  const altered = JSON.parse(file);
  altered.receipt.top[1].p += 0.002;
  const choose = async (name, content) => {
    await other.locator('#share').click();
    await other
      .locator('#receipt-file')
      .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(content) });
  };
  await choose('receipt.json', JSON.stringify(altered));
  await other.locator('.receipt[data-state=differs]').waitFor();
  const sentence = await card.locator('.receipt-said').textContent();
  assert.ok(
    sentence.includes(`the probability of ${altered.receipt.top[1].text.replace(' ', '␣')} was`),
    sentence,
  );

  altered.receipt.model.sha256 = 'ab'.repeat(32);
  altered.receipt.model.activationBits = 8;
  await choose('receipt.json', JSON.stringify(altered));
  await other.getByText('A different model is loaded here').waitFor();
  assert.match(await card.textContent(), /hash b179c952.*8-bit activations.*16 bits/s);

  await choose('holiday.json', '{"no": "receipt"}');
  await other.getByText('This file could not be read: it was not made by this page').waitFor();
});

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
  assert.notEqual(await query(one).inputValue(), 'first');
  await one.waitForFunction(
    () => JSON.parse(sessionStorage.getItem('shotglass.work')).draft.query !== 'first',
  );
  await write(two, 'third');
  // To leave a tab is not to edit it.
  await one.close();
  const three = await lab.open({ context });
  assert.equal(await query(three).inputValue(), 'third');

  // Start over, by keyboard: first it asks.
  await three.locator('#share').focus();
  await three.keyboard.press('Enter');
  await three.locator('#start-over').press('Enter');
  assert.equal(await three.evaluate(() => document.activeElement.id), 'start-over-yes');
  await three.getByRole('button', { name: 'Cancel' }).press('Enter');
  assert.equal(await three.evaluate(() => document.activeElement.id), 'start-over');
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
    await page.waitForTimeout(600);
    assert.equal(await notice.count(), 0);
    assert.equal(await query(page).inputValue(), 'still unkept');
  });
}

test('everything can be copied and saved, by mouse and by keyboard', async () => {
  const context = await profile();
  const page = await lab.open({ context, link: '?preset=sentiment' });
  await page.locator('#share').focus();
  await page.keyboard.press('Enter');
  const chosen = () => page.evaluate(() => document.activeElement.value);
  assert.equal(await chosen(), 'link', 'the focus is in the list of formats');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  assert.equal(await chosen(), 'markdown');
  await page.keyboard.press('Escape');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'share');

  await loadModel(page);
  const { rows, rest } = await readTable(page);
  await page.locator('#share').click();
  const markdown = await preview(page, 'markdown');
  assert.ok(markdown.includes(`| \`${rows[0].token}\` | ${rows[0].shown} |`), markdown);
  assert.ok(markdown.includes(rest.shown));
  await page.getByRole('button', { name: 'Copy shotglass.md' }).press('Enter');
  await page.getByRole('button', { name: 'Copy shotglass.md' }).getByText('Copied').waitFor();
  assert.equal((await clipboard(page)).replaceAll('\r\n', '\n'), markdown);

  const csv = await preview(page, 'csv');
  assert.equal(csv.trim().split('\n').length, rows.length + 2);
  const onDisk = await saved(page, () =>
    page.getByRole('button', { name: 'Save shotglass.csv' }).click(),
  );
  assert.match(onDisk.toString(), /^rank,id,token,bytes,count,p,logprob\r\n/);
  const json = JSON.parse(await preview(page, 'json'));
  assert.equal(json.prediction.candidates[0].p, rows[0].p);
  assert.match(
    await preview(page, 'html'),
    /^<shot-glass preset="sentiment" shots="4" view="tokens">/m,
  );
  assert.match(await preview(page, 'javascript'), /^import \{ .* \} from 'shotglass';/);
  await choose(page, 'harness');
  assert.equal(await page.locator('.share-file textarea').count(), 3);

  await choose(page, 'picture');
  const svg = await saved(page, () => page.getByRole('button', { name: 'Save SVG' }).click());
  assert.ok(svg.toString().startsWith('<svg') && svg.toString().includes(`>${rows[0].shown}<`));
  await page.locator('.share-dialog').getByLabel('Colours').selectOption('dark');
  const png = await saved(page, () => page.getByRole('button', { name: 'Save PNG' }).click());
  assert.equal(png.subarray(1, 4).toString(), 'PNG');
  assert.equal(png.readUInt32BE(16), 1280, 'two pixels for each unit');
  const drawn = await page.locator('.share-picture img').evaluate((image) => image.naturalWidth);
  assert.equal(drawn, 640);
});

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

for (const [width, colorScheme, lang] of [
  [320, 'dark', 'zh-Hans'],
  [1280, 'light', 'en'],
]) {
  test(`nothing is in the way of anyone: ${width} px, ${colorScheme}, ${lang}`, async () => {
    const context = await profile({ colorScheme, viewport: { width, height: 900 } });
    const page = await lab.open({ context, link: `?preset=sentiment&lang=${lang}` });
    await page.locator('.loader .primary').click();
    await settled(page, 120_000);
    await page.locator('#share').click();
    let link = '';
    for (const format of ['link', 'receipt', 'harness', 'picture']) {
      await choose(page, format);
      if (format === 'receipt') link = await preview(page, format);
      if (format === 'picture') await page.locator('.share-picture img').waitFor();
      await clean(page, 'lab-share');
      const leaves = await page.locator('.share-sheet').evaluate((sheet) => {
        const { left, right } = sheet.getBoundingClientRect();
        return [...sheet.querySelectorAll('*')]
          .filter((one) => one.checkVisibility() && !one.closest('.share-picture'))
          .map((one) => [one.getBoundingClientRect(), one.outerHTML])
          .filter(([box]) => box.right > right + 1 || box.left < left - 1)
          .map(([, html]) => html.slice(0, 80));
      });
      assert.deepEqual(leaves, [], `${format} lies within its sheet`);
    }
    await closeShare(page);
    const other = await lab.open({ context, link });
    await other.locator('.receipt summary').click();
    await clean(other, 'lab-receipt');
  });
}

/** Axe finds nothing in that part of the page, which is no wider than its window. */
async function clean(page, part) {
  const { violations } = await analyze(page, part);
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`),
    [],
  );
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${wide} px too wide`);
}
