// The whole default model in Chromium: kept through broken connections, refused with a wrong byte, read from a File in pieces.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { defaultModel } from '../../pkg/dist/files/default-model.js';
import { launch } from '../support/chromium.mjs';
import { modelFile, mustExist } from '../support/files.mjs';
import { serveFlaky } from '../support/flaky.mjs';
import { seeded } from '../support/seeded.mjs';
import { files, list, load, servePackage } from './package-page.mjs';

mustExist(modelFile, 'cargo xtask model');
const { bytes: length, sha256 } = defaultModel;
const MB = 1e6;
const random = seeded(7);
/** A place in the file, anywhere. */
const anywhere = () => 1 + Math.floor(random() * (length - 1));

let bytes;
let browser;
let context;
let site;
let behave;

before(async () => {
  bytes = readFileSync(modelFile);
});

beforeEach(async () => {
  // A browser of its own for each test: what one has taken of the memory is not the next one's.
  browser = await launch();
  behave = () => ({});
  site = await serveFlaky((index) => ({ bytes, ...behave(index) }), servePackage);
  context = await browser.newContext();
});

afterEach(async () => {
  await browser?.close();
  site.close();
});

after(() => {
  bytes = null;
});

async function open() {
  const page = await context.newPage();
  await page.goto(site.origin);
  return page;
}

/** Waits until so many bytes are written. */
async function untilWritten(page, count) {
  const written = async () => (await files(page))[`${sha256}.gguf`] ?? 0;
  while ((await written()) < count) await new Promise((resolve) => setTimeout(resolve, 50));
}

for (let kill = 1; kill <= 3; kill++) {
  const stallAt = anywhere();
  test(`killed at byte ${stallAt}, it resumes, is verified and is kept`, async (t) => {
    behave = (index) => (index === 0 ? { stallAt } : {});
    const page = await open();
    const cut = async () => {
      await untilWritten(await open(), stallAt);
      site.cut();
    };
    const [found] = await Promise.all([load(page, { sha256 }), cut()]);
    assert.deepEqual([found.sha256, found.keeping], [sha256, { state: 'kept' }], found.message);
    assert.deepEqual(
      site.log.map(({ range }) => range),
      [null, `bytes=${stallAt}-`],
    );
    t.diagnostic(`${(site.sent() / length).toFixed(3)} times the file were sent, with the package`);
    const again = await load(await open(), { sha256 });
    assert.deepEqual([again.sha256, site.log.length], [sha256, 2]);
  });
}

test('a page that is closed in the middle leaves what it had to the next', async () => {
  const stallAt = anywhere();
  behave = (index) => (index === 0 ? { stallAt } : {});
  const closing = await open();
  load(closing, { sha256 }).catch(() => {});
  const page = await open();
  await untilWritten(page, stallAt);
  await closing.close();
  const found = await load(page, { sha256 });
  assert.deepEqual([found.sha256, found.keeping], [sha256, { state: 'kept' }], found.message);
  assert.equal(site.log.length, 2);
  // What is safely written is recorded every eight mebibytes.
  const resumed = Number(/^bytes=(\d+)-$/.exec(site.log[1].range)[1]);
  assert.ok(resumed <= stallAt && resumed > stallAt - 2 * (8 << 20), `${resumed} of ${stallAt}`);
});

test('one flipped byte is refused, nothing of it is left, and the next load is right', async () => {
  const flipped = Buffer.from(bytes);
  flipped[anywhere()] ^= 4;
  behave = () => ({ bytes: flipped });
  const page = await open();
  const found = await load(page, { sha256 });
  assert.equal(found.code, 'checksum-mismatch');
  assert.match(found.message, /not the one expected: its SHA-256 is .*Download it again\.$/);
  assert.deepEqual(await files(page), {});
  assert.deepEqual(await list(page), []);
  behave = () => ({});
  const right = await load(page, { sha256 });
  assert.deepEqual([right.sha256, right.keeping], [sha256, { state: 'kept' }]);
});

test('a File is read in pieces, by the worker alone', async (t) => {
  const page = await open();
  await page.evaluate(() => {
    const input = Object.assign(document.createElement('input'), { type: 'file' });
    document.body.append(input);
    // In the page itself no way to its bytes is left.
    for (const way of ['arrayBuffer', 'bytes', 'text', 'stream', 'slice']) {
      Blob.prototype[way] = () => {
        throw new Error(`the page calls ${way}`);
      };
    }
  });
  await page.setInputFiles('input', modelFile);
  const loadFile = (options) =>
    page.evaluate(async (options) => {
      const { Model } = await import('/dist/index.js');
      const [file] = document.querySelector('input').files;
      const model = await Model.load(file, options);
      const { tokens } = await model.predict('The quick brown fox');
      const seen = await new Promise((resolve) => {
        const channel = new BroadcastChannel('watch');
        channel.onmessage = ({ data }) => resolve(data);
        channel.postMessage('how?');
        if (options.workerUrl === undefined) resolve(null);
      });
      model.close();
      return { sha256: model.info.sha256, tokens, seen };
    }, options);

  const before = await peakMemory();
  const found = await loadFile({ threads: 1 });
  const grown = (await peakMemory()) - before;
  assert.equal(found.sha256, sha256);
  t.diagnostic(
    `the page's process grew by ${(grown / MB).toFixed(0)} MB, ${(grown / length).toFixed(2)} times the file`,
  );
  // The weights as they lie in memory, the engine, and its code: without room for a second copy of the file, which takes
  // it to more than 250 MB, or for chunks that wait to be collected, some 40 MB on a busy machine.
  assert.ok(grown < 1.3 * length + 60 * MB, `${(grown / MB).toFixed(0)} MB`);

  const { seen } = await loadFile({ threads: 1, workerUrl: '/watch-worker.mjs' });
  assert.equal(seen.bytes, length);
  assert.ok(seen.largest <= 4 << 20, `a piece of ${seen.largest} bytes`);
  assert.deepEqual(seen.whole, []);
});

/** The most memory that any process of a page has had, with its workers: Linux knows. This page's is by far the largest. */
async function peakMemory() {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const peaks = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${id}/status`, 'utf8')));
  return 1024 * Math.max(...peaks.map(([, kilobytes]) => Number(kilobytes)));
}
