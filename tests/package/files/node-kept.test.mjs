// What Node keeps of models: the folder of the command, for `Model.load` too.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { defaultModel, listCached, Model, removeCached } from 'shotglass';
import { modelFile, mustExist, tinyFolder } from '../../support/files.mjs';
import { serveFlaky } from '../../support/flaky.mjs';

mustExist(modelFile, 'cargo xtask model');
mustExist(tinyFolder, 'cargo test --release');
const quickWorker = new URL('../../support/quick-worker.mjs', import.meta.url);
const defaultFile = 'SmolLM2-135M-Instruct-Q4_1.gguf';
const bytes = await readFile(join(tinyFolder, 'default.gguf'));
const sha256 = createHash('sha256').update(bytes).digest('hex');
const { XDG_CACHE_HOME, SHOTGLASS_MODEL_URL } = process.env;
let cache;
let folder;
let server;
let behave;

before(async () => {
  server = await serveFlaky((index) => behave(index));
});
beforeEach(async () => {
  if (cache) await rm(cache, { recursive: true, force: true });
  cache = await mkdtemp(join(tmpdir(), 'shotglass-kept-'));
  folder = join(cache, 'shotglass/models');
  process.env.XDG_CACHE_HOME = cache;
  process.env.SHOTGLASS_MODEL_URL = `${server.origin}/default.gguf`;
  server.log.length = 0;
  behave = () => ({ bytes });
});
after(async () => {
  server?.close();
  await rm(cache, { recursive: true, force: true });
  set('XDG_CACHE_HOME', XDG_CACHE_HOME);
  set('SHOTGLASS_MODEL_URL', SHOTGLASS_MODEL_URL);
});

function set(name, value) {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

/** Loads, by default from the server, and says what became of it. */
async function load(source = `${server.origin}/tiny.gguf`, options = {}) {
  const model = await Model.load(source, { workerUrl: quickWorker, threads: 1, ...options });
  model.close();
  return model.info;
}
const ranges = () => server.log.map(({ range }) => range);

test('without a source the model of the command is read, and no server is asked', async () => {
  await mkdir(folder, { recursive: true });
  await symlink(modelFile, join(folder, defaultFile));
  const model = await Model.load();
  model.close();
  assert.equal(model.info.sha256, defaultModel.sha256);
  assert.deepEqual(model.info.keeping, { state: 'kept' });
  assert.deepEqual(ranges(), []);
});

test('without a source it is fetched from where the environment says, and kept for the command', async () => {
  const whole = await readFile(modelFile);
  behave = () => ({ bytes: whole });
  const off = await Model.load(undefined, { keep: false });
  off.close();
  assert.deepEqual(off.info.keeping, { state: 'off' });
  await assert.rejects(readdir(folder), { code: 'ENOENT' }, 'nothing was made');

  // The half that an earlier run has left is not fetched again.
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${defaultFile}.part`), whole.subarray(0, 50_000_000));
  const phases = new Set();
  const model = await Model.load(undefined, { onProgress: ({ phase }) => phases.add(phase) });
  model.close();
  assert.deepEqual(model.info.keeping, { state: 'kept' });
  assert.deepEqual([...phases], ['download', 'load', 'ready']);
  assert.deepEqual(ranges(), [null, 'bytes=50000000-']);
  assert.deepEqual(await readdir(folder), [defaultFile]);
  assert.ok(whole.equals(await readFile(join(folder, defaultFile))));
  const again = await Model.load();
  again.close();
  assert.equal(server.log.length, 2, 'the next one asks nobody');
});

test('an address of the environment that is none is refused by its name', async () => {
  for (const url of ['not a url', 'file:///model.gguf', 'http://']) {
    process.env.SHOTGLASS_MODEL_URL = url;
    await assert.rejects(Model.load(), {
      code: 'invalid-option',
      message: new RegExp(`^SHOTGLASS_MODEL_URL is '${url}', which is not an http`),
    });
  }
});

test('an aborted load gives its lock back, and the next one goes on where it was', async () => {
  const half = bytes.length >> 1;
  behave = (index) => ({ bytes, ...(index === 0 && { stallAt: half }) });
  const abort = new AbortController();
  const onProgress = ({ bytesLoaded }) => bytesLoaded > 0 && abort.abort();
  await assert.rejects(load(undefined, { sha256, signal: abort.signal, onProgress }), {
    code: 'aborted',
  });
  const left = await readdir(folder);
  assert.deepEqual(left.toSorted(), [`${sha256}.gguf.part`, `${sha256}.part.json`], 'no lock');

  const waits = [];
  const { keeping } = await load(undefined, {
    sha256,
    onProgress: ({ phase }) => waits.push(phase === 'wait'),
  });
  assert.deepEqual(keeping, { state: 'kept' });
  assert.ok(!waits.includes(true), 'nobody was waited for');
  assert.equal(ranges().length, 2);
  assert.match(ranges()[1], /^bytes=[1-9]\d*-$/);
});

test('two loads of one file at the same time are one download', async () => {
  const [one, other] = await Promise.all([1, 2].map(() => load(undefined, { sha256 })));
  assert.deepEqual([one.keeping, other.keeping], [{ state: 'kept' }, { state: 'kept' }]);
  assert.equal(server.log.length, 1);
});

test('by its hash a kept file is read from anywhere; by its address the server is asked', async () => {
  await load(undefined, { sha256 });
  await load(`${server.origin}/moved.gguf`, { sha256 });
  assert.equal(server.log.length, 1);
  // One copy serves both.
  await load();
  assert.equal(server.log.length, 2);
  assert.equal((await listCached()).length, 1);

  // Another version takes its place under the address, and the old one stays under its hash.
  const changed = Buffer.from(bytes);
  changed[changed.length - 1] ^= 1;
  behave = () => ({ bytes: changed, etag: '"two"' });
  const { sha256: other } = await load();
  assert.notEqual(other, sha256);
  assert.equal((await load()).sha256, other);
  assert.deepEqual((await load(undefined, { sha256 })).keeping, { state: 'kept' });

  // A server that is gone leaves it as good as it was.
  behave = () => ({ status: 503 });
  assert.equal((await load()).sha256, other);
});

test('a damaged file is fetched again, and a wrong one is not kept', async () => {
  await load(undefined, { sha256 });
  const kept = join(folder, `${sha256}.gguf`);
  const damaged = Buffer.from(bytes);
  damaged[damaged.length - 1] ^= 1;
  await writeFile(kept, damaged);
  assert.deepEqual((await load(undefined, { sha256 })).keeping, { state: 'kept' });
  assert.ok(bytes.equals(await readFile(kept)));

  await removeCached();
  behave = () => ({ bytes: damaged });
  await assert.rejects(load(undefined, { sha256 }), { code: 'checksum-mismatch' });
  assert.deepEqual(await readdir(folder), []);
});

test('what is kept is listed and removed, and what others have put there stays', async () => {
  assert.deepEqual(await listCached(), []);
  assert.deepEqual(await removeCached(), []);
  await load();
  await writeFile(join(folder, 'mine.gguf'), 'mine');
  const [{ keptAt, ...entry }, ...more] = await listCached();
  assert.deepEqual(more, []);
  const url = `${server.origin}/tiny.gguf`;
  assert.deepEqual(entry, { url, sha256, bytes: bytes.length, complete: true });
  assert.ok(Math.abs(Date.now() - Date.parse(keptAt)) < 60_000);
  assert.equal((await removeCached({ url })).length, 1);
  assert.deepEqual(await readdir(folder), ['mine.gguf']);
});
