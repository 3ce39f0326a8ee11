// What Chromium keeps of a model: that it is believed only when it is whole, and what happens where it cannot be.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { launch, useChromium } from '../support/chromium.mjs';
import { mustExist, tinyFolder } from '../support/files.mjs';
import { serveFlaky } from '../support/flaky.mjs';
import { files, list, load, remove, servePackage } from './package-page.mjs';

mustExist(tinyFolder, 'cargo test --release');
const bytes = readFileSync(join(tinyFolder, 'default.gguf'));
const sha256 = createHash('sha256').update(bytes).digest('hex');
const other = Buffer.from(bytes);
other[other.length - 1] ^= 1;
const half = bytes.length >> 1;

const chromium = useChromium({ kind: 'shell' });
let context;
let site;
let behave;

beforeEach(async () => {
  behave = () => ({ bytes });
  site = await serveFlaky((index, request) => behave(index, request), servePackage);
  context = await chromium.browser.newContext();
});

afterEach(async () => {
  await context.close();
  site.close();
});

/** A new page of the site; it must not say a word. */
async function open() {
  const page = await context.newPage();
  await page.goto(site.origin);
  return page;
}

const phases = ({ seen }) => [...new Set(seen.map(({ phase }) => phase))];

test('the second load makes no request, and the hash is still checked', async () => {
  const page = await open();
  const first = await load(page, { sha256 });
  assert.deepEqual([first.keeping, first.sha256], [{ state: 'kept' }, sha256]);
  assert.deepEqual(phases(first), ['download', 'load', 'ready']);
  assert.equal(site.log.length, 1);

  // In another page, and from another address: the bytes are the same.
  const second = await load(await open(), { sha256 }, '/elsewhere.gguf');
  assert.deepEqual([second.keeping, second.sha256], [{ state: 'kept' }, sha256]);
  assert.deepEqual(phases(second), ['load', 'ready']);
  assert.equal(site.log.length, 1);

  const [model, ...more] = await list(page);
  assert.equal(more.length, 0);
  const { keptAt, ...rest } = model;
  assert.ok(Math.abs(Date.now() - Date.parse(keptAt)) < 600_000);
  assert.deepEqual(rest, {
    url: `${site.origin}/model.gguf`,
    sha256,
    bytes: bytes.length,
    complete: true,
  });
});

for (const [first, second] of [
  [{}, { sha256 }],
  [{ sha256 }, {}],
]) {
  const how = first.sha256 ? 'with a hash, and then without' : 'without a hash, and then with one';
  test(`one copy serves a file that is loaded ${how}`, async () => {
    const page = await open();
    assert.deepEqual((await load(page, first)).keeping, { state: 'kept' });
    const found = await load(page, second);
    assert.deepEqual([found.sha256, found.keeping], [sha256, { state: 'kept' }]);
    assert.deepEqual(phases(found), ['load', 'ready']);
    // Who has no hash asks for the version.
    assert.equal(site.log.length, second.sha256 ? 1 : 2);
    assert.equal((await list(page)).length, 1);

    // Where that copy is damaged, it goes, and another takes its place.
    await damage(page, half);
    const again = await load(page, second);
    assert.deepEqual([again.sha256, again.keeping], [sha256, { state: 'kept' }]);
    assert.equal((await list(page)).length, 1);

    // Another file at the address is another file, whatever is kept under the hash.
    behave = () => ({ bytes: other, etag: '"two"' });
    assert.notEqual((await load(page, {})).sha256, sha256);
  });
}

test('keep: false neither reads nor writes', async () => {
  const page = await open();
  assert.deepEqual((await load(page, { sha256, keep: false })).keeping, { state: 'off' });
  assert.deepEqual(await files(page), {});
  await load(page, { sha256 });
  assert.deepEqual((await load(page, { sha256, keep: false })).keeping, { state: 'off' });
  assert.equal(site.log.length, 3);
});

test('without a hash the server is asked for the version, and for no more', async () => {
  const page = await open();
  assert.deepEqual((await load(page)).keeping, { state: 'kept' });
  const again = await load(page);
  assert.deepEqual(again.keeping, { state: 'kept' });
  assert.deepEqual(phases(again), ['load', 'ready']);
  assert.equal(site.log.length, 2);

  // A server that cannot be reached, or that answers with an error, leaves what is kept as it is.
  behave = () => ({ status: 500 });
  assert.deepEqual(phases(await load(page)), ['load', 'ready']);

  behave = () => ({ bytes: other, etag: '"two"' });
  const changed = await load(page);
  assert.deepEqual(changed.keeping, { state: 'kept' });
  assert.notEqual(changed.sha256, sha256);
  assert.deepEqual(phases(changed), ['download', 'load', 'ready']);
  assert.deepEqual(
    (await list(page)).map((model) => model.sha256),
    [changed.sha256],
  );
});

test('without a hash and a version nothing is kept', async () => {
  behave = () => ({ bytes, etag: null });
  const page = await open();
  assert.deepEqual((await load(page)).keeping, { state: 'off' });
  assert.deepEqual(await files(page), {});
});

/** Waits until half of the file is written, then breaks the connection. */
async function cutAtHalf(page, server = site) {
  await waitUntil(async () => Object.values(await files(page)).includes(half));
  server.cut();
}

/** Loads from a server that soon answers no more, so that a part is left. */
async function leavePart(page, options = { sha256 }) {
  behave = (index) => (index === 0 ? { bytes, stallAt: half } : { status: 404 });
  const [{ code }] = await Promise.all([load(page, options), cutAtHalf(page)]);
  assert.equal(code, 'download-failed');
  const [part] = await list(page);
  assert.deepEqual([part.complete, part.bytes], [false, half]);
  behave = () => ({ bytes });
  return part;
}

for (const options of [{ sha256 }, {}]) {
  test(`a part is gone on with where it ended, ${options.sha256 ? 'with' : 'without'} a hash`, async () => {
    const page = await open();
    const part = await leavePart(page, options);
    assert.equal(part.sha256, options.sha256 ?? null);
    const { keeping, seen, ...found } = await load(await open(), options);
    assert.deepEqual([found.sha256, keeping], [sha256, { state: 'kept' }]);
    assert.deepEqual(site.log.at(-1), { range: `bytes=${part.bytes}-`, ifRange: '"one"' });
    assert.ok(seen.every(({ restarts }) => restarts === undefined));
    assert.deepEqual(
      (await list(page)).map(({ complete, bytes }) => [complete, bytes]),
      [[true, bytes.length]],
    );
    assert.equal(site.log.length, 3);
  });
}

test('a part of a file that has changed since is forgotten', async () => {
  const page = await open();
  await leavePart(page, {});
  behave = () => ({ bytes: other, etag: '"two"' });
  const found = await load(page);
  assert.deepEqual([found.keeping, found.code], [{ state: 'kept' }, undefined]);
  assert.notEqual(found.sha256, sha256);
  assert.equal(found.seen.at(-2).restarts, 1);
});

/** Writes a byte into what is kept. */
const damage = (page, at) =>
  page.evaluate(async (at) => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('shotglass-models');
    for await (const [name, handle] of folder.entries()) {
      if (!name.endsWith('.gguf')) continue;
      const byte = new Uint8Array(await (await handle.getFile()).slice(at, at + 1).arrayBuffer());
      const writable = await handle.createWritable({ keepExistingData: true });
      await writable.write({ type: 'write', position: at, data: byte.map((value) => value ^ 1) });
      await writable.close();
    }
  }, at);

test('a damaged part, or a damaged file, is fetched again, once', async () => {
  const page = await open();
  const part = await leavePart(page);
  await damage(page, part.bytes - 1);
  const whole = await load(page, { sha256 });
  assert.deepEqual([whole.sha256, whole.keeping], [sha256, { state: 'kept' }]);
  assert.deepEqual(site.log.at(-1), { range: null, ifRange: null });
  assert.equal(whole.seen.at(-2).restarts, 1);

  for (const options of [{ sha256 }, {}]) {
    await load(page, options);
    for (const at of [0, bytes.length - 1]) {
      await damage(page, at);
      const before = site.log.length;
      const again = await load(page, options);
      assert.deepEqual([again.sha256, again.keeping], [sha256, { state: 'kept' }]);
      // What is wrong from its first byte on is refused before there is anything to tell.
      const expected = ['download', 'load', 'ready'];
      if (at > 0) expected.unshift(...expected.splice(1, 1));
      assert.deepEqual(phases(again), expected);
      assert.equal(site.log.length - before, options.sha256 ? 1 : 2);
    }
  }
});

test('a file that was whole but never accepted is not fetched again', async () => {
  const page = await open();
  await load(page, { sha256 });
  await page.evaluate(async (name) => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('shotglass-models');
    const handle = await folder.getFileHandle(name);
    const record = JSON.parse(await (await handle.getFile()).text());
    const writable = await handle.createWritable();
    await writable.write(JSON.stringify({ ...record, isComplete: false }));
    await writable.close();
  }, `${sha256}.json`);
  assert.equal((await list(page))[0].complete, false);
  assert.deepEqual((await load(page, { sha256 })).keeping, { state: 'kept' });
  assert.equal((await list(page))[0].complete, true);
  assert.equal(site.log.length, 1);
});

test('a record that was half-written is as good as none', async () => {
  const page = await open();
  await load(page, { sha256 });
  const halve = () =>
    page.evaluate(async (name) => {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle('shotglass-models');
      const handle = await folder.getFileHandle(name);
      const writable = await handle.createWritable({ keepExistingData: true });
      await writable.truncate(40);
      await writable.close();
    }, `${sha256}.json`);
  await halve();
  assert.deepEqual(await list(page), []);
  assert.deepEqual((await load(page, { sha256 })).keeping, { state: 'kept' });
  assert.equal(site.log.length, 2);
  await halve();
  assert.deepEqual(await remove(page, { sha256 }), []);
  assert.equal(Object.keys(await files(page)).length, 2);
  assert.deepEqual(await remove(page), []);
  assert.deepEqual(await files(page), {}, 'what nobody can name goes with all the rest');
});

test('a file with a wrong byte is refused, and nothing of it is left', async () => {
  behave = () => ({ bytes: other });
  const page = await open();
  const found = await load(page, { sha256 });
  assert.equal(found.code, 'checksum-mismatch');
  assert.deepEqual(await files(page), {});
  assert.equal(site.log.length, 1);
  behave = () => ({ bytes: Buffer.from('not a model') });
  assert.equal((await load(page, { sha256 })).code, 'not-gguf');
  assert.deepEqual(await files(page), {});
});

test('two pages at once make one download', async () => {
  behave = () => ({ bytes, stallAt: half });
  const pages = [await open(), await open()];
  const first = load(pages[0], { sha256 });
  await waitUntil(() => site.log.length === 1);
  const second = load(pages[1], { sha256 });
  await aPageWaits(pages[1]);
  behave = () => ({ bytes });
  await cutAtHalf(pages[1]);
  for (const found of [await first, await second]) {
    assert.deepEqual([found.sha256, found.keeping], [sha256, { state: 'kept' }]);
  }
  assert.equal((await second).seen[0].phase, 'wait');
  assert.deepEqual(phases(await second), ['wait', 'load', 'ready']);
  // The one that was cut, and the rest of it.
  assert.deepEqual(
    site.log.map(({ range }) => range),
    [null, `bytes=${half}-`],
  );
});

test('a page that is closed leaves the download to the one that waits', async () => {
  behave = () => ({ bytes, stallAt: half });
  const closing = await open();
  const waiting = await open();
  load(closing, { sha256 }).catch(() => {});
  await waitUntil(() => site.log.length === 1);
  const found = load(waiting, { sha256 });
  await aPageWaits(waiting);
  assert.deepEqual(await remove(waiting), [], 'what is being downloaded is not removed');
  behave = () => ({ bytes });
  await closing.close();
  assert.deepEqual((await found).keeping, { state: 'kept' });
  assert.equal(site.log.length, 2);
});

for (const denied of ['nothing', 'locks', 'first-handle']) {
  test(`an aborted load can be begun again at once, without ${denied}`, async () => {
    behave = () => ({ bytes, stallAt: half });
    const page = await open();
    const options = { sha256, workerUrl: `/denied-worker.mjs?${denied}` };
    const found = await page.evaluate(async (options) => {
      const { Model } = await import('/dist/index.js');
      const codes = [];
      for (let time = 0; time < 3; time++) {
        const controller = new AbortController();
        const onProgress = ({ bytesLoaded }) => bytesLoaded > 0 && controller.abort();
        const { signal } = controller;
        await Model.load('/model.gguf', { ...options, signal, onProgress }).catch((error) => {
          codes.push(error.code);
        });
      }
      return codes;
    }, options);
    assert.deepEqual(found, ['aborted', 'aborted', 'aborted']);
    behave = () => ({ bytes });
    assert.deepEqual((await load(page, options)).keeping, { state: 'kept' });
  });
}

test('a full disk keeps nothing from running, and says how much is missing', async (t) => {
  // A private window and a profile on the disk have each their own way of being full.
  const folder = mkdtempSync(join(tmpdir(), 'shotglass-'));
  const profile = await launch(folder, [], 'shell');
  t.after(async () => {
    await profile.close();
    removeFolder(folder);
  });
  for (const where of [context, profile]) {
    behave = () => ({ bytes });
    const page = await where.newPage();
    await page.goto(site.origin);
    const devtools = await where.newCDPSession(page);
    const setQuota = (quotaSize) =>
      devtools.send('Storage.overrideQuotaForOrigin', { origin: site.origin, quotaSize });
    await setQuota(half);
    const found = await load(page, { sha256 });
    assert.equal(found.sha256, sha256);
    assert.equal(found.keeping.state, 'full');
    const { bytesMissing } = found.keeping;
    assert.ok(bytesMissing >= bytes.length - half, `${bytesMissing}`);
    assert.ok(bytesMissing <= bytes.length, `${bytesMissing}`);
    assert.deepEqual(await files(page), {});

    behave = () => ({ bytes, length: false });
    const unknown = await load(page, { sha256 });
    assert.equal(unknown.sha256, sha256);
    assert.deepEqual(unknown.keeping, { state: 'full', bytesMissing: null });
    assert.deepEqual(await files(page), {});

    behave = () => ({ bytes });
    // While Chrome writes, it sets aside up to a mebibyte more.
    await setQuota(half + bytesMissing + (1 << 20));
    assert.deepEqual((await load(page, { sha256 })).keeping, { state: 'kept' });
  }
});

test('where there is no file system, the Cache API keeps it', async () => {
  const options = { sha256, workerUrl: '/denied-worker.mjs?files' };
  const page = await open();
  assert.deepEqual((await load(page, options)).keeping, { state: 'kept' });
  assert.deepEqual(await files(page), {});
  assert.deepEqual(phases(await load(page, options)), ['load', 'ready']);
  assert.equal(site.log.length, 1);
  assert.deepEqual(
    (await list(page)).map(({ bytes, complete, sha256 }) => [bytes, complete, sha256]),
    [[bytes.length, true, sha256]],
  );
  assert.equal((await remove(page)).length, 1);
  assert.deepEqual(await list(page), []);

  // Neither half a file nor a wrong one is left there.
  const isEmpty = () =>
    page.evaluate(async () => {
      const cache = await caches.open('shotglass-models');
      return (await cache.keys()).length === 0;
    });
  behave = () => ({ bytes: other });
  assert.equal((await load(page, options)).code, 'checksum-mismatch');
  assert.ok(await isEmpty());
  behave = (index) => (index === 2 ? { bytes, cutAt: half } : { status: 404 });
  assert.equal((await load(page, options)).code, 'download-failed');
  assert.ok(await isEmpty());

  // A break is resumed there too, while it lasts.
  behave = (index) => (index === 4 ? { bytes, cutAt: half } : { bytes });
  assert.deepEqual((await load(page, options)).keeping, { state: 'kept' });
  assert.equal(site.log.length, 6);
  assert.deepEqual(phases(await load(page, options)), ['load', 'ready']);
});

test('a full disk is noticed by the Cache API too', async () => {
  const page = await open();
  const devtools = await context.newCDPSession(page);
  const { origin } = site;
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: half });
  behave = () => ({ bytes, length: false });
  const found = await load(page, { sha256, workerUrl: '/denied-worker.mjs?files' });
  assert.equal(found.sha256, sha256);
  assert.deepEqual(found.keeping, { state: 'full', bytesMissing: null });
  assert.deepEqual(await list(page), []);
});

test('where all is denied, the model runs', async () => {
  const page = await open();
  for (const [denied, state] of [
    ['files,caches', 'denied'],
    ['handles', 'denied'],
    ['locks', 'kept'],
  ]) {
    const options = { sha256, workerUrl: `/denied-worker.mjs?${denied}` };
    const found = await load(page, options);
    assert.deepEqual([found.sha256, found.keeping], [sha256, { state }], denied);
  }
  assert.equal(site.log.length, 3);
});

for (const shown of [{}, { 'access-control-expose-headers': 'etag, content-range' }]) {
  const how = shown['access-control-expose-headers'] ?? 'nothing';
  test(`a file of another site, which shows ${how}, is resumed and kept`, async (t) => {
    // It answers no preflight, so a request must need no leave.
    const headers = { 'access-control-allow-origin': '*', ...shown };
    const elsewhere = await serveFlaky((index) => ({
      bytes,
      headers,
      ...(index === 0 && { stallAt: half }),
    }));
    t.after(() => elsewhere.close());
    const page = await open();
    const url = `${elsewhere.origin}/model.gguf`;
    const [found] = await Promise.all([load(page, { sha256 }, url), cutAtHalf(page, elsewhere)]);
    assert.deepEqual([found.sha256, found.keeping], [sha256, { state: 'kept' }]);
    assert.deepEqual(elsewhere.log, [
      { range: null, ifRange: null },
      { range: `bytes=${half}-`, ifRange: null },
    ]);
  });
}

test('models are listed, and removed one by one or all', async () => {
  const page = await open();
  await load(page, { sha256 });
  await load(page, {}, '/other.gguf');
  const [newer, older] = await list(page);
  assert.deepEqual(
    [newer.url, older.url],
    [`${site.origin}/other.gguf`, `${site.origin}/model.gguf`],
  );
  assert.deepEqual(await remove(page, { url: 'https://example.com/' }), []);
  assert.deepEqual(await remove(page, newer), [newer]);
  assert.deepEqual(await list(page), [older]);
  assert.deepEqual(await remove(page, { sha256 }), [older]);
  assert.deepEqual(await files(page), {});
  await load(page, { sha256 });
  assert.equal((await remove(page)).length, 1);
  assert.deepEqual(await list(page), []);
});

test('a profile that is opened again still has it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'shotglass-'));
  t.after(() => removeFolder(folder));
  for (const requests of [1, 1]) {
    const profile = await launch(folder, [], 'shell');
    const page = await profile.newPage();
    await page.goto(site.origin);
    assert.deepEqual((await load(page, { sha256 })).keeping, { state: 'kept' });
    assert.equal(site.log.length, requests);
    await profile.close();
  }
});

/** Removes a profile, into which a browser that is closing may still write. */
function removeFolder(folder) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}

/** Waits until a load waits for that of another page. */
function aPageWaits(page) {
  // A page also waits for the locks that workers hold as long as they live.
  const isPending = async () =>
    (await navigator.locks.query()).pending.some(({ name }) => !name.includes('/worker/'));
  return waitUntil(() => page.evaluate(isPending));
}

async function waitUntil(isSo) {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}
