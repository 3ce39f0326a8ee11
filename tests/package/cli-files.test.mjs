// What the command does with files that others change at the same time: the lock, and the files of the lab.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import files, { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { labServer } from '../../pkg/dist/cli/lab-server.js';
import { lockFile } from '../../pkg/dist/cli/lock-file.js';

let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shotglass-files-'));
});
after(() => rm(folder, { recursive: true, force: true }));

test('of many that find an abandoned lock, one at a time has it', async () => {
  const path = join(folder, 'locks/model.lock');
  await mkdir(join(folder, 'locks'));
  const { signal } = new AbortController();
  let holders = 0;
  let most = 0;
  // The second that finds it is slow: by the time that it removes the lock, the first has it.
  const { rename } = files;
  let calls = 0;
  files.rename = async (...args) => {
    if (calls++ === 1) await new Promise((resolve) => setTimeout(resolve, 60));
    return rename(...args);
  };
  syncBuiltinESMExports();
  const hold = async () => {
    const release = await lockFile(path, signal, () => {});
    most = Math.max(most, ++holders);
    await new Promise((resolve) => setTimeout(resolve, 120));
    holders--;
    await release();
  };
  // No process has so high a number.
  await writeFile(path, `999999999 ${hostname()}`);
  await Promise.all([hold(), hold(), hold()]);
  files.rename = rename;
  syncBuiltinESMExports();
  assert.equal(most, 1);
  assert.ok(calls > 1, 'two found it');
  assert.deepEqual(await readdir(join(folder, 'locks')), [], 'nothing is left');
});

test('a file of the lab that is gone or damaged is one answer, and the next one comes', async () => {
  const lab = join(folder, 'lab');
  await mkdir(lab);
  await writeFile(join(lab, 'engine.json'), '{}');
  await writeFile(join(lab, 'index.html'), 'hello');
  await writeFile(join(lab, 'gone.html'), 'soon');
  await writeFile(join(lab, 'bad.txt.gz'), 'this is no gzip');
  await writeFile(join(lab, 'good.txt.gz'), gzipSync('packed'));
  const server = labServer(folder, null);
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
