// What the browser tests share: the built lab behind `vite preview`, and a Chromium to open it in.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { preview } from 'vite';
import { analyze } from '../support/axe.mjs';
import { complaintsOf, patienceMs, useChromium } from '../support/chromium.mjs';
import { modelFile } from '../support/files.mjs';

const www = fileURLToPath(new URL('../../www', import.meta.url));

const notIsolated = {
  'Cross-Origin-Opener-Policy': 'unsafe-none',
  'Cross-Origin-Embedder-Policy': 'unsafe-none',
};

/** Serves the built lab, with the model or without one; isolated, so that it has threads, or not. */
export async function serveLab({ model = modelFile, isolated = true } = {}) {
  assert.ok(existsSync(join(www, 'dist/index.html')), 'www/dist is missing: cargo xtask build');
  if (model !== null) assert.ok(existsSync(model), `${model} is missing: cargo xtask model`);
  const before = process.env.SHOTGLASS_MODEL;
  if (model === null) delete process.env.SHOTGLASS_MODEL;
  else process.env.SHOTGLASS_MODEL = model;
  const server = await preview({
    root: www,
    logLevel: 'error',
    preview: {
      port: 0,
      host: '127.0.0.1',
      strictPort: false,
      ...(isolated ? {} : { headers: notIsolated }),
    },
  });
  if (before === undefined) delete process.env.SHOTGLASS_MODEL;
  else process.env.SHOTGLASS_MODEL = before;
  return { url: server.resolvedUrls.local[0], close: () => server.close() };
}

const usual = { viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' };

/** Opens the lab; `complaints` gathers every console error and every exception. */
export async function openLab(browser, url, options = {}) {
  const page = await browser.newPage({ ...usual, ...options });
  page.setDefaultTimeout(patienceMs);
  const complaints = complaintsOf(page);
  await page.addInitScript(noteCopies);
  await page.goto(url);
  return { page, complaints };
}

/** Runs in the page before its own scripts. */
function noteCopies() {
  const { write, writeText } = Clipboard.prototype;
  Clipboard.prototype.write = function (items) {
    globalThis.copied = items.flatMap(({ types }) => types);
    return write.call(this, items);
  };
  Clipboard.prototype.writeText = function (text) {
    globalThis.copied = text;
    return writeText.call(this, text);
  };
}

/** The text that a page of the lab has copied last, or the types of a picture. The clipboard may have another: all pages of the browser share it. */
export function copied(page) {
  return page.evaluate(() => globalThis.copied);
}

/**
 * The built lab for the tests of one file, and a Chromium to open it in. No page may complain, but of what is `allowed`:
 * the test fails in which one has. With `perTest`, pages are closed after the test that has opened them. `flags` are those of {@link useChromium}, other
 * options those of {@link serveLab}.
 */
export function useLab({ perTest = false, flags, kind = 'shell', allowed, ...served } = {}) {
  const chromium = useChromium({ flags, kind });
  let serving = null;
  let opened = [];
  const lab = {
    browser: null,
    url: null,
    /** As that of {@link useChromium}. */
    async ready() {
      serving ??= serveLab(served);
      lab.browser = (await chromium.ready()).browser;
      lab.url = (await serving).url;
      return lab;
    },
    /** A page with the lab, or with a `link` into it, in this `context` or in one of its own that has these options. */
    async open({ link = '', context, ...options } = {}) {
      await lab.ready();
      const own = context ?? (await lab.browser.newContext({ ...usual, ...options }));
      const one = await openLab(own, new URL(link, lab.url).href);
      opened.push(one);
      return one.page;
    },
  };
  before(() => lab.ready());
  afterEach(async () => {
    if (perTest) await chromium.closePages();
    const complaints = opened
      .flatMap(({ complaints }) => complaints.splice(0))
      .filter((text) => !allowed?.test(text));
    if (perTest) opened = [];
    assert.deepEqual(complaints, [], 'the page complained');
  });
  after(async () => (await serving)?.close());
  return lab;
}

/** Loads the model by its button, unless one that is on the device loads by itself, and waits for the first answer. */
export async function loadModel(page) {
  const started = page.locator('.loader.loading, .badge[data-origin="live"]');
  const button = page.locator('.loader.offer button');
  // It may start after the look and before the click, whose button is then gone.
  for (let tries = 5; (await started.count()) === 0; tries--) {
    const isClicked = button.click({ timeout: 6_000 }).then(() => true);
    if (await (tries > 0 ? isClicked.catch(() => false) : isClicked)) break;
  }
  await live(page, 120_000);
}

/** Waits until the numbers come from the model itself, and answer the prompt as it stands. */
export async function live(page, timeout = 60_000) {
  await page.locator('.badge[data-origin="live"]').waitFor({ timeout });
  await settled(page, timeout);
}

/** Waits until the answer is that to the prompt as it stands, in whatever view. */
export function settled(page, timeout = 60_000) {
  return page
    .locator('.answer:not(:has(:is(.bars, .tree).old)) .headline:not(.old)')
    .waitFor({ timeout });
}

/**
 * A check that nothing on a page, in a state of this name, is in the way of anyone: for axe, and from side to side. Axe looks
 * at the `part` that the state is about, or at all of the page.
 */
export function wayCheck(page, width, part) {
  return async (state) => {
    const { violations } = await analyze(page, part);
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${state}: ${id}: ${nodes[0].html}`),
      [],
    );
    await fits(page, width, state);
  };
}

/** Nothing on a page, in a state of this name, is wider than its window. */
export async function fits(page, width, state) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= width, `${state}: ${wide} px wide in ${width}`);
}

/** Shows the answer in tokens, as numbers of the whole distribution. */
export async function showTokens(page) {
  await page.locator('#view-tokens').click();
  await page.locator('table.bars').waitFor();
}

/** What a download has saved; the browser may be another process's, which keeps the file to itself. */
export async function bytesOf(download) {
  return Buffer.concat(await (await download.createReadStream()).toArray());
}

/** The table of tokens as data: what is shown, and the exact value behind it. */
export async function readTable(page) {
  // A task with labels opens with those.
  const tab = page.locator('#view-tokens');
  if ((await tab.getAttribute('aria-selected')) === 'false') await tab.click();
  return page.locator('table.bars').evaluate((table) => {
    const read = (row) => {
      const [p, logprob] = row.querySelectorAll('data');
      return {
        token: row.querySelector('th').textContent.trim(),
        p: Number(p.value),
        shown: p.textContent.trim(),
        logprob: logprob ? Number(logprob.value) : null,
        shownLogprob: logprob ? logprob.textContent.trim() : null,
        rank: Number(row.dataset.rank),
      };
    };
    return {
      rows: [...table.querySelectorAll('tr[data-rank]')].map(read),
      rest: read(table.querySelector('tr[data-rest]')),
    };
  });
}
