// The model that the lab's own site serves: the default model is known by its hash, another may be any.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { defaultModel } from '../../pkg/dist/files/default-model.js';
import { useChromium } from '../support/chromium.mjs';
import { modelFile, mustExist, tinyFolder } from '../support/files.mjs';
import { shardName, split, tensorsOf } from '../support/split.mjs';
import { live, loadModel, openLab, serveLab } from './lab.mjs';

mustExist(tinyFolder, 'cargo test --release');
const chromium = useChromium({ kind: 'shell' });
let folder;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'shotglass-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

async function open(t, model) {
  const server = await serveLab({ model });
  t.after(() => server.close());
  const { page } = await openLab(chromium.browser, server.url);
  t.after(() => page.context().close());
  return page;
}

/** Names of the files that are kept. */
const kept = (page) =>
  page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('shotglass-models').catch(() => null);
    return folder ? Array.fromAsync(folder.keys()) : [];
  });

test('the default model is kept under its hash', async (t) => {
  const page = await open(t, modelFile);
  await loadModel(page);
  const { sha256 } = defaultModel;
  assert.deepEqual((await kept(page)).sort(), [`${sha256}.gguf`, `${sha256}.json`]);
});

test('a file as long as the default model, with one wrong byte, is refused', async (t) => {
  const path = join(folder, 'flipped.gguf');
  const bytes = readFileSync(modelFile);
  bytes[bytes.length >> 1] ^= 1;
  writeFileSync(path, bytes);
  const page = await open(t, path);
  await page.locator('.loader.offer button').click();
  await page.locator('.problem[data-code="checksum-mismatch"]').waitFor({ timeout: 60_000 });
  assert.deepEqual(await kept(page), []);
});

test('any other model is taken as it is', async (t) => {
  const page = await open(t, join(tinyFolder, 'default.gguf'));
  await page.locator('.loader.offer button').click();
  await live(page, 60_000);
  assert.match(await page.locator('.model').textContent(), /tiny/);
});

test('the shards of a model are chosen together, and one alone is told to be one', async (t) => {
  const page = await open(t, null);
  const whole = readFileSync(join(tinyFolder, 'default.gguf'));
  const files = split(whole, [5, tensorsOf(whole) - 5]).map((buffer, index) => ({
    name: shardName('tiny', index + 1, 2),
    mimeType: 'application/octet-stream',
    buffer,
  }));
  const input = page.locator('#model-file');
  await input.setInputFiles(files[0]);
  await page.locator('.problem[data-code="wrong-shard"]').waitFor();
  // In any order: the names tell.
  await input.setInputFiles(files.toReversed());
  await live(page);
  assert.equal(await page.locator('.problem').count(), 0);
});
