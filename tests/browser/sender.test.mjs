// A link carries its result: the page that opens it shows that at once as the sender's, until it has checked it, and of no
// other prompt.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { labModule } from '../lab/module.mjs';
import { mustExist, tinyFolder } from '../support/files.mjs';
import { copyBy } from './clipboard.mjs';
import { live, loadModel, readTable, useLab } from './lab.mjs';
import * as share from './share.mjs';
import { query, saved } from './share.mjs';

mustExist(tinyFolder, 'cargo test --release');
// What is live here may be any model's. It says nothing until it is loaded: the default model's records do.
const lab = useLab({ perTest: true, model: join(tinyFolder, 'default.gguf') });

const { decodeLink, encodeLink } = await labModule('share/link.ts');

const profile = () => share.profile(lab);
const word = (page) => page.locator('.headline:not(.old) .headline-word');
const origin = (page, name) => page.locator(`.badge[data-origin="${name}"]`).waitFor();

/** The link that the page shares, once it carries a result of so many tokens or more. */
async function linkOf(page, tokens, withLadder = true) {
  await page.locator('#share').click();
  const text = page.locator('textarea[data-file="link"]');
  await text.waitFor();
  let link = '';
  for (let tries = 0; tries < 240; tries++) {
    link = await text.inputValue();
    const { result } = await decodeLink(new URL(link).hash);
    const isWhole = result && (result.ladder !== null || !withLadder);
    if (isWhole && (result.prediction?.candidates.length ?? 0) >= tokens) break;
    assert.ok(tries < 239, 'the link has no result');
    await page.waitForTimeout(250);
  }
  await page.keyboard.press('Escape');
  return link;
}

/** Opens a link where nothing was opened before; records of presets never come. */
async function openFresh(link, context) {
  const own = context ?? (await profile());
  await own.addInitScript(() => {
    const look = () => {
      const word = document.querySelector('.headline:not(.old) .headline-word');
      if (!word || word.textContent === '…') return;
      window.wordAt ??= performance.now();
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true });
  });
  const page = await lab.open({ context: own, link });
  await word(page).waitFor();
  return page;
}

const ladderOf = (page) =>
  page
    .locator('lab-ladder')
    .evaluate((one) => one.ladder.columns.map(({ k, p, name }) => ({ k, p, name })));

/** Fails unless both show the same word, and the same columns to six digits. */
function assertSame(here, there) {
  assert.equal(here.headline, there.headline);
  const names = ({ ladder }) => ladder.map(({ k, name }) => [k, name]);
  assert.deepEqual(names(here), names(there));
  here.ladder.forEach(({ p }, at) => {
    assert.ok(Math.abs(p - there.ladder[at].p) < 1e-6, `${p}, not ${there.ladder[at].p}`);
  });
}

const shownOf = async (page) => ({
  headline: await page.locator('.headline').textContent(),
  ladder: await ladderOf(page),
});

test('recorded numbers travel with a link: word, bars and ladder are there at once, as the sender’s', async (t) => {
  const sender = await lab.open({ context: await profile(), link: '?preset=sentiment' });
  await origin(sender, 'recorded');
  const link = await linkOf(sender, 10);
  assert.ok(new URL(link).hash.length < 1300, `${link.length} characters`);
  const there = await shownOf(sender);
  const { rows } = await readTable(sender);

  const context = await profile();
  const held = [];
  await context.route(/sentiment-.*\.js/, (route) => held.push(route));
  const page = await openFresh(link, context);
  t.diagnostic(
    `from navigation to the word: ${await page.evaluate(() => Math.round(window.wordAt))} ms`,
  );
  await origin(page, 'sent');
  assert.equal(
    await page
      .locator('.badge summary')
      .textContent()
      .then((text) => text.trim()),
    'sender’s result',
  );
  assertSame(await shownOf(page), there);
  const here = await readTable(page);
  assert.deepEqual(
    here.rows.map(({ token, shown }) => [token, shown]),
    rows.map(({ token, shown }) => [token, shown]),
  );
  await page.getByText('sender’s result').last().waitFor();
  await page.locator('.badge summary').click();
  assert.match(
    await page.locator('.badge-about').textContent(),
    /came with the link.*SmolLM2-135M-Instruct.*shotglass \d.*not checked.*b179c9523d0e6a0f/s,
  );
  // The record of this device is checked, and goes before what was sent.
  assert.ok(held.length > 0, 'the record was never asked for');
  for (const route of held) await route.continue();
  await origin(page, 'recorded');
});

test('live numbers of a prompt of one’s own: shown, gone with the prompt, checked by the model here', async (t) => {
  const sender = await lab.open({ context: await profile() });
  await query(sender).fill('zebra');
  await loadModel(sender);
  const link = await linkOf(sender, 20);
  assert.ok(new URL(link).hash.length < 1300, `${new URL(link).hash.length} characters`);
  const there = await shownOf(sender);
  await sender.close();

  const page = await openFresh(link);
  t.diagnostic(
    `from navigation to the word: ${await page.evaluate(() => Math.round(window.wordAt))} ms`,
  );
  await origin(page, 'sent');
  assertSame(await shownOf(page), there);
  assert.equal((await readTable(page)).rows.length, 10);
  assert.equal(await page.locator('.loader.offer.needed').count(), 0);

  await query(page).fill('giraffe');
  await page.locator('.badge').waitFor({ state: 'detached' });
  assert.equal(
    await page
      .locator('.headline')
      .textContent()
      .then((text) => text.trim()),
    '…',
  );
  assert.equal(await page.locator('table.bars').count(), 0);
  assert.ok((await ladderOf(page)).every(({ p }) => p === null));
  await page.getByRole('button', { name: 'Undo' }).click();
  await origin(page, 'sent');
  assertSame(await shownOf(page), there);

  await loadModel(page);
  const about = page.locator('.badge-about');
  const says = (text) => about.filter({ hasText: text }).waitFor({ state: 'attached' });
  await says('The sender’s numbers agree with the ones computed here');

  // One number is altered, and then the model.
  const { result, unreadable: _, ...shared } = await decodeLink(new URL(link).hash);
  const altered = structuredClone(result);
  const [first] = altered.prediction.candidates;
  first.logprob = Math.log(Math.exp(first.logprob) - 0.0009);
  const open = async (result) => page.goto(`${lab.url}#${await encodeLink(shared, result)}`);
  await open(altered);
  await says('differ from the ones computed here');
  assert.match(
    await about.textContent(),
    /Largest difference: the probability of ␣?\S+ was 0\.\d+ and is 0\.\d+ here/,
  );
  altered.model.sha256 = 'ab'.repeat(32);
  altered.model.name = 'another';
  await open(altered);
  await says('came from another model (another (Q4_1))');
  await live(page);
});

test('a result that cannot be read leaves the prompt, and is told in a sentence', async () => {
  const sender = await lab.open({ context: await profile(), link: '?preset=topics' });
  await origin(sender, 'recorded');
  const link = await linkOf(sender, 10);
  const cases = [
    [link.slice(0, -9), /The result in this link could not be read: part of it is missing/],
    [link.replace(/\.[\w-]+$/, '.AAAA'), /The result in this link could not be read/],
  ];
  const opened = await decodeLink(new URL(link).hash);
  const other = { ...opened.result, prompt: '00000000' };
  const { hash } = new URL(`#${await encodeLink(opened, other)}`, lab.url);
  cases.push([`${lab.url}${hash}`, /impossible value \(result\.prompt\)/]);
  for (const [link, sentence] of cases) {
    const page = await lab.open({ context: await profile(), link });
    const notice = page.locator('.keep-notice');
    await notice.waitFor();
    assert.match(await notice.textContent(), sentence);
    assert.equal(await page.locator('#preset').inputValue(), 'topics');
    await origin(page, 'recorded');
  }
});

test('in Chinese the badge says whose result it is', async () => {
  const sender = await lab.open({ context: await profile(), link: '?preset=topics' });
  await origin(sender, 'recorded');
  const link = new URL(await linkOf(sender, 10));
  link.searchParams.set('lang', 'zh');
  const context = await profile();
  await context.route(/topics-.*\.js/, () => {});
  const page = await openFresh(link.href, context);
  await origin(page, 'sent');
  assert.equal((await page.locator('.badge summary').textContent()).trim(), '分享者的结果');
});

// Back once changed the address alone: the page went on showing the link's task.
test('a link that is pasted into the open page opens there, and Back and Forward go between both', async () => {
  const page = await lab.open({ context: await profile(), link: '?preset=topics' });
  await origin(page, 'recorded');
  const link = await linkOf(page, 10);
  const preset = (id) =>
    page.waitForFunction((id) => document.querySelector('#preset')?.value === id, id);
  await page.locator('#preset').selectOption('plural');
  await query(page).fill('tooth');
  const paste = (link) =>
    page.evaluate((hash) => {
      location.hash = hash;
    }, new URL(link).hash);
  await paste(link);
  await preset('topics');
  await page.goBack();
  await preset('plural');
  assert.equal(await query(page).inputValue(), 'tooth');
  await page.goForward();
  await preset('topics');
  // What is written over a link is there again, too.
  await query(page).fill('Rain.');
  await page.goBack();
  await preset('plural');
  await page.goForward();
  await preset('topics');
  assert.equal(await query(page).inputValue(), 'Rain.');
  // Back is a step that undo takes back.
  await page.goBack();
  await preset('plural');
  await page.getByRole('button', { name: 'Undo' }).click();
  await preset('topics');
  assert.equal(await query(page).inputValue(), 'Rain.');
});

test('a preset as it ships has a short link, with its number of shots', async () => {
  const page = await lab.open({ context: await profile(), link: '?preset=sentiment&k=2' });
  await origin(page, 'recorded');
  const shots = () => page.locator('#shots').inputValue();
  assert.equal(await shots(), '2');
  await page.locator('#share').click();
  const short = page.locator('textarea[data-file="Link to this preset"]');
  assert.equal(await short.inputValue(), `${lab.url}?preset=sentiment&k=2`);
  const copy = page.getByRole('button', { name: 'Copy Link to this preset' });
  assert.equal(await copyBy(copy), `${lab.url}?preset=sentiment&k=2`);
  await page.keyboard.press('Escape');
  await query(page).fill('Mine.');
  // The address no longer holds what is on the page.
  await page.waitForURL(lab.url);
  await page.locator('#share').click();
  await page.locator('textarea[data-file="link"]').waitFor();
  assert.equal(await short.count(), 0);
});

test('a preview card is saved and copied as a PNG of 1200 × 630', async () => {
  const page = await lab.open({ context: await profile() });
  await page.locator('#share').click();
  await page.locator('input[name=share-format][value=card]').check();
  const image = page.locator('lab-share-picture img');
  await image.evaluate((image) => image.decode());
  const svg = await page.locator('lab-share-picture').evaluate((one) => one.draw('light'));
  for (const text of ['Plural', 'horse', 'The', 'horses', '91.3%', new URL(lab.url).host])
    assert.ok(svg.includes(text), text);
  const download = page.waitForEvent('download');
  const png = await saved(page, 'Save PNG');
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [1200, 630]);
  assert.match((await download).suggestedFilename(), /^shotglass-card-(light|dark)\.png$/);
  assert.deepEqual(await copyBy(page.getByRole('button', { name: 'Copy PNG' })), ['image/png']);
  // Nothing is known of this query, so there is nothing to draw.
  await page.keyboard.press('Escape');
  await query(page).fill('zebra');
  await page.locator('#share').click();
  await page.getByText('The card needs the answer').waitFor();
});
