// What the tests of <shot-glass> share: pages that import the package as it is, and what the elements in them show.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { recordOf } from 'shotglass/records';
import { complaintsOf, patienceMs, useChromium } from '../support/chromium.mjs';
import { modelFile, tinyFolder } from '../support/files.mjs';
import { serve, strict } from '../support/serve.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the package has recorded of a preset, as a snapshot. */
export const snapshotOf = recordOf;

/** A small model with random weights, for what is not about numbers: to load it costs a page next to nothing. */
export const tinyFile = join(tinyFolder, 'default.gguf');

/**
 * Serves the package at `/pkg/`, the model at `/model.gguf`, {@link tinyFile} at `/tiny.gguf`, and pages: by path, their text or an answer
 * `{ status, headers, body }` or a function of request and response. `log` has every path that was asked for.
 */
export async function servePages(pages, { headers = strict() } = {}) {
  const server = await serve(root, {
    pages,
    files: { '/model.gguf': modelFile, '/tiny.gguf': tinyFile },
    headers: (path) => (path.endsWith('.gguf') ? { ...headers, etag: `"${path}"` } : headers),
  });
  return { ...server, url: server.origin };
}

/** A page with these tags in it. */
export function html(body, { lang = 'en', head = '' } = {}) {
  return `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><title>A page</title>
<meta name="viewport" content="width=device-width">${head}
<script type="module" src="/pkg/dist/element/define.js"></script></head>
<body><main><h1>A page</h1>${body}</main></body></html>`;
}

/** Opens a page; `complaints` gathers every console error and every exception that nobody handled. */
export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  const isIcon = (message) => /favicon\.ico$/.test(message.location().url);
  const complaints = complaintsOf(page, isIcon);
  await page.goto(url);
  return { page, complaints };
}

/** The tag, with what an author writes into it. */
export const tag = (attributes, inner = '') => `<shot-glass ${attributes}>${inner}</shot-glass>`;

/** Clicks the button that loads the model. */
export const run = (glass) => glass.getByRole('button', { name: /^Run it live/ }).click();

/**
 * Pages with elements in them for the tests of one file, and a Chromium. `withPage` serves one at `/`, with `files` and `pages`
 * beside it, opens it, hands over what a test needs, and closes it all. A page may complain of what matches `allowed` alone,
 * which is of the file or of one test.
 */
export function useElements({ files = {}, allowed = null } = {}) {
  const chromium = useChromium({ kind: 'shell' });
  return {
    chromium,
    async withPage(body, work, { pages = {}, lang, head, headers, page: options, ...own } = {}) {
      const may = own.allowed ?? allowed;
      const all = { ...files, '/': html(body, { lang, head }), ...pages };
      const server = await servePages(all, { headers });
      try {
        const { page, complaints } = await openPage(chromium.browser, server.url, options);
        await work({ page, server, glass: page.locator('shot-glass') });
        assert.deepEqual(
          complaints.filter((text) => !may?.test(text)),
          [],
        );
      } finally {
        await chromium.closePages();
        server.close();
      }
    },
  };
}

/** What an element shows, as data. */
export function read(locator) {
  return locator.evaluate((element) => {
    const root = element.shadowRoot;
    const text = (selector) => root.querySelector(selector)?.textContent.trim() ?? null;
    const isShown = !root.querySelector('.glass').hidden;
    return {
      isShown,
      isPageShown: !root.querySelector('.page').hidden,
      badge: text('.badge'),
      caption: text('caption, figcaption'),
      rows: [...root.querySelectorAll('tbody tr')].map((row) => ({
        name:
          row.querySelector('.token, .label')?.textContent ?? row.querySelector('th').textContent,
        p: Number(row.querySelector('data').value),
        shown: row.querySelector('data').textContent,
        width: row.querySelector('.filled').style.inlineSize,
      })),
      text: text('.continuation'),
      source: text('.source'),
      shots: text('.count'),
      problems: [...root.querySelectorAll('.problems p, .problem p')].map((p) => p.textContent),
      button: text('.run .primary'),
      absence: text('.picture .quiet'),
    };
  });
}

/** Waits until the numbers of an element are live, and those of its prompt. */
export async function live(locator, timeout = 120_000) {
  await locator.locator('.badge.live').waitFor({ timeout });
  await locator.locator('.answer:not([aria-busy])').waitFor({ timeout });
}
