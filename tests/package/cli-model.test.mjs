// How the command comes by its model: resumed, checked, and fetched once by however many.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { cacheFolder } from '../../pkg/dist/cli/model-cache.js';
import { bin, shotglass, start } from '../support/command.mjs';
import { modelFile, mustExist } from '../support/files.mjs';
import { serveFlaky } from '../support/flaky.mjs';

mustExist(modelFile, 'cargo xtask model');

const name = 'SmolLM2-135M-Instruct-Q4_1.gguf';
let bytes;
let cache;
let server;
let behave;

before(async () => {
  bytes = await readFile(modelFile);
  server = await serveFlaky((index, request) => behave(index, request));
});
after(async () => {
  server?.close();
  await rm(cache, { recursive: true, force: true });
});
beforeEach(async () => {
  if (cache) await rm(cache, { recursive: true, force: true });
  cache = await mkdtemp(join(tmpdir(), 'shotglass-cache-'));
  server.log.length = 0;
});

const environment = () => ({
  SHOTGLASS_MODEL: '',
  XDG_CACHE_HOME: cache,
  SHOTGLASS_MODEL_URL: `${server.origin}/model.gguf`,
});
const predict = ['predict', 'Q: cat', '--top-k', '1', '--json'];
const kept = () => readdir(join(cache, 'shotglass/models'));
const path = (ending = '') => join(cache, 'shotglass/models', name + ending);

/** Waits until so much of the file is there. */
async function arrived(size) {
  while (((await stat(path('.part')).catch(() => null))?.size ?? 0) < size) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('an interrupted download goes on where it was, once for two processes', async () => {
  behave = (index) => ({ bytes, ...(index === 0 && { stallAt: 20_000_000 }) });
  const first = start(predict, { env: environment() });
  const [told] = await first.says(/SmolLM2-135M-Instruct Q4_1: 98 MB, once, from \S+/, 'stderr');
  assert.ok(told.endsWith(new URL(server.origin).host));
  await arrived(20_000_000);
  first.child.kill('SIGINT');
  assert.equal((await first.done).code, 130);
  assert.deepEqual(await kept(), [`${name}.part`], 'no model and no lock');

  const both = await Promise.all([1, 2].map(() => shotglass(predict, { env: environment() })));
  for (const { code, stderr } of both) assert.equal(code, 0, stderr);
  assert.deepEqual(
    both[0].stdout.replace(/"durationMs.*/, ''),
    both[1].stdout.replace(/"durationMs.*/, ''),
  );
  assert.deepEqual(
    server.log.map(({ range }) => range),
    [null, 'bytes=20000000-'],
  );
  assert.deepEqual(await kept(), [name]);
  assert.ok(bytes.equals(await readFile(path())));
});

test('a damaged model is fetched again, also where the damage was in the part', async () => {
  behave = () => ({ bytes });
  assert.equal((await shotglass(predict, { env: environment() })).code, 0);
  const file = await open(path(), 'r+');
  await file.write(Buffer.from([bytes[50_000_000] ^ 1]), 0, 1, 50_000_000);
  await file.close();
  const { code, stderr } = await shotglass(predict, { env: environment() });
  assert.equal(code, 0, stderr);
  assert.match(stderr, /is damaged .+ fetched again/);
  assert.equal(server.log.length, 2);

  await rm(path());
  const part = await open(path('.part'), 'w');
  await part.write(Buffer.alloc(1_000_000, 7));
  await part.close();
  assert.equal((await shotglass(predict, { env: environment() })).code, 0);
  assert.deepEqual(
    server.log.slice(2).map(({ range }) => range),
    ['bytes=1000000-', null],
  );
  assert.ok(bytes.equals(await readFile(path())));
});

test('what is not the model is refused, and nothing of it stays', async () => {
  const wrong = Buffer.from(bytes);
  wrong[60_000_000] ^= 1;
  behave = () => ({ bytes: wrong });
  const flipped = await shotglass(predict, { env: environment() });
  assert.equal(flipped.code, 1);
  assert.match(flipped.stderr, /is not SmolLM2-135M-Instruct Q4_1: its SHA-256 is another/);
  assert.deepEqual(await kept(), []);

  behave = () => ({ status: 404 });
  const missing = await shotglass(predict, { env: environment() });
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /The server answered 404/);
});

test('a server without Range starts again, and the terminal says so', async () => {
  behave = () => ({ bytes, ranges: false });
  const part = bytes.subarray(0, 1_000_000);
  await mkdir(join(cache, 'shotglass/models'), { recursive: true });
  await writeFile(path('.part'), part);
  const { code, stderr } = await shotglass(predict, { env: environment() });
  assert.equal(code, 0, stderr);
  assert.match(stderr, /sends the whole file only; starting again/);
  assert.ok(bytes.equals(await readFile(path())));
});

test('where the file cannot be written, the command ends, whatever the server does', async () => {
  // What has arrived is read to its end, so that the connection waits for more.
  behave = () => ({ bytes, stallAt: 20_490_000 });
  // No file of this process may be longer than 20 MB.
  const limited = ['-c', 'ulimit -f 20000; exec "$@"', '-', process.execPath, bin, ...predict];
  const child = spawn('bash', limited, { env: { ...process.env, ...environment() } });
  let told = '';
  child.stderr.on('data', (text) => {
    told += text;
  });
  const [code] = await once(child, 'close');
  assert.equal(code, 1, told);
  assert.match(told, /EFBIG|too large/);
  assert.doesNotMatch(told, /try 1 of/, 'it did not wait for the server');
  assert.equal(server.log.length, 1);
  assert.deepEqual(await kept(), [`${name}.part`], 'no lock');
});

test('the lock of a process that is no more is nobody’s', async () => {
  behave = () => ({ bytes });
  const first = start(predict, { env: environment() });
  await first.says(/once, from/, 'stderr');
  first.child.kill('SIGKILL');
  await first.done;
  const { code, stderr } = await shotglass(predict, { env: environment() });
  assert.equal(code, 0, stderr);
  assert.deepEqual(await kept(), [name]);
});

test('the folder is the one that each system has for this', () => {
  const folder = (env, platform) => cacheFolder(env, platform, '/home/me').replaceAll('\\', '/');
  assert.equal(folder({}, 'linux'), '/home/me/.cache/shotglass/models');
  assert.equal(folder({ XDG_CACHE_HOME: '/xdg' }, 'darwin'), '/xdg/shotglass/models');
  assert.equal(folder({ XDG_CACHE_HOME: 'relative' }, 'linux'), '/home/me/.cache/shotglass/models');
  assert.equal(folder({}, 'darwin'), '/home/me/Library/Caches/shotglass/models');
  assert.equal(folder({ LOCALAPPDATA: '/local' }, 'win32'), '/local/shotglass/models');
});
