// Who may use the API of `shotglass serve`, and what is there beside the lab.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { start } from '../../../support/command.mjs';
import { modelFile, mustExist } from '../../../support/files.mjs';
import { id, post, startApi, stop } from './server.mjs';

mustExist(modelFile, 'cargo xtask model');

const key = { authorization: 'Bearer sk-mine' };
const models = (port, headers = {}) =>
  post(port, '/v1/models', undefined, { method: 'GET', headers });

let server;
let port;
before(async () => {
  server = await startApi([
    '--api-key',
    'sk-mine',
    '--cors',
    'https://a.example,http://b.example:3000',
  ]);
  port = server.port;
});
after(async () => {
  const { stdout, stderr } = await stop(server);
  assert.ok(!(stdout + stderr).includes('sk-'), stderr);
});

test('a key is asked for, and never shown', async () => {
  const missing = await models(port);
  assert.equal(missing.status, 401);
  assert.equal(missing.json.error.code, 'invalid_api_key');
  assert.equal(missing.headers['www-authenticate'], 'Bearer');
  for (const wrong of ['Bearer sk-other', 'Bearer sk-mine2', 'Basic sk-mine', 'sk-mine']) {
    assert.equal((await models(port, { authorization: wrong })).status, 401, wrong);
  }
  // The key comes before everything that could be learnt without it.
  assert.equal((await post(port, '/v1/nothing', {})).status, 401);
  assert.equal((await models(port, key)).json.data[0].id, id);
});

test('pages of other origins may ask only if they are named', async () => {
  const path = '/v1/completions';
  const body = { prompt: 'a', max_tokens: 0 };
  for (const origin of ['https://evil.example', 'null', 'https://a.example:444']) {
    const { status, json, headers } = await post(port, path, body, { headers: { ...key, origin } });
    assert.deepEqual([status, json.error.code], [403, 'unknown_origin'], origin);
    assert.equal(headers['access-control-allow-origin'], undefined);
  }
  const origin = 'https://a.example';
  const asked = {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  };
  const permission = await post(port, path, undefined, { method: 'OPTIONS', headers: asked });
  assert.equal(permission.status, 204);
  assert.equal(permission.headers['access-control-allow-origin'], origin);
  assert.equal(permission.headers['access-control-allow-headers'], 'authorization,content-type');
  const allowed = await post(port, path, body, { headers: { ...key, origin } });
  assert.deepEqual([allowed.status, allowed.headers.vary], [200, 'Origin']);
  assert.equal(allowed.headers['access-control-allow-origin'], origin);
  // Its page may read why it is refused.
  const refused = await post(port, path, body, { headers: { origin } });
  assert.equal(refused.status, 401);
  assert.equal(refused.headers['access-control-allow-origin'], origin);
  // Its own page.
  const own = { ...key, host: `localhost:${port}`, origin: `http://localhost:${port}` };
  assert.equal((await post(port, path, body, { headers: own })).status, 200);

  for (const cors of ['*', 'a.example', 'https://a.example/']) {
    const { code, stderr } = await start(['serve', '--cors', cors]).done;
    assert.equal(code, 2);
    assert.match(stderr, /--cors must be a list of origins such as https:\/\/example\.com/);
  }
});

test('beside the lab the model of the API is loaded when it is asked for', async () => {
  const server = start(['serve', '--port', '0']);
  const [, port] = await server.says(/^The lab is at http:\/\/localhost:(\d+)\//);
  await server.says(/^The API is at http:\/\/localhost:\d+\/v1$/m, 'stderr');
  const page = await fetch(`http://127.0.0.1:${port}/`);
  assert.match(await page.text(), /<html/);
  assert.equal((await models(port)).json.data[0].id, id);
  const tokens = await post(port, '/tokenize', { prompt: 'a cat' });
  assert.equal(tokens.json.count, 2);
  assert.equal((await stop(server)).code, 0);
});

test('without a model the API says what to do, once the key is right', async () => {
  const env = { SHOTGLASS_MODEL: '', XDG_CACHE_HOME: '/nowhere', SHOTGLASS_API_KEY: 'sk-mine' };
  const server = start(['serve', '--port', '0'], { env });
  const [, port] = await server.says(/localhost:(\d+)\//);
  assert.equal((await models(port)).status, 401);
  const { status, json } = await models(port, key);
  assert.deepEqual([status, json.error.code], [503, 'model_not_loaded']);
  assert.match(json.error.message, /Start the server with --api/);
  assert.equal((await stop(server)).code, 0);
});
