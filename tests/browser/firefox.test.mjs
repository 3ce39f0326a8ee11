// Firefox: the package and the main path of the lab, with the numbers of the native engine.

import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { after, afterEach, before, test } from 'node:test';
import { patienceMs } from '../support/chromium.mjs';
import { launchFirefox } from '../support/firefox.mjs';
import { agreesInEveryBit, serveAgreement } from './agreement.mjs';
import { html, servePages, snapshotOf } from './element.mjs';
import { serveLab } from './lab.mjs';

let browser;
let complaints = [];

before(async () => {
  browser = await launchFirefox();
});
after(() => browser?.close());
afterEach(() => assert.deepEqual(complaints, [], 'the page complained'));

/** A page that is told off for every error that it prints or throws. */
async function open(url) {
  complaints = [];
  const page = await browser.newPage();
  page.setDefaultTimeout(patienceMs);
  await page.setViewport({ width: 1280, height: 900 });
  page.on('pageerror', (error) => {
    // A strict page has no icon either.
    if (!String(error).includes('favicon.ico')) complaints.push(String(error));
  });
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(url);
  return page;
}

for (const [options, build, threads] of [
  [{ build: 'simd128' }, 'simd128', 1],
  [{ build: 'relaxed' }, 'relaxed', 1],
  [{ build: 'threads', threads: 2 }, 'threads', Math.min(2, availableParallelism())],
]) {
  test(`the build ${build} in Firefox and the native engine agree in every bit`, async (t) => {
    const server = await serveAgreement();
    t.after(() => server.close());
    const page = await open(server.url);
    await agreesInEveryBit(page, options, { build, threads, every: 3 });
    await page.close();
  });
}

/** The tokens of the page and their exact p, with the row of all others. */
const readBars = (page) =>
  page.$$eval('table.bars tbody tr', (rows) =>
    rows.map((row) => ({
      token: row.querySelector('th').textContent.trim(),
      p: Number(row.querySelector('data').value),
    })),
  );

test('the lab in Firefox: recorded, live with the same numbers, and answering edits', async (t) => {
  const server = await serveLab();
  t.after(() => server.close());
  const page = await open(server.url);
  await page.click('#view-tokens');
  await page.waitForSelector('table.bars');
  await page.waitForSelector('.badge[data-origin="recorded"]');
  const recorded = await readBars(page);
  assert.ok(recorded.length > 2);
  near(total(recorded), 1);

  await page.click('.loader.offer button');
  await page.waitForSelector('.badge[data-origin="live"]', { timeout: 120_000 });
  await page.waitForSelector('table.bars:not(.old)');
  const live = await readBars(page);
  assert.deepEqual(names(live), names(recorded));
  for (const [i, { token, p }] of live.entries()) near(p, recorded[i].p, token);

  // The slider by keyboard, from four shots to none: the right answer goes.
  await page.focus('#shots');
  await page.keyboard.press('Home');
  await page.waitForFunction(
    (first) => {
      const row = document.querySelector('table.bars:not(.old) tbody tr');
      return row !== null && row.querySelector('th').textContent.trim() !== first;
    },
    {},
    live[0].token,
  );
  near(total(await readBars(page)), 1);

  // Not before the copy for offline use has taken over: every answer then comes from it. A service worker that waited
  // for the engine's threads to be claimed never did, and each later visit hung.
  await page.waitForFunction(
    async () =>
      (await navigator.serviceWorker.getRegistration())?.active?.state === 'activated' &&
      navigator.serviceWorker.controller !== null,
  );
  await page.reload();
  await page.waitForSelector('.badge');
  assert.equal(await page.$eval('#shots', (input) => input.value), '0', 'the work was not kept');
  await page.close();
});

test('the element in Firefox, on a strict page: recorded by the slider, then live with the same numbers', async (t) => {
  const snapshot = await snapshotOf('plural');
  const tag =
    '<shot-glass preset="plural" shots="2" view="tokens" model="/model.gguf" snapshot="/plural.json"></shot-glass>';
  const server = await servePages({
    '/': html(tag),
    '/plural.json': JSON.stringify(snapshot),
  });
  t.after(() => server.close());
  const page = await open(server.url);
  const inside = (selector) => `shot-glass >>> ${selector}`;
  const rows = () =>
    page.$eval('shot-glass', ({ shadowRoot }) =>
      [...shadowRoot.querySelectorAll('tbody tr')].map((row) => ({
        token: row.querySelector('.token')?.textContent ?? 'rest',
        p: Number(row.querySelector('data').value),
      })),
    );
  const agrees = async (shots) => {
    const { candidates, rest } = snapshot.results[shots];
    const expected = [...candidates.map(({ logprob }) => Math.exp(logprob)), rest.p];
    const shown = await rows();
    assert.equal(shown.length, expected.length);
    for (const [i, { token, p }] of shown.entries()) near(p, expected[i], token);
  };

  // A selector would be looked for again when the document changes, which a shadow tree is no part of.
  await page.waitForFunction(() =>
    document.querySelector('shot-glass').shadowRoot?.querySelector('.badge'),
  );
  await agrees(2);
  await page.focus(inside('input[type="range"]'));
  for (const key of ['ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
  await agrees(4);
  assert.ok(!server.log.includes('/model.gguf'), 'nobody has asked for the model');

  await page.click(inside('.run .primary'));
  await page.waitForFunction(
    () => {
      const { shadowRoot } = document.querySelector('shot-glass');
      return shadowRoot.querySelector('.badge.live') && !shadowRoot.querySelector('[aria-busy]');
    },
    { timeout: 120_000, polling: 100 },
  );
  await agrees(4);
  await page.close();
});

const names = (rows) => rows.map(({ token }) => token);
const total = (rows) => rows.reduce((sum, { p }) => sum + p, 0);
const near = (a, b, what = 'sum') => assert.ok(Math.abs(a - b) <= 1e-4, `${what}: ${a}, ${b}`);
