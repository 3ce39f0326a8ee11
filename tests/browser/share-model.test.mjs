// Sharing with a model: one page sends links, receipts and files, and another, of a fresh profile, opens them.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { copyBy } from './clipboard.mjs';
import { live, loadModel, readTable, settled, useLab, wayCheck } from './lab.mjs';
import * as share from './share.mjs';
import { choose, closeShare, focused, openShare, preview, query, saved, undo } from './share.mjs';

const lab = useLab();
const profile = () => share.profile(lab);

/** Has the preset sentiment, and from the second test on the model. */
let sender;
/** Opens what the sender shares, and has the model since it has opened the receipt. */
let recipient;

before(async () => {
  sender = await lab.open({ context: await profile(), link: '?preset=sentiment' });
});
after(() => Promise.all([sender, recipient].map((page) => page?.context().close())));

/** A page of a profile in which nothing was opened before. */
const openFresh = async (link) => lab.open({ context: await profile(), link });

/** In English, wide and light, then in Chinese, narrow and dark: nothing is in the way of anyone. */
async function bothWays(page, check) {
  const language = page.locator('.language select');
  for (const [lang, width, colorScheme] of [
    ['en', 1280, 'light'],
    ['zh-Hans', 320, 'dark'],
  ]) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await language.selectOption(lang);
    await page.locator(`html[lang="${lang}"]`).waitFor();
    await check(width);
  }
}

test('formats are walked through by keyboard, and a receipt waits for a model', async () => {
  await sender.locator('#share').focus();
  await sender.keyboard.press('Enter');
  const isChosen = (format) =>
    sender.waitForFunction((format) => document.activeElement.value === format, format);
  await isChosen('link');
  await sender.keyboard.press('ArrowDown');
  await isChosen('receipt');
  await sender.getByText('Load the model first').waitFor();
  await sender.keyboard.press('ArrowDown');
  await isChosen('markdown');
  await sender.keyboard.press('Escape');
  await focused(sender, 'share');
});

test('everything can be copied and saved, by mouse and by keyboard', async () => {
  await loadModel(sender);
  const { rows, rest } = await readTable(sender);
  await sender.locator('#share').click();
  const markdown = await preview(sender, 'markdown');
  assert.ok(markdown.includes(`| \`${rows[0].token}\` | ${rows[0].shown} |`), markdown);
  assert.ok(markdown.includes(rest.shown));
  const copy = sender.getByRole('button', { name: 'Copy shotglass.md' });
  assert.equal(await copyBy(copy, () => copy.press('Enter')), markdown);

  const csv = await preview(sender, 'csv');
  assert.equal(csv.trim().split('\n').length, rows.length + 2);
  const onDisk = await saved(sender, 'Save shotglass.csv');
  assert.match(onDisk.toString(), /^rank,id,token,bytes,count,p,logprob\r\n/);
  const json = JSON.parse(await preview(sender, 'json'));
  assert.equal(json.prediction.candidates[0].p, rows[0].p);
  assert.match(
    await preview(sender, 'html'),
    /^<shot-glass preset="sentiment" shots="4" view="tokens">/m,
  );
  assert.match(await preview(sender, 'javascript'), /^import \{ .* \} from 'shotglass';/);
  await choose(sender, 'harness');
  assert.equal(await sender.locator('.share-file textarea').count(), 3);

  await choose(sender, 'picture');
  const svg = await saved(sender, 'Save SVG');
  assert.ok(svg.toString().startsWith('<svg') && svg.toString().includes(`>${rows[0].shown}<`));
  await sender.locator('.share-dialog').getByLabel('Colours').selectOption('dark');
  const png = await saved(sender, 'Save PNG');
  assert.equal(png.subarray(1, 4).toString(), 'PNG');
  assert.equal(png.readUInt32BE(16), 1280, 'two pixels for each unit');
  const drawn = await sender.locator('.share-picture img').evaluate(async (image) => {
    await image.decode();
    return image.naturalWidth;
  });
  assert.equal(drawn, 640);
  await closeShare(sender);
});

test('a receipt says what was recorded, and the page finds whether it holds', async () => {
  await openShare(sender, 'receipt');
  const link = await preview(sender, 'receipt');
  const file = await saved(sender, 'Save as a file');
  await closeShare(sender);
  const { rows } = await readTable(sender);

  recipient = await openFresh(link);
  const card = recipient.locator('.receipt');
  const state = (name) => recipient.locator(`.receipt[data-state=${name}]`).waitFor();
  await state('waiting');
  const recorded = await card.locator('.receipt-top').textContent();
  assert.ok(recorded.includes(rows[0].token) && recorded.includes(rows[0].shown), recorded);
  assert.match(await card.textContent(), /b179c9523d0e6a0f.*16-bit|16-bit.*b179c9523d0e6a0f/s);
  await loadModel(recipient);
  await state('matches');
  assert.match(
    await card.textContent(),
    /all probabilities agree \(largest difference [\d.]+ percentage points\)/,
  );

  // Another prompt is not what was recorded; undo, and it is again.
  await query(recipient).fill('Another film.');
  await state('edited');
  await undo(recipient).click();
  await state('matches');
  await card.getByRole('button', { name: 'Close' }).click();
  await card.waitFor({ state: 'detached' });

  // One number altered in the file.
  const altered = JSON.parse(file);
  altered.receipt.top[1].p += 0.002;
  const open = async (name, content) => {
    await recipient.locator('#share').click();
    await recipient
      .locator('#receipt-file')
      .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(content) });
  };
  await open('receipt.json', JSON.stringify(altered));
  await state('differs');
  const sentence = await card.locator('.receipt-said').textContent();
  assert.ok(
    sentence.includes(`the probability of ${altered.receipt.top[1].text.replace(' ', '␣')} was`),
    sentence,
  );

  altered.receipt.model.sha256 = 'ab'.repeat(32);
  altered.receipt.model.activationBits = 8;
  await open('receipt.json', JSON.stringify(altered));
  await recipient.getByText('A different model is loaded here').waitFor();
  assert.match(await card.textContent(), /hash b179c952.*8-bit activations.*16 bits/s);

  await open('holiday.json', '{"no": "receipt"}');
  await recipient.getByText('This file could not be read: it was not made by this page').waitFor();
});

test('a link shows the same numbers in a fresh profile, which runs nothing by itself', async () => {
  const text = 'Rain, rain,\n“rain”. 雨 👩‍👩‍👧';
  await query(sender).fill(text);
  await settled(sender);
  await sender.locator('button.token').first().click();
  await settled(sender);
  const there = await readTable(sender);

  await openShare(sender, 'link');
  const link = await copyBy(sender.getByRole('button', { name: 'Copy link' }));
  assert.match(link, /^http:\/\/[^?]+\/#v1\/[\w-]+\.[\w-]+$/);
  // The address says it, too.
  await sender.waitForURL(({ hash }) => hash === new URL(link).hash);
  await closeShare(sender);
  await query(sender).fill('Sun.');
  // An address that no longer holds is taken back.
  await sender.waitForURL((url) => url.hash === '');

  const context = await profile();
  const requests = [];
  context.on('request', (request) => requests.push(request.url()));
  const fresh = await lab.open({ context, link });
  await fresh.locator('lab-prompt').waitFor();
  assert.equal(await query(fresh).inputValue(), text);
  assert.deepEqual(
    requests.filter((url) => /gguf|wasm|huggingface/.test(url)),
    [],
  );
  assert.equal(await fresh.locator('.receipt').count(), 0);
  await context.close();

  // With a model, the numbers are computed anew.
  await recipient.goto(link);
  await recipient.waitForFunction((text) => document.querySelector('#query')?.value === text, text);
  await live(recipient);
  const here = await readTable(recipient);
  assert.deepEqual(
    here.rows.map(({ token, shown }) => [token, shown]),
    there.rows.map(({ token, shown }) => [token, shown]),
  );
  here.rows.forEach(({ p }, index) => {
    assert.ok(Math.abs(p - there.rows[index].p) < 1e-6);
  });
});

test('nothing of what is shared is in the way of anyone', async () => {
  let receipt = '';
  await bothWays(sender, async (width) => {
    await sender.locator('#share').click();
    for (const format of ['link', 'receipt', 'harness', 'picture']) {
      await choose(sender, format);
      if (format === 'receipt') receipt = await preview(sender, format);
      if (format === 'picture') await sender.locator('.share-picture img').waitFor();
      await wayCheck(sender, width, 'lab-share')(`${format} at ${width} px`);
      const leaves = await sender.locator('.share-sheet').evaluate((sheet) => {
        const { left, right } = sheet.getBoundingClientRect();
        return [...sheet.querySelectorAll('*')]
          .filter((one) => one.checkVisibility() && !one.closest('.share-picture'))
          .map((one) => [one.getBoundingClientRect(), one.outerHTML])
          .filter(([box]) => box.right > right + 1 || box.left < left - 1)
          .map(([, html]) => html.slice(0, 80));
      });
      assert.deepEqual(leaves, [], `${format} lies within its sheet at ${width} px`);
    }
    await closeShare(sender);
  });
  // Without the language of the sender's page, with which it would be another address, and loaded anew.
  await recipient.goto(new URL(new URL(receipt).hash, lab.url).href);
  await recipient.locator('.receipt[data-state=matches] summary').click();
  await bothWays(recipient, (width) =>
    wayCheck(recipient, width, 'lab-receipt')(`a receipt at ${width} px`),
  );
});
