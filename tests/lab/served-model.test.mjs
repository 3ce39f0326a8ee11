import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createServer, runnerImport } from 'vite';

const plugin = fileURLToPath(new URL('../../www/vite/served-model.ts', import.meta.url));
const { module } = await runnerImport(plugin, { configFile: false });
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

test('without a model the answer is no page that could be taken for one', async () => {
  const response = await fetch(none);
  assert.equal(response.status, 404);
  assert.match(await response.text(), /SHOTGLASS_MODEL/);
});
