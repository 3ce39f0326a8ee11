// Downloads from a server that misbehaves, into the real engine: a model arrives whole, or there is a clear error.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Model, removeCached } from 'shotglass';
import { continues, isSameVersion } from '../../../pkg/dist/files/version.js';
import { mustExist, tinyFolder } from '../../support/files.mjs';
import { serveFlaky } from '../../support/flaky.mjs';
import { seeded } from '../../support/seeded.mjs';

mustExist(tinyFolder, 'cargo test --release');
const bytes = readFileSync(join(tinyFolder, 'default.gguf'));
const sha256 = hash(bytes);
/** A sound model of the same length, and another hash. */
const other = Buffer.from(bytes);
other[other.length - 1] ^= 1;
const quickWorker = new URL('../../support/quick-worker.mjs', import.meta.url);
const half = bytes.length >> 1;

function hash(file) {
  return createHash('sha256').update(file).digest('hex');
}

/** Loads from a server that behaves so; what it was asked, what the page heard, and what came of it. */
async function load(t, behave, options = {}) {
  const server = await serveFlaky(behave);
  t.after(() => server.close());
  const seen = [];
  const { log } = server;
  try {
    const model = await Model.load(`${server.origin}/model.gguf`, {
      workerUrl: quickWorker,
      threads: 1,
      keep: false,
      onProgress: (progress) => seen.push(progress),
      ...options,
    });
    model.close();
    return { log, seen, info: model.info, retries: retriesOf(seen) };
  } catch (error) {
    return { log, seen, error, retries: retriesOf(seen) };
  }
}

function retriesOf(seen) {
  return seen.flatMap(({ retry }) => (retry ? [retry] : []));
}

/** Where a request began. */
const start = ({ range }) => (range === null ? 0 : Number(/^bytes=(\d+)-$/.exec(range)[1]));

test('a connection that is killed at any of ten bytes is resumed, and the whole is verified', async (t) => {
  const random = seeded(20);
  for (let kill = 0; kill < 10; kill++) {
    const cutAt = 1 + Math.floor(random() * (bytes.length - 1));
    const behave = (index) => (index === 0 ? { bytes, cutAt } : { bytes });
    const { log, seen, info, retries, error } = await load(t, behave, { sha256 });
    assert.equal(error, undefined, `killed at ${cutAt}`);
    assert.equal(info.sha256, sha256);
    assert.equal(log.length, 2, `killed at ${cutAt}`);
    assert.equal(retries.length, 1);
    assert.deepEqual([retries[0].attempt, retries[0].attempts], [1, 3]);
    const resumed = start(log[1]);
    // What had come through. Nothing of it is asked for again.
    assert.ok(resumed <= cutAt && resumed > cutAt - 70_000, `${resumed} of ${cutAt}`);
    if (resumed > 0) assert.equal(log[1].ifRange, '"one"');
    assert.deepEqual(info.keeping, { state: 'off' });
    const counts = seen.map(({ bytesLoaded }) => bytesLoaded);
    assert.deepEqual(
      counts,
      counts.toSorted((a, b) => a - b),
    );
    assert.ok(seen.every(({ restarts }) => restarts === undefined));
  }
});

test('every byte of progress is worth another try', async (t) => {
  const cuts = Array.from({ length: 10 }, (_, n) => Math.floor(((n + 1) * bytes.length) / 11));
  const { log, info, retries } = await load(t, (index) => ({ bytes, cutAt: cuts[index] }));
  assert.equal(info.sha256, sha256);
  assert.equal(log.length, 11);
  assert.ok(
    retries.every(({ attempt }) => attempt === 1),
    JSON.stringify(retries),
  );
});

test('without progress there is an end', async (t) => {
  const { log, error, retries } = await load(t, () => ({ bytes, cutAt: half, etag: null }));
  assert.deepEqual([error.code, log.length], ['truncated', 4]);
  assert.match(
    error.message,
    new RegExp(`was interrupted after \\d+ of ${bytes.length} .*3 retries failed.*again`),
  );
  assert.deepEqual(
    retries.map(({ attempt }) => attempt),
    [1, 2, 3],
  );
  assert.ok(retries[1].delayMs >= 20 && retries[1].delayMs <= 40, 'doubled, and scattered');
});

test('one flipped byte is refused', async (t) => {
  const { error, log } = await load(t, () => ({ bytes: other }), { sha256 });
  assert.equal(error.code, 'checksum-mismatch');
  assert.equal(log.length, 1, 'nor is it fetched again');
});

test('a flipped byte behind a break is refused', async (t) => {
  const behave = (index) => (index === 0 ? { bytes, cutAt: half } : { bytes: other });
  const { error } = await load(t, behave, { sha256 });
  assert.equal(error.code, 'checksum-mismatch');
});

test('a server without ranges sends it all again, and the page hears of it', async (t) => {
  const behave = (index) => ({ bytes, ranges: false, ...(index === 0 && { cutAt: half }) });
  const { log, info, seen } = await load(t, behave, { sha256 });
  assert.equal(info.sha256, sha256);
  assert.equal(log.length, 2);
  assert.equal(seen.find(({ restarts }) => restarts === 1).bytesLoaded, 0);
});

test('a file that changes on the way is read from its beginning', async (t) => {
  for (const ifRange of [true, false]) {
    const behave = (index) =>
      index === 0 ? { bytes, cutAt: half } : { bytes: other, etag: '"two"', ifRange };
    const { log, info, seen } = await load(t, behave);
    assert.equal(info.sha256, hash(other));
    assert.equal(log[1].ifRange, '"one"');
    // A server that sends the rest all the same is asked once more.
    assert.equal(log.length, ifRange ? 2 : 3);
    assert.equal(log.at(-1).range === null, !ifRange);
    assert.equal(seen.at(-2).restarts, 1);
  }
});

test('a file that becomes longer or shorter on the way is noticed without an ETag', async (t) => {
  const longer = Buffer.concat([bytes, Buffer.alloc(7)]);
  const behave = (index) =>
    index === 0 ? { bytes: longer, cutAt: half, etag: null } : { bytes, etag: null };
  const { log, info } = await load(t, behave, { sha256 });
  assert.equal(info.sha256, sha256);
  assert.equal(log.length, 3);
});

test('the date will do in place of a strong ETag, and the hash in place of both', async (t) => {
  const lastModified = 'Tue, 03 Nov 2026 10:00:00 GMT';
  const cases = [
    [{ etag: 'W/"one"', lastModified }, {}, lastModified],
    [{ etag: null }, { sha256 }, null],
  ];
  for (const [more, options, ifRange] of cases) {
    const behave = (index) => ({ bytes, ...more, ...(index === 0 && { cutAt: half }) });
    const { log, info } = await load(t, behave, options);
    assert.equal(info.sha256, sha256);
    assert.equal(log.length, 2);
    assert.ok(start(log[1]) > 0);
    assert.equal(log[1].ifRange, ifRange);
  }
});

test('parts that nothing holds together are not put together', async (t) => {
  for (const etag of [null, 'W/"one"']) {
    const behave = (index) => (index === 0 ? { bytes, etag, cutAt: half } : { bytes: other, etag });
    const { log, info } = await load(t, behave);
    assert.equal(info.sha256, hash(other));
    assert.deepEqual(log[1], { range: null, ifRange: null });
  }
});

test('a body that is compressed on the way is never resumed', async (t) => {
  const zipped = gzipSync(bytes);
  const headers = { 'content-encoding': 'gzip' };
  const cut = (index) => (index === 0 ? { cutAt: zipped.length >> 1 } : {});
  const behave = (index) => ({ bytes: zipped, headers, ...cut(index) });
  const { log, info } = await load(t, behave, { sha256 });
  assert.equal(info.sha256, sha256);
  assert.deepEqual(
    log.map(({ range }) => range),
    [null, null],
  );
});

test('a file of unknown length that broke off at its end is whole', async (t) => {
  const behave = (index) => ({ bytes, length: false, ...(index === 0 && { cutAt: bytes.length }) });
  const { log, info } = await load(t, behave);
  assert.equal(info.sha256, sha256);
  assert.equal(log.length, 2);
  assert.equal(start(log[1]), bytes.length);
});

test('a server that is silent for too long is asked again', async (t) => {
  const behave = (index) => (index === 0 ? { bytes, stallAt: half } : { bytes });
  const { log, info, retries } = await load(t, behave, { sha256 });
  assert.equal(info.sha256, sha256);
  assert.equal(start(log[1]), half);
  assert.match(retries[0].reason, /no data for 0\.3 s/);
});

test('a server that is busy is asked again, when it says', async (t) => {
  for (const [status, header, delayMs] of [
    [503, {}, null],
    [500, {}, null],
    [429, { 'retry-after': '0' }, 0],
    [503, { 'retry-after': '1' }, 1000],
    [503, { 'retry-after': 'Tue, 03 Nov 2020 10:00:00 GMT' }, 0],
  ]) {
    const behave = (index) => (index === 0 ? { status, headers: header } : { bytes });
    const { log, info, retries } = await load(t, behave);
    assert.equal(info.sha256, sha256);
    assert.equal(log.length, 2);
    assert.match(retries[0].reason, new RegExp(`answered ${status}`));
    if (delayMs !== null) assert.equal(retries[0].delayMs, delayMs);
  }
});

test('a server that stays busy, or wants hours, ends in a sentence', async (t) => {
  const busy = await load(t, () => ({ status: 503 }));
  assert.deepEqual([busy.error.code, busy.log.length], ['download-failed', 4]);
  assert.match(busy.error.message, /answered 503; 3 retries failed too/);
  const hours = await load(t, () => ({ status: 429, headers: { 'retry-after': '7200' } }));
  assert.deepEqual([hours.error.code, hours.log.length], ['download-failed', 1]);
  assert.match(hours.error.message, /answered 429 and asks to wait 7200 s/);
});

test('what will not pass by itself is not tried again', async (t) => {
  for (const status of [403, 404, 410]) {
    const first = await load(t, () => ({ status }));
    assert.deepEqual([first.error.code, first.log.length], ['download-failed', 1]);
    assert.match(first.error.message, new RegExp(`answered ${status} .*Check the address`));
    const behave = (index) => (index === 0 ? { bytes, cutAt: half } : { status });
    const later = await load(t, behave, { sha256 });
    assert.deepEqual([later.error.code, later.log.length], ['download-failed', 2]);
  }
});

test('a web page in place of the rest is told from it', async (t) => {
  const headers = { 'content-type': 'text/html' };
  const page = { bytes: Buffer.from('<!doctype html>Sign in'), headers, ranges: false };
  const { error, log } = await load(t, (index) => (index === 0 ? { bytes, cutAt: half } : page));
  assert.deepEqual([error.code, log.length], ['download-failed', 2]);
  assert.match(error.message, /web page/);
});

test('an abort stops at once, also between two tries', async (t) => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const busy = { status: 503, headers: { 'retry-after': '1' } };
  const { error, log } = await load(t, () => busy, {
    signal: controller.signal,
    onProgress: ({ retry }) => retry && controller.abort(reason),
  });
  assert.deepEqual([error.code, error.cause], ['aborted', reason]);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert.equal(log.length, 1);
});

test('the rest is believed to be of the same file only with a reason', () => {
  const version = (more) => ({
    etag: '"one"',
    lastModified: null,
    bytesTotal: 100,
    isExact: false,
    isOpen: false,
    isEncoded: false,
    ...more,
  });
  const rest = (headers) => new Response('', { status: 206, headers });
  const believed = (headers, more = {}, isChecked = false) =>
    continues(rest(headers), 40, version(more), isChecked);
  const whole = { 'content-range': 'bytes 40-99/100', 'content-length': '60', etag: '"one"' };
  assert.ok(believed(whole));
  assert.ok(!believed({ ...whole, etag: '"two"' }));
  assert.ok(!believed({ ...whole, 'content-range': 'bytes 0-99/100' }));
  assert.ok(!believed({ ...whole, 'content-range': 'bytes 40-99/101' }));
  assert.ok(!believed({ ...whole, 'content-length': '61' }));
  assert.ok(!believed({ ...whole, 'content-encoding': 'gzip' }));
  // From another site that shows nothing but the length of the rest.
  assert.ok(!believed({ 'content-length': '60' }));
  assert.ok(believed({ 'content-length': '60' }, {}, true));
  assert.ok(!believed({ 'content-length': '59' }, {}, true));
  // Where everything is shown, a rest that does not say where it begins is none.
  assert.ok(!believed({ 'content-length': '60', etag: '"one"' }, { isOpen: true }));

  const dated = { etag: null, lastModified: 'Tue, 03 Nov 2026 10:00:00 GMT' };
  assert.ok(isSameVersion(version({}), version({ etag: 'W/"one"' })));
  assert.ok(!isSameVersion(version({}), version({ bytesTotal: 101 })));
  assert.ok(!isSameVersion(version({}), version({ etag: '"two"' })));
  assert.ok(isSameVersion(version(dated), version(dated)));
  assert.ok(!isSameVersion(version({ etag: null }), version({ etag: null })), 'length alone');
});

test('what cannot be meant by keeping is refused', async () => {
  for (const which of [{}, { url: undefined }, { sha256: null }, null]) {
    await assert.rejects(removeCached(which), { code: 'invalid-option', message: /^which/ });
  }
  await assert.rejects(Model.load('none.gguf', { keep: 'yes' }), {
    code: 'invalid-option',
    message: /^keep must be one of/,
  });
});
