// The whole default model over connections that break: what issue and README promise of downloads, on the real file.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { defaultModel, Model } from 'shotglass';
import { modelFile, mustExist } from '../../support/files.mjs';
import { serveFlaky } from '../../support/flaky.mjs';
import { seeded } from '../../support/seeded.mjs';

mustExist(modelFile, 'cargo xtask model');
const { bytes: length, sha256 } = defaultModel;
const random = seeded(2026);
/** A place in the file, anywhere. */
const anywhere = () => 1 + Math.floor(random() * (length - 1));

let bytes;
let behave;
let server;
before(async () => {
  bytes = readFileSync(modelFile);
  server = await serveFlaky((index) => behave(index));
});
after(() => server?.close());

/** Loads from a server that behaves so: what came of it, what the page heard, and what the server was asked and sent. */
async function load(behaviour) {
  const { log } = server;
  const [requests, sent] = [log.length, server.sent()];
  behave = (index) => ({ bytes, ...behaviour(index - requests) });
  const seen = [];
  const onProgress = (progress) => seen.push(progress);
  const options = { threads: 1, keep: false, sha256, onProgress };
  let info = null;
  let error = null;
  try {
    const model = await Model.load(`${server.origin}/model.gguf`, options);
    ({ info } = model);
    model.close();
  } catch (exception) {
    error = exception;
  }
  return { info, error, seen, asked: log.slice(requests), sent: server.sent() - sent };
}

for (let kill = 1; kill <= 4; kill++) {
  const cutAt = anywhere();
  test(`killed at byte ${cutAt}, it resumes and is verified (${kill} of 4)`, async (t) => {
    const found = await load((request) => (request === 0 ? { cutAt } : {}));
    assert.equal(found.error, null);
    assert.equal(found.info.sha256, sha256);
    assert.equal(found.asked.length, 2);
    assert.equal(found.asked[0].range, null);
    assert.match(found.asked[1].range, /^bytes=[1-9]\d*-$/);
    assert.ok(found.seen.every(({ restarts }) => restarts === undefined));
    t.diagnostic(`${(found.sent / length).toFixed(3)} times the file were sent`);
    assert.ok(found.sent < 2 * length);
  });
}

test('a server without ranges starts again, and says so', async () => {
  const cutAt = anywhere();
  const found = await load((request) => ({ ranges: false, ...(request === 0 && { cutAt }) }));
  assert.equal(found.info.sha256, sha256);
  assert.equal(found.asked.length, 2);
  assert.equal(found.seen.find(({ restarts }) => restarts === 1).bytesLoaded, 0);
  assert.equal(found.seen.at(-2).restarts, 1);
});

test('one flipped byte, wherever it lies, is refused, and the next load is right', async () => {
  // In the metadata, in the weights, in the last byte of all.
  for (const at of [5000, anywhere(), length - 1]) {
    const flipped = Buffer.from(bytes);
    flipped[at] ^= 1 << Math.floor(8 * random());
    const { error, asked } = await load(() => ({ bytes: flipped }));
    // A length or a name that cannot be is noticed before the hash is.
    assert.ok(['checksum-mismatch', 'corrupt'].includes(error?.code), `${at}: ${error?.code}`);
    assert.match(error.message, /again/);
    assert.equal(asked.length, 1);
  }
  const { info } = await load(() => ({}));
  assert.equal(info.sha256, sha256);
});
