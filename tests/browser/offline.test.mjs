// The page without a network: kept by its service worker, replaced by a newer one only when the reader says so.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { useChromium } from '../support/chromium.mjs';
import { modelFile, mustExist, tinyFolder } from '../support/files.mjs';
import { isolated, serve } from '../support/serve.mjs';
import { live, openLab, settled } from './lab.mjs';

const built = fileURLToPath(new URL('../../www/dist', import.meta.url));

const chromium = useChromium({ kind: 'shell' });
const tiny = join(tinyFolder, 'default.gguf');
mustExist(tiny, 'cargo test --release');

/** A copy of the built page, to serve and to change. */
async function published(t, files = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'shotglass-offline-'));
  cpSync(built, folder, { recursive: true });
  // A file without a date or a hash cannot be told from the next, and would not be kept.
  const headers = { ...isolated, 'Last-Modified': 'Sun, 01 Nov 2026 00:00:00 GMT' };
  const server = await serve(folder, { headers, files });
  const context = await chromium.browser.newContext();
  const { page, complaints } = await openLab({ newPage: () => context.newPage() }, server.url);
  t.after(async () => {
    await context.close();
    server.close();
    rmSync(folder, { recursive: true });
  });
  return { folder, server, context, page, complaints };
}

const kept = (page, state = 'ready') =>
  page.locator(`[data-offline="${state}"]`).waitFor({ timeout: 30_000 });

test('kept, it opens without a network, isolated as before, in both languages, and runs a model from disk', async (t) => {
  const { server, context, page, complaints } = await published(t);
  await kept(page);
  server.close();
  await context.setOffline(true);
  await page.reload();
  await page.locator('.badge[data-origin="recorded"]').waitFor();
  assert.ok(await page.evaluate(() => crossOriginIsolated), 'answers are kept with their headers');
  assert.match(await page.locator('.headline-word').textContent(), /horses/);

  await page.getByLabel('Task').selectOption('capital');
  await page.locator('.badge[data-origin="recorded"]').waitFor();
  await page.goto(`${server.url}?lang=zh-Hans`);
  await page.getByRole('heading', { name: '提示词', exact: true }).waitFor();

  await page.locator('#model-file').setInputFiles(tiny);
  await live(page);
  assert.deepEqual(complaints, []);
});

test('a model that was loaded once runs again without a network', async (t) => {
  const { server, context, page } = await published(t, {
    '/models/SmolLM2-135M-Instruct-Q4_1.gguf': modelFile,
  });
  await kept(page);
  await page.getByRole('button', { name: /^Run it live/ }).click();
  await live(page, 120_000);
  server.close();
  await context.setOffline(true);
  await page.reload();
  // What is on the device loads by itself.
  await live(page, 120_000);
  await page.fill('#query', 'fox');
  await page.locator('#view-tokens').click();
  await settled(page);
  assert.match(await page.locator('tr[data-rank="1"]').textContent(), /foxes/);
  assert.equal((await page.locator('lab-need').textContent()).trim(), '', 'nothing is needed');
});

test('a newer version waits until the reader asks for it', async (t) => {
  const { folder, page } = await published(t);
  await kept(page);
  const change = (file, from, to) => {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    assert.ok(text.includes(from), `${file} holds ${from}`);
    writeFileSync(path, text.replace(from, to));
  };
  change('index.html', '<html lang="en"', '<html data-newer lang="en"');
  change('service-worker.js', '"version":"', '"version":"newer ');
  await page.reload();
  await kept(page, 'new version');
  const isNewer = () => document.documentElement.dataset.newer !== undefined;
  assert.equal(await page.evaluate(isNewer), false, 'the old page goes on');
  await page.fill('#query', 'typed');
  assert.equal(await page.inputValue('#query'), 'typed');
  await page.locator('.new-version button').press('Enter');
  await page.waitForFunction(isNewer, null, { timeout: 30_000 });
  await kept(page);
  const names = await page.evaluate(() => caches.keys());
  assert.equal(
    names.filter((name) => name.startsWith('shotglass page')).length,
    1,
    'the old one is gone',
  );
});

test('what cannot be kept whole is not kept, and the page says so', async (t) => {
  const { folder, page } = await published(t);
  rmSync(join(folder, 'icon-512.png'));
  await page.reload();
  await kept(page, 'not kept');
  assert.match(await page.locator('footer').textContent(), /could not be stored for offline use/);
  assert.deepEqual(await page.evaluate(() => caches.keys()), [], 'no half of it stays');
  assert.ok(await page.locator('.badge[data-origin="recorded"]').isVisible(), 'all else works');
});

test('a full disk costs the copy, and nothing else', async (t) => {
  const { server, page } = await published(t);
  const client = await page.context().newCDPSession(page);
  const { origin } = new URL(server.url);
  await client.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 100_000 });
  await kept(page, 'not kept');
  assert.deepEqual(await page.evaluate(() => caches.keys()), []);
  assert.ok(await page.locator('.badge[data-origin="recorded"]').isVisible());
});
