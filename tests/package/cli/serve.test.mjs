// What `shotglass serve` answers, without a browser.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { builds } from '../../../pkg/dist/util/features.js';
import { start } from '../../support/command.mjs';
import { modelFile, mustExist } from '../../support/files.mjs';

mustExist(modelFile, 'cargo xtask model');

const lab = new URL('../../../pkg/lab/', import.meta.url);
const model = 'models/SmolLM2-135M-Instruct-Q4_1.gguf';
let server;
let port;
before(async () => {
  server = start(['serve', '--port', '0']);
  [, port] = await server.says(/^The lab is at http:\/\/localhost:(\d+)\//);
});
after(() => server?.child.kill());

/** One request, its path sent as it is. */
function ask(path, { method = 'GET', headers = {} } = {}) {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const { statusCode: status, headers } = response;
        resolve({ status, headers, body: Buffer.concat(chunks) });
      });
    });
    asked.on('error', reject);
    asked.end();
  });
}

test('the page is isolated and has its policy, packed or not', async () => {
  const gzip = { 'accept-encoding': 'gzip, deflate' };
  const packed = await ask('/', { headers: gzip });
  assert.equal(packed.status, 200);
  assert.equal(packed.headers['content-type'], 'text/html; charset=utf-8');
  assert.equal(packed.headers['content-encoding'], 'gzip');
  assert.equal(packed.headers['cross-origin-opener-policy'], 'same-origin');
  assert.equal(packed.headers['cross-origin-embedder-policy'], 'require-corp');
  const plain = await ask('/index.html');
  assert.equal(plain.headers['content-encoding'], undefined);
  assert.deepEqual(gunzipSync(packed.body), plain.body);
  assert.match(String(plain.body), /Content-Security-Policy[^>]+wasm-unsafe-eval/);

  const again = await ask('/', { headers: { ...gzip, 'if-none-match': packed.headers.etag } });
  assert.deepEqual([again.status, again.body.length], [304, 0]);
  const head = await ask('/', { method: 'HEAD', headers: gzip });
  assert.deepEqual([head.status, head.body.length], [200, 0]);
  assert.equal(head.headers['content-length'], String(packed.body.length));
});

test('every file that the page names is there', async () => {
  const { body } = await ask('/');
  const names = [...String(body).matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, name]) => name);
  assert.ok(names.length > 4);
  for (const name of [...names, 'service-worker.js']) {
    const { status, headers } = await ask(`/${name}`);
    assert.equal(status, 200, name);
    assert.notEqual(headers['content-type'], 'application/octet-stream', name);
  }
});

test('the engine is that of the package', async () => {
  const engine = JSON.parse(await readFile(new URL('engine.json', lab), 'utf8'));
  assert.equal(Object.keys(engine).length, builds.length);
  for (const [name, file] of Object.entries(engine)) {
    const { headers, body } = await ask(`/${name}`);
    assert.equal(headers['content-type'], 'application/wasm');
    const built = await readFile(new URL(`../${file}`, lab));
    const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');
    assert.equal(digest(body), digest(built), name);
  }
});

test('the model comes whole or in ranges, and none of another version', async () => {
  const { size } = await stat(modelFile);
  const head = await ask(`/${model}`, { method: 'HEAD' });
  assert.equal(head.headers['content-length'], String(size));
  const { etag } = head.headers;
  const expected = Buffer.alloc(10);
  const file = await open(modelFile);
  await file.read(expected, 0, 10, size - 10);
  await file.close();
  for (const range of [`bytes=${size - 10}-`, 'bytes=-10', `bytes=${size - 10}-${size + 9}`]) {
    const part = await ask(`/${model}`, { headers: { range, 'if-range': etag } });
    assert.equal(part.status, 206);
    assert.equal(part.headers['content-range'], `bytes ${size - 10}-${size - 1}/${size}`);
    assert.deepEqual(part.body, expected);
  }
  const beyond = await ask(`/${model}`, { headers: { range: `bytes=${size}-` } });
  assert.deepEqual([beyond.status, beyond.headers['content-range']], [416, `bytes */${size}`]);
  const other = { range: `bytes=${size - 10}-`, 'if-range': '"other"' };
  const whole = await ask(`/${model}`, { headers: other });
  assert.deepEqual([whole.status, whole.body.length], [200, size]);
});

// A page of evil.com can have its name point to 127.0.0.1, and would then read what is served here.
test('only names of this machine are answered, whatever a name elsewhere points to', async () => {
  const range = 'bytes=0-3';
  const status = async (host) => (await ask(`/${model}`, { headers: { host, range } })).status;
  for (const host of ['localhost', `localhost:${port}`, 'LOCALHOST', '127.0.0.1:1', '[::1]:80']) {
    assert.equal(await status(host), 206, host);
  }
  const foreign = ['evil.com', `evil.com:${port}`, 'localhost.evil.com', '127.0.0.1.evil.com'];
  for (const host of [...foreign, '192.168.1.2', 'user@localhost', 'localhost/', '0.0.0.0']) {
    assert.equal(await status(host), 403, host);
  }
  const { body } = await ask('/', { headers: { host: 'evil.com' } });
  assert.match(
    String(body),
    /does not answer to the host name in your request\. Open it as localhost/,
  );
});

test('a server for every network says so, with addresses that work, and takes no foreign name', async () => {
  const open = start(['serve', '--port', '0', '--host', '0.0.0.0']);
  try {
    const [, own] = await open.says(/http:\/\/localhost:(\d+)\//);
    const [, told] = await open.says(/^Other machines can reach it.*?: (.*)$/m, 'stderr');
    const addresses = told.match(/http:\S+\//g) ?? [];
    for (const address of [`http://127.0.0.1:${own}/`, ...addresses]) {
      assert.equal((await fetch(address)).status, 200, address);
    }
    const asked = request({ host: '127.0.0.1', port: own, headers: { host: 'evil.com' } });
    const answered = new Promise((resolve) => asked.on('response', resolve));
    asked.end();
    const response = await answered;
    response.resume();
    assert.equal(response.statusCode, 403);
  } finally {
    open.child.kill('SIGINT');
  }
  assert.equal((await open.done).code, 0);
});

test('nothing else is served', async () => {
  const paths = [
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/package.json',
    '/assets/../../package.json',
    '/engine.json',
    '/index.html.gz',
    '/models/other.gguf',
    '/assets',
    '/%ff',
    '/%00',
    '//etc/passwd',
  ];
  for (const path of paths) assert.equal((await ask(path)).status, 404, path);
  assert.equal((await ask('/', { method: 'POST' })).status, 405);
});

test('a port that is taken is told, or passed over where none was asked for', async () => {
  const taken = await start(['serve', '--port', port]).done;
  assert.equal(taken.code, 1);
  assert.match(taken.stderr, new RegExp(`^Port ${port} is not available`));
  const two = [start(['serve']), start(['serve'])];
  try {
    const said = await Promise.all(two.map(({ says }) => says(/localhost:(\d+)\//)));
    assert.notEqual(said[0][1], said[1][1]);
  } finally {
    for (const { child } of two) child.kill('SIGINT');
  }
  for (const { done } of two) assert.equal((await done).code, 0, 'Ctrl-C is how it ends');
});

test('without a model the page is served all the same', async () => {
  const env = { SHOTGLASS_MODEL: '', XDG_CACHE_HOME: '/nowhere' };
  const bare = start(['serve', '--port', '0'], { env });
  const [, other] = await bare.says(/localhost:(\d+)\//);
  await bare.says(/No model is cached yet/, 'stderr');
  const answer = await fetch(`http://127.0.0.1:${other}/${model}`);
  assert.equal(answer.status, 404);
  bare.child.kill('SIGINT');
  assert.equal((await bare.done).code, 0);
});
