// A model in several files in Chromium: each is kept, resumed and checked as a file of its own.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { useChromium } from '../support/chromium.mjs';
import { mustExist, tinyFolder } from '../support/files.mjs';
import { serveFlaky } from '../support/flaky.mjs';
import { shardName, split, tensorsOf } from '../support/split.mjs';
import { files, list, load, remove, servePackage } from './package-page.mjs';

mustExist(tinyFolder, 'cargo test --release');
const whole = readFileSync(join(tinyFolder, 'default.gguf'));
const shards = split(whole, [3, 8, tensorsOf(whole) - 11]);
const names = shards.map((_, index) => shardName('model', index + 1, 3));
const hashes = shards.map((shard) => hash(shard));
const together = hash(hashes.map((one) => `${one}\n`).join(''));
const lengths = shards.map(({ length }) => length);

function hash(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

const chromium = useChromium({ kind: 'shell' });
let context;
let site;
let behave;
/** Which shards were asked for, in that order, and from which byte on. */
let asked;
let ranges;

beforeEach(async () => {
  behave = () => ({});
  asked = [];
  ranges = [];
  const answer = (_, { method, url, headers }) => {
    const index = names.indexOf(url.slice(1));
    if (method === 'GET') {
      asked.push(index);
      ranges.push(headers.range ?? null);
    }
    return { bytes: shards[index], etag: `"${index}"`, ...behave(index, method) };
  };
  site = await serveFlaky(answer, servePackage);
  context = await chromium.browser.newContext();
});

afterEach(async () => {
  await context.close();
  site.close();
});

async function open() {
  const page = await context.newPage();
  await page.goto(site.origin);
  return page;
}

/** Loads by the address of the first, and says which shards were asked for meanwhile. */
async function loadShards(page, options = {}) {
  const before = asked.length;
  const found = await load(page, options, `/${names[0]}`);
  return { ...found, asked: asked.slice(before) };
}

/** Lengths of the files that are kept, whole. */
async function kept(page) {
  const models = (await list(page)).filter(({ complete }) => complete);
  return models.map(({ bytes }) => bytes).sort((one, other) => one - other);
}
const sorted = (numbers) => numbers.toSorted((one, other) => one - other);

for (const sha256 of [hashes, together, undefined]) {
  const how = Array.isArray(sha256) ? 'a hash each' : sha256 ? 'one hash for all' : 'no hash';
  test(`with ${how} they are kept one by one`, async () => {
    const page = await open();
    const first = await loadShards(page, { sha256 });
    assert.deepEqual([first.sha256, first.keeping], [together, { state: 'kept' }], first.message);
    assert.deepEqual(first.asked, [0, 1, 2]);
    assert.deepEqual(await kept(page), sorted(lengths));

    const second = await loadShards(await open(), { sha256 });
    assert.deepEqual([second.sha256, second.keeping], [together, { state: 'kept' }]);
    // Without hashes of their own the server is asked for each version.
    assert.deepEqual(second.asked, Array.isArray(sha256) ? [] : [0, 1, 2]);
    assert.ok(second.seen.every(({ phase }) => phase !== 'download'));
    const total = lengths.reduce((sum, length) => sum + length, 0);
    assert.deepEqual(second.seen.at(-2).bytesTotal, total);

    assert.equal((await remove(page, { url: `${site.origin}/${names[1]}` })).length, 1);
    const third = await loadShards(page, { sha256: hashes });
    assert.deepEqual([third.sha256, third.asked], [together, [1]]);
  });
}

test('what has come stays when a later shard does not', async () => {
  behave = (index) => (index === 2 ? { bytes: undefined, status: 404 } : {});
  const page = await open();
  const { code, message } = await loadShards(page);
  assert.equal(code, 'download-failed');
  assert.match(message, /^Shard 3 of 3 \('model-00003-of-00003\.gguf'\): The server answered 404/);
  assert.deepEqual(await kept(page), [], 'half a model is none');
  behave = () => ({});
  const found = await loadShards(page);
  assert.deepEqual([found.sha256, found.keeping], [together, { state: 'kept' }]);
  // The first two are whole: the server is asked for what is behind their end, and there is nothing.
  assert.deepEqual(found.asked, [0, 1, 2]);
  assert.deepEqual(ranges.slice(-3), [`bytes=${lengths[0]}-`, `bytes=${lengths[1]}-`, null]);
  assert.deepEqual(await kept(page), sorted(lengths));
});

test('a shard that is damaged where it is kept is fetched again, alone', async () => {
  const page = await open();
  await loadShards(page, { sha256: hashes });
  const at = lengths[1] - 200;
  const damage = async ([name, position]) => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('shotglass-models');
    const handle = await folder.getFileHandle(name);
    const writable = await handle.createWritable({ keepExistingData: true });
    await writable.write({ type: 'write', position, data: new Uint8Array(100) });
    await writable.close();
  };
  await page.evaluate(damage, [`${hashes[1]}.gguf`, at]);
  const found = await loadShards(page, { sha256: hashes });
  assert.deepEqual([found.sha256, found.keeping], [together, { state: 'kept' }], found.message);
  assert.deepEqual(found.asked, [1]);
  assert.equal(found.seen.at(-2).restarts, 1);
});

test('a wrong byte leaves nothing of its shard, or of all where only all have a hash', async () => {
  const other = Buffer.from(shards[1]);
  other[other.length - 1] ^= 1;
  behave = (index) => (index === 1 ? { bytes: other } : {});
  const page = await open();
  const each = await loadShards(page, { sha256: hashes });
  assert.equal(each.code, 'checksum-mismatch');
  assert.match(each.message, /^Shard 2 of 3 .*Download it again/);
  assert.deepEqual(Object.keys(await files(page)).sort(), [
    `${hashes[0]}.gguf`,
    `${hashes[0]}.json`,
  ]);
  await remove(page);

  const all = await loadShards(page, { sha256: together });
  assert.equal(all.code, 'checksum-mismatch');
  assert.deepEqual(await files(page), {});
  behave = () => ({});
  assert.deepEqual((await loadShards(page, { sha256: together })).keeping, { state: 'kept' });
});

test('Files that a reader has chosen, in any order', async () => {
  const page = await open();
  await page.evaluate(() => {
    const input = Object.assign(document.createElement('input'), { type: 'file', multiple: true });
    document.body.append(input);
  });
  const chosen = [2, 0, 1].map((index) => {
    return { name: names[index], mimeType: 'application/octet-stream', buffer: shards[index] };
  });
  const loadChosen = () =>
    page.evaluate(async () => {
      const { Model } = await import('/dist/index.js');
      try {
        const model = await Model.load([...document.querySelector('input').files]);
        model.close();
        return model.info.sha256;
      } catch (error) {
        return error.message;
      }
    });
  await page.setInputFiles('input', chosen);
  assert.equal(await loadChosen(), together);
  await page.setInputFiles('input', chosen.slice(1));
  assert.match(await loadChosen(), /number 3 is missing/);
});
