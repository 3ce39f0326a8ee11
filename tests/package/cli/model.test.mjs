// How the command comes by its model: resumed, checked, and fetched once by however many.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { cacheFolder } from '../../../pkg/dist/files/cache-folder.js';
import { bin, shotglass, start } from '../../support/command.mjs';
import { modelFile, mustExist, tinyFolder } from '../../support/files.mjs';
import { serveFlaky } from '../../support/flaky.mjs';

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

/** A copy with one bit changed. */
function flipped(bytes, at) {
  const copy = Buffer.from(bytes);
  copy[at] ^= 1;
  return copy;
}

/** Waits until so much of the file is there. */
async function arrived(size) {
  while (((await stat(path('.part')).catch(() => null))?.size ?? 0) < size) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('an interrupted download goes on where it was, once for two processes', async () => {
  behave = (index) => ({ bytes, ...(index === 0 && { stallAt: 20_000_000 }) });
  const first = start(predict, { env: environment() });
  const [told] = await first.says(
    /Downloading SmolLM2-135M-Instruct Q4_1 \(98 MB\) from \S+(?= to )/,
    'stderr',
  );
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
  assert.match(stderr, /is damaged\. It is being downloaded again/);
  assert.equal(server.log.length, 2);

  // Damage in the part shows at its first bytes, or only when all have come.
  for (const [part, ranges] of [
    [Buffer.alloc(1_000_000, 7), [null]],
    [flipped(bytes.subarray(0, 20_000_000), 15_000_000), ['bytes=20000000-', null]],
  ]) {
    await rm(path());
    await writeFile(path('.part'), part);
    server.log.length = 0;
    assert.equal((await shotglass(predict, { env: environment() })).code, 0);
    assert.deepEqual(
      server.log.map(({ range }) => range),
      ranges,
    );
    assert.ok(bytes.equals(await readFile(path())));
  }
});

test('what is not the model is refused, and nothing of it stays', async () => {
  behave = () => ({ bytes: flipped(bytes, 60_000_000) });
  const wrong = await shotglass(predict, { env: environment() });
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /is not SmolLM2-135M-Instruct Q4_1: its SHA-256 is different/);
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
  assert.match(stderr, /starts over: the server cannot resume it/);
  assert.ok(bytes.equals(await readFile(path())));
});

// What has come is answered with all the same: only the next run has to fetch it again.
test('without room for the model it is run, and a sentence says how much is missing where', async () => {
  behave = () => ({ bytes });
  // No file of this process may be longer than 20,000 KiB.
  const limited = ['-c', 'ulimit -f 20000; exec "$@"', '-', process.execPath, bin, ...predict];
  const child = spawn('bash', limited, { env: { ...process.env, ...environment() } });
  const told = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) {
    child[stream].on('data', (text) => {
      told[stream] += text;
    });
  }
  const [code] = await once(child, 'close');
  assert.equal(code, 0, told.stderr);
  assert.equal(JSON.parse(told.stdout).candidates.length, 1);
  const folder = join(cache, 'shotglass/models');
  assert.ok(
    told.stderr.includes(
      `The model (98 MB) was not cached in ${folder}: about 78 MB more disk space is`,
    ),
  );
  assert.match(told.stderr, /Free some space, or set XDG_CACHE_HOME/);
  assert.equal(server.log.length, 1);
  assert.deepEqual(await kept(), [], 'what there was no room for takes none');
});

test('without a folder that can be written it is run, and a sentence says so', async () => {
  behave = () => ({ bytes });
  const file = join(cache, 'file');
  await writeFile(file, '');
  const env = { ...environment(), XDG_CACHE_HOME: file };
  const { code, stderr } = await shotglass(predict, { env });
  assert.equal(code, 0, stderr);
  const folder = join(file, 'shotglass/models');
  assert.ok(stderr.includes(`was not cached in ${folder}: the folder is not writable. Set`));
});

test('an address in the environment that is none is named', async () => {
  const env = { ...environment(), SHOTGLASS_MODEL_URL: 'not a url' };
  const { code, stderr } = await shotglass(predict, { env });
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^SHOTGLASS_MODEL_URL is 'not a url', which is not an http\(s\) address\. Set/,
  );
});

// Two runs were two downloads.
test('a model at an address is fetched once, and again when the server has another', async () => {
  const tiny = await readFile(join(tinyFolder, 'default.gguf'));
  behave = () => ({ bytes: tiny, etag });
  let etag = '"one"';
  const run = () => shotglass([...predict, '--model', `${server.origin}/deep/tiny.gguf`], { env });
  const env = environment();
  const first = await run();
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stderr, /^Downloading tiny\.gguf/);
  const second = await run();
  assert.deepEqual([second.code, second.stderr], [0, ''], 'nothing to say');
  const numbers = ({ stdout }) => stdout.replace(/"durationMs.*/, '');
  assert.equal(numbers(second), numbers(first));

  etag = '"two"';
  assert.match((await run()).stderr, /^Downloading tiny\.gguf/);
  etag = null;
  const unversioned = await run();
  assert.match(unversioned.stderr, /was not cached: the server does not identify the version/);
});

test('the lock of a process that is no more is nobody’s', async () => {
  behave = () => ({ bytes });
  const first = start(predict, { env: environment() });
  await first.says(/Downloading SmolLM2/, 'stderr');
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
