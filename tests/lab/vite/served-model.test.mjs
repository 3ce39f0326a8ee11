import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createServer, preview } from 'vite';
import { moduleOf } from '../../../www/module.mjs';

const module = await moduleOf('vite/served-model.ts');
const folder = mkdtempSync(join(tmpdir(), 'shotglass-served-'));
const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
const servers = [];
let served;
let none;

async function start(path) {
  const server = await createServer({
    configFile: false,
    root: folder,
    logLevel: 'silent',
    plugins: [module.servedModel(path)],
    server: { port: 0, ws: false },
  });
  await server.listen();
  servers.push(server);
  return new URL(module.servedModelPath, server.resolvedUrls.local[0]);
}

before(async () => {
  writeFileSync(join(folder, 'model.gguf'), bytes);
  served = await start(join(folder, 'model.gguf'));
  none = await start(undefined);
});

after(async () => {
  await Promise.all(servers.map((server) => server.close()));
  rmSync(folder, { recursive: true });
});

test('the whole file, with its length', async () => {
  const head = await fetch(served, { method: 'HEAD' });
  assert.equal(head.status, 200);
  assert.equal(head.headers.get('content-length'), '1000');
  assert.equal(head.headers.get('accept-ranges'), 'bytes');
  const body = new Uint8Array(await (await fetch(served)).arrayBuffer());
  assert.deepEqual(body, bytes);
});

test('a part of the file, to go on after a break', async () => {
  const part = async (range) => {
    const response = await fetch(served, { headers: { Range: range } });
    const body = new Uint8Array(await response.arrayBuffer());
    return [response.status, response.headers.get('content-range'), ...body];
  };
  assert.deepEqual(await part('bytes=3-5'), [206, 'bytes 3-5/1000', 3, 4, 5]);
  assert.deepEqual(await part('bytes=998-'), [206, 'bytes 998-999/1000', bytes[998], bytes[999]]);
  assert.deepEqual(await part('bytes=-1'), [206, 'bytes 999-999/1000', bytes[999]]);
  assert.deepEqual(await part('bytes=999-2000'), [206, 'bytes 999-999/1000', bytes[999]]);
  assert.deepEqual(await part('bytes=1000-'), [416, 'bytes */1000']);
});

test('a range is ignored that ends before it begins, and one of another version of the file', async () => {
  const status = async (headers) => {
    const response = await fetch(served, { headers });
    const { length } = new Uint8Array(await response.arrayBuffer());
    return [response.status, length];
  };
  const { headers } = await fetch(served, { method: 'HEAD' });
  const range = 'bytes=990-';
  assert.deepEqual(await status({ range: 'bytes=5-2' }), [200, 1000]);
  assert.deepEqual(await status({ range, 'if-range': headers.get('etag') }), [206, 10]);
  assert.deepEqual(await status({ range, 'if-range': '"other"' }), [200, 1000]);
  assert.deepEqual(await status({ range, 'if-range': `W/${headers.get('etag')}` }), [200, 1000]);
  // Two versions may be of the same second.
  const date = headers.get('last-modified');
  assert.deepEqual(await status({ range, 'if-range': date }), [200, 1000]);
});

// The file was replaced while somebody downloaded it: the rest of the new one is no rest of the old.
test('whoever resumes with what is known of an older file gets the new one whole', async () => {
  const path = join(folder, 'changing.gguf');
  writeFileSync(path, bytes);
  const url = await start(path);
  const { headers } = await fetch(url, { method: 'HEAD' });
  const later = new Date(Date.now() + 5000);
  writeFileSync(path, bytes.toReversed());
  utimesSync(path, later, later);
  const resumed = { range: 'bytes=990-', 'if-range': headers.get('etag') };
  const response = await fetch(url, { headers: resumed });
  assert.equal(response.status, 200);
  assert.deepEqual(new Uint8Array(await response.arrayBuffer()), bytes.toReversed());
});

// A page of evil.com can have its name point to this machine. Vite refuses it before the model is read: while the lab
// is written, and where `cargo xtask lab` serves it.
test('the model is not given to a page whose name only points here', async (t) => {
  const built = await preview({
    configFile: false,
    root: folder,
    logLevel: 'silent',
    build: { outDir: '.' },
    plugins: [module.servedModel(join(folder, 'model.gguf'))],
    preview: { port: 0, host: '127.0.0.1' },
  });
  t.after(() => built.close());
  const lab = new URL(module.servedModelPath, built.resolvedUrls.local[0]);
  const status = ({ hostname, port, pathname: path }, host) =>
    new Promise((resolve, reject) => {
      const asked = request({ hostname, port, path, headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on('error', reject).end();
    });
  for (const url of [served, lab]) {
    assert.equal(await status(url, 'evil.com'), 403);
    assert.equal(await status(url, `localhost:${url.port}`), 200);
  }
});

test('without a model the answer is no page that could be taken for one', async () => {
  const response = await fetch(none);
  assert.equal(response.status, 404);
  assert.match(await response.text(), /SHOTGLASS_MODEL/);
});
