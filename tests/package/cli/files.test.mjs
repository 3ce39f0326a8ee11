// What the command does with files that others change at the same time: the lock, and the files of the lab.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import files, { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { labListener } from '../../../pkg/dist/cli/server/lab-server.js';
import { lockFile, tryLockFile, unlockThread } from '../../../pkg/dist/files/lock-file.js';
import { seeded } from '../../support/seeded.mjs';

let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shotglass-files-'));
});
after(() => rm(folder, { recursive: true, force: true }));

/** Runs `work` with every call of these functions of the file system made slower by up to so many milliseconds. */
async function withSlowFiles(names, longestMs, work) {
  const random = seeded(7);
  const real = Object.fromEntries(names.map((name) => [name, files[name]]));
  for (const name of names) {
    files[name] = async (...args) => {
      await sleep(random() * longestMs);
      return real[name](...args);
    };
  }
  syncBuiltinESMExports();
  try {
    await work();
  } finally {
    Object.assign(files, real);
    syncBuiltinESMExports();
  }
}

// A look at the lock and what follows from it are two calls: between them another may have taken it, or given it back.
test('of many that find an abandoned lock, one at a time has it, however slow the disk is', async () => {
  const locks = await mkdtemp(join(folder, 'locks-'));
  const path = join(locks, 'model');
  let holders = 0;
  let most = 0;
  let held = 0;
  const hold = async () => {
    const release = await lockFile(path, () => {});
    most = Math.max(most, ++holders);
    held++;
    await sleep(40);
    holders--;
    release();
  };
  // No process has so high a number.
  await writeFile(`${path}.lock-1`, `999999999 ${hostname()} 0`);
  const calls = ['readFile', 'readdir', 'rm', 'stat', 'writeFile'];
  await withSlowFiles(calls, 60, () => Promise.all(Array.from({ length: 6 }, hold)));
  assert.deepEqual([held, most], [6, 1]);
  assert.deepEqual(await readdir(locks), [], 'nothing is left');
});

// A laptop sleeps in the middle of a download. Another process takes over, and then the first one wakes and ends.
test('whoever slept and was taken over leaves the lock of the other alone', async () => {
  const locks = await mkdtemp(join(folder, 'locks-'));
  const path = join(locks, 'model');
  const sleeper = await lockFile(path, () => {});
  const [lock] = await readdir(locks);
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(join(locks, lock), longAgo, longAgo);
  const other = await lockFile(path, () => assert.fail('a lock of somebody asleep was waited for'));
  await sleeper();
  assert.equal(await tryLockFile(path), null, 'the other still has it');
  other();
  const next = await tryLockFile(path);
  assert.notEqual(next, null);
  next();
});

test('what a thread had locked is free once the thread was ended, and what others have is not', async () => {
  const locks = await mkdtemp(join(folder, 'locks-'));
  const path = join(locks, 'model');
  const release = await lockFile(path, () => {});
  await unlockThread(locks, threadId + 1);
  assert.equal(await tryLockFile(path), null);
  await unlockThread(locks, threadId);
  (await tryLockFile(path))();
  release();
});

test('a file of the lab that is gone or damaged is one answer, and the next one comes', async () => {
  const lab = join(folder, 'lab');
  await mkdir(lab);
  await writeFile(join(lab, 'engine.json'), '{}');
  await writeFile(join(lab, 'index.html'), 'hello');
  await writeFile(join(lab, 'gone.html'), 'soon');
  await writeFile(join(lab, 'bad.txt.gz'), 'this is no gzip');
  await writeFile(join(lab, 'good.txt.gz'), gzipSync('packed'));
  const server = createServer(labListener(folder, null));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  // Without gzip the server has to unpack.
  const headers = { 'accept-encoding': 'identity' };
  const ask = (path) => fetch(`http://127.0.0.1:${port}${path}`, { headers });
  try {
    await rm(join(lab, 'gone.html'));
    const gone = await ask('/gone.html');
    assert.deepEqual([gone.status, /Start the command again/.test(await gone.text())], [500, true]);
    await assert.rejects(ask('/bad.txt').then((response) => response.text()));
    assert.equal(await (await ask('/good.txt')).text(), 'packed');
    assert.equal(await (await ask('/')).text(), 'hello');
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
