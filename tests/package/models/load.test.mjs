// A model by its id: how its file comes, where its hash is known beforehand and where it is not, and how it goes.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { modelNamed } from 'shotglass/models';
import { shotglass } from '../../support/command.mjs';
import { mustExist, tinyFolder } from '../../support/files.mjs';
import { serveFlaky } from '../../support/flaky.mjs';

mustExist(tinyFolder, 'cargo test --release');

/** Of this one no hash is known before the download. */
const id = 'smollm2-360m';
const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');

let bytes;
let other;
let cache;
let server;
let behave;
let asked;

before(async () => {
  bytes = await readFile(join(tinyFolder, 'default.gguf'));
  other = await readFile(join(tinyFolder, 'f32.gguf'));
  server = await serveFlaky((index, request) => {
    asked.push(request.url);
    return behave(index);
  });
});
after(async () => {
  server?.close();
  if (cache) await rm(cache, { recursive: true, force: true });
});
beforeEach(async () => {
  if (cache) await rm(cache, { recursive: true, force: true });
  cache = await mkdtemp(join(tmpdir(), 'shotglass-models-'));
  server.log.length = 0;
  asked = [];
  behave = () => ({ bytes });
});

const hub = new URL('../../support/hub.mjs', import.meta.url);
const run = (args, origin = server.origin, cwd = undefined) =>
  shotglass(args, {
    cwd,
    env: {
      SHOTGLASS_MODEL: '',
      XDG_CACHE_HOME: cache,
      SHOTGLASS_TEST_HUB: origin,
      NODE_OPTIONS: `--import ${hub}`,
    },
  });
const predict = (model = id, origin) =>
  run(['predict', 'a', '--top-k', '1', '--json', '--model', model], origin);
const files = () => readdir(join(cache, 'shotglass/models')).catch(() => []);

/** The JSON of a run that succeeds. */
async function answer(running) {
  const { code, stdout, stderr } = await running;
  assert.equal(code, 0, stderr);
  return { ...JSON.parse(stdout), stderr };
}

/** What the command lists of a model. */
async function listed(model, args = []) {
  const { code, stdout, stderr } = await run(['models', '--json', ...args]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout).find((one) => one.id === model);
}

test('without a known hash: hashed as it arrives, kept under its address, not fetched again', async () => {
  assert.equal((await listed(id)).cached, null);
  const { model, stderr } = await answer(predict());
  assert.equal(model.sha256, hashOf(bytes));
  assert.match(stderr, /^Downloading SmolLM2-360M\.Q8_0\.gguf/);
  assert.deepEqual(asked, [new URL(modelNamed(id).url).pathname], 'at its fixed revision');
  for (const file of await files()) assert.match(file, /^url-[0-9a-f]{64}\.(gguf|json)$/);

  const { cached } = await listed(id);
  assert.deepEqual(
    [cached.complete, cached.bytes, cached.sha256],
    [true, bytes.length, hashOf(bytes)],
  );

  const again = await answer(predict());
  assert.equal(again.stderr, '', 'nothing is downloaded');
  assert.equal(again.model.sha256, hashOf(bytes));
  const offline = await answer(predict(id, 'http://127.0.0.1:9'));
  assert.equal(offline.model.sha256, hashOf(bytes), 'no server is needed');
});

test('without a known hash, another version at the address is fetched, and a damaged file is, too', async () => {
  await answer(predict());
  behave = () => ({ bytes: other, etag: '"two"' });
  const { model } = await answer(predict());
  assert.equal(model.sha256, hashOf(other));

  const [gguf] = (await files()).filter((file) => file.endsWith('.gguf'));
  const file = await open(join(cache, 'shotglass/models', gguf), 'r+');
  const at = other.length - 5;
  await file.write(Buffer.from([other[at] ^ 1]), 0, 1, at);
  await file.close();
  const mended = await answer(predict());
  assert.match(mended.stderr, /is damaged\. It is being downloaded again/);
  assert.equal(mended.model.sha256, hashOf(other));
});

test('with a known hash, other bytes are refused and nothing of them stays', async () => {
  const { code, stderr } = await predict('smollm2-135m');
  assert.equal(code, 1);
  assert.match(stderr, /SHA-256/);
  assert.deepEqual(await files(), []);
});

test('a file on Hugging Face by its short address, which is kept under its URL', async () => {
  const { model } = await answer(predict('hf:someone/Some-GGUF/sub/some.Q4_0.gguf'));
  assert.equal(model.sha256, hashOf(bytes));
  assert.deepEqual(asked, ['/someone/Some-GGUF/resolve/main/sub/some.Q4_0.gguf']);
  const again = await answer(predict('hf:someone/Some-GGUF/sub/some.Q4_0.gguf'));
  assert.equal(again.stderr, '', 'nothing is downloaded');
  await answer(predict('hf:someone/Some-GGUF@v1.0/some.gguf'));
  assert.equal(asked.at(-1), '/someone/Some-GGUF/resolve/v1.0/some.gguf');

  for (const wrong of ['hf:', 'hf:some.gguf', 'hf:someone/some.gguf', 'hf:a/b/../c?x']) {
    const { code, stderr } = await predict(wrong);
    assert.equal(code, 1, wrong);
    assert.match(stderr, /is no file on Hugging Face\. Write hf:owner\/repo\/file\.gguf/, wrong);
  }
  behave = () => ({ status: 401 });
  const { code, stderr } = await predict('hf:someone/Private-GGUF/some.gguf');
  assert.equal(code, 1);
  assert.match(
    stderr,
    /answered 401 .* no file is there, or it cannot be read without an account/s,
  );
});

test('a cached model is removed by its id, once', async () => {
  await answer(predict());
  const removed = await run(['models', 'remove', id]);
  assert.equal(removed.code, 0, removed.stderr);
  assert.match(removed.stdout, /^Removed smollm2-360m \(\d+ kB\)\.\n$/);
  assert.deepEqual(await files(), []);
  assert.equal((await listed(id)).cached, null);
  const again = await run(['models', 'remove', id]);
  assert.deepEqual([again.code, again.stdout], [1, '']);
  assert.match(again.stderr, /^smollm2-360m is not cached/);
});

test('the list: one line a model, which of them are cached, and whose hash is not known', async () => {
  await answer(predict());
  const { stdout, code } = await run(['models']);
  assert.equal(code, 0);
  const lines = stdout.split('\n');
  assert.match(lines[0], /^id +file +memory +parameters +context +kind +cached$/);
  const line = (name) => lines.find((one) => one.startsWith(`${name} `));
  assert.match(line(id), /^smollm2-360m +386 MB +410 MB +362M +8,192 +base +yes$/);
  assert.match(line('smollm2-1.7b-instruct'), / 1\.06 GB +1\.40 GB +1\.7B +8,192 +instruct +no$/);
  assert.match(
    stdout,
    /\nHash not known before the download, and computed then: .*, smollm2-360m, .*\.\nAddress without a fixed revision: gemma-3-1b-pt\.\n$/,
  );
});

test('the pace is measured with what is cached, and estimated for the others', async () => {
  const none = await run(['models', '--pace']);
  assert.match(none.stderr, /No model is cached yet, so no pace was measured/);
  assert.doesNotMatch(none.stdout, /pace/);

  await answer(predict());
  const own = await listed(id, ['--pace', '--threads', '1']);
  assert.equal(own.paceIsMeasured, true);
  assert.ok(own.pace.low > 0 && own.pace.low === own.pace.high);
  const estimated = await listed('smollm2-1.7b-instruct', ['--pace', '--threads', '1']);
  assert.equal(estimated.paceIsMeasured, false);
  assert.ok(estimated.pace.low < estimated.pace.high);
});

test('embed copies a cached model under the name of its file; one that is not cached is refused', async () => {
  const site = join(cache, 'site');
  const missing = await run(['embed', site, '--model', id]);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /^smollm2-360m is not on this machine yet\. Download it with: /);

  await answer(predict());
  const { code, stdout, stderr } = await run(['embed', site, '--model', id, '--json']);
  assert.equal(code, 0, stderr);
  const { model, html } = JSON.parse(stdout);
  assert.deepEqual(model, { path: 'models/SmolLM2-360M.Q8_0.gguf', sha256: hashOf(bytes) });
  assert.match(html[1], /model="site\/models\/SmolLM2-360M\.Q8_0\.gguf"/);
  assert.ok(bytes.equals(await readFile(join(site, model.path))));
});

test('a file of that name comes before an id', async () => {
  await writeFile(join(cache, id), other);
  const { model } = await answer(run(['predict', 'a', '--json', '--model', id], undefined, cache));
  assert.equal(model.sha256, hashOf(other));
  assert.deepEqual(asked, []);
});

test('an id that is not known is refused with those that are; a path is still a path', async () => {
  const unknown = await predict('smollm3');
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /^Unknown model 'smollm3'\. Models: pythia-14m, /);
  for (const path of ['nothing.gguf', './smollm2-360m']) {
    const { code, stderr } = await predict(path);
    assert.equal(code, 1);
    assert.match(stderr, /could not be read/);
  }
  for (const args of [['remove'], ['remove', 'nothing'], ['fetch'], ['--model', id]]) {
    assert.equal((await run(['models', ...args])).code, 2, args.join(' '));
  }
});
