// What the browser tests share: the built lab behind `vite preview`, and a Chromium to open it in.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { preview } from 'vite';
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

/** Opens the lab; `complaints` gathers every console error and every exception. */
export async function openLab(browser, url, options = {}) {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'reduce',
    ...options,
  });
  const complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(url);
  return { page, complaints };
}

/** Loads the model by its button, unless an edit has started that already, and waits for the first answer. */
export async function loadModel(page) {
  if ((await page.locator('.loader.loading').count()) === 0) {
    await page.locator('.loader.offer button').click();
  }
  await live(page, 120_000);
}

/** Waits until the numbers come from the model itself, and answer the prompt as it stands. */
export async function live(page, timeout = 60_000) {
  await page.locator('.badge[data-origin="live"]').waitFor({ timeout });
  await settled(page, timeout);
}

/** Waits until the table answers the prompt as it stands. */
export function settled(page, timeout = 60_000) {
  return page.locator('table.bars:not(.old)').waitFor({ timeout });
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
