// What the tests of <shot-glass> share: pages that import the package as it is, and what the elements in them show.

import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { recordOf } from 'shotglass/records';
import { modelFile } from '../support/files.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** As strict as a page with an engine in WebAssembly can be: no styles but those that scripts construct. */
export const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'none'",
].join('; ');

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** What the package has recorded of a preset, as a snapshot. */
export const snapshotOf = recordOf;

/**
 * Serves the package at `/pkg/`, the model at `/model.gguf`, and pages: by path, their text or an answer
 * `{ status, headers, body }` or a function of request and response. `log` has every path that was asked for.
 */
export async function servePages(pages, { headers = { 'content-security-policy': policy } } = {}) {
  const log = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://here');
    log.push(pathname);
    const page = pages[pathname];
    if (typeof page === 'function') return page(request, response);
    if (page !== undefined) {
      const { status = 200, body = '', ...rest } = typeof page === 'string' ? { body: page } : page;
      response.writeHead(status, {
        'content-type': types[extname(pathname)] ?? types['.html'],
        ...headers,
        ...rest.headers,
      });
      return response.end(body);
    }
    const path = pathname === '/model.gguf' ? modelFile : join(root, pathname);
    const isOurs = pathname === '/model.gguf' || pathname.startsWith('/pkg/');
    const file = isOurs && statSync(path, { throwIfNoEntry: false });
    if (!file?.isFile?.()) return response.writeHead(404).end();
    response.writeHead(200, {
      ...headers,
      'content-type': types[extname(path)] ?? 'application/octet-stream',
      'content-length': file.size,
      etag: `"${file.size}"`,
    });
    createReadStream(path).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    log,
    url: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
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
  const complaints = [];
  page.on('console', (message) => {
    const isIcon = /favicon\.ico$/.test(message.location().url);
    if (message.type() === 'error' && !isIcon) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(url);
  return { page, complaints };
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
