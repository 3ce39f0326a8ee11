// A model in several files, into the real engine: the bits of one file, or a sentence that says which file is wrong.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { defaultModel, Model } from 'shotglass';
import { modelFile, mustExist, tinyFolder } from '../../support/files.mjs';
import { serveFlaky } from '../../support/flaky.mjs';
import { shardName, split, tensorsOf } from '../../support/split.mjs';

mustExist(tinyFolder, 'cargo test --release');
mustExist(modelFile, 'cargo xtask model');
const quickWorker = new URL('../../support/quick-worker.mjs', import.meta.url);
const whole = readFileSync(join(tinyFolder, 'default.gguf'));
const tensors = tensorsOf(whole);
const shards = split(whole, [3, 8, tensors - 11]);
const names = shards.map((_, index) => shardName('model', index + 1, 3));
const hashes = shards.map(hash);
const together = hash(hashes.map((one) => `${one}\n`).join(''));
const bytesTotal = shards.reduce((sum, { length }) => sum + length, 0);
const prompt = 'The quick brown fox';

function hash(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

let folder;
let expected;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shotglass-'));
  shards.forEach((shard, index) => {
    writeFileSync(join(folder, names[index]), shard);
  });
  expected = await answerOf(whole);
});
after(() => rmSync(folder, { recursive: true }));

async function answerOf(source, options = {}) {
  const model = await Model.load(source, {
    workerUrl: quickWorker,
    threads: 1,
    keep: false,
    ...options,
  });
  const logprobs = await model.logprobs(prompt);
  model.close();
  return { logprobs, info: model.info };
}

const refused = (source, error, options = {}) =>
  assert.rejects(
    Model.load(source, { workerUrl: quickWorker, threads: 1, keep: false, ...options }),
    error,
  );

/** Serves files by their names; `behave` may say otherwise. What was asked: method, path with query, range. */
async function serveShards(t, files, behave = () => ({})) {
  const asked = [];
  const server = await serveFlaky(
    (_, request) => files(request, asked, behave),
    (_, response) => response.writeHead(404).end(),
  );
  t.after(() => server.close());
  return { asked, url: (index, more = '') => `${server.origin}/deep/${names[index]}${more}` };
}

/** The shard that is asked for, as long as nothing else is said of it. */
function byName(request, asked, behave) {
  const { pathname } = new URL(request.url, 'http://localhost');
  const index = names.indexOf(pathname.slice(pathname.lastIndexOf('/') + 1));
  asked.push([request.method, index, request.headers.range ?? null]);
  const times = asked.filter(([method, which]) => method === 'GET' && which === index).length;
  return { bytes: shards[index], ...behave(index, times, request) };
}

const gets = (asked) => asked.filter(([method]) => method === 'GET');
const sources = {
  'an array of bytes': () => shards,
  'Files in any order': () =>
    [2, 0, 1].map((index) => new File([shards[index]], names[index], { type: '' })),
  'an array of Blobs': () => shards.map((shard) => new Blob([shard])),
  'an array of streams': () => shards.map((shard) => new Blob([shard]).stream()),
  'the path of the first': () => join(folder, names[0]),
  'the path of another': () => join(folder, names[2]),
  'paths in any order': () => [1, 2, 0].map((index) => join(folder, names[index])),
  'one file in an array': () => [whole],
};

for (const [name, source] of Object.entries(sources)) {
  test(`${name} gives the bits of one file`, async () => {
    const seen = [];
    const onProgress = (progress) => seen.push(progress);
    const { logprobs, info } = await answerOf(source(), { onProgress });
    assert.deepEqual(logprobs, expected.logprobs);
    assert.equal(info.parameters, expected.info.parameters);
    assert.deepEqual(info.keeping, { state: 'off' });
    if (name === 'one file in an array') return assert.equal(info.sha256, expected.info.sha256);
    assert.deepEqual([info.bytes, info.sha256], [bytesTotal, together]);
    const counts = seen.map(({ bytesLoaded }) => bytesLoaded);
    assert.deepEqual(
      counts,
      counts.toSorted((one, other) => one - other),
    );
    assert.deepEqual(seen.at(-1), { phase: 'ready', bytesLoaded: bytesTotal, bytesTotal });
    const known = name === 'an array of streams' ? [null, bytesTotal] : [bytesTotal];
    const told = new Set(seen.slice(0, -1).map((progress) => progress.bytesTotal));
    // The lengths of paths are asked for while the first is read.
    if (!name.includes('path')) assert.ok([...told].every((total) => known.includes(total)));
  });
}

test('an address stands for all, and keeps its query', async (t) => {
  const { asked, url } = await serveShards(t, (request, ...rest) => {
    assert.ok(request.url.endsWith('?token=.gguf'), request.url);
    return byName(request, ...rest);
  });
  const { logprobs, info } = await answerOf(url(1, '?token=.gguf'), { sha256: together });
  assert.deepEqual(logprobs, expected.logprobs);
  assert.equal(info.sha256, together);
  assert.deepEqual(
    gets(asked).map(([, index]) => index),
    [0, 1, 2],
  );
});

test('each shard is resumed and checked as a file of its own', async (t) => {
  const cutAt = (index) => shards[index].length >> 1;
  const { asked, url } = await serveShards(t, byName, (index, times) => {
    return times === 1 ? { cutAt: cutAt(index) } : {};
  });
  const seen = [];
  const onProgress = (progress) => seen.push(progress);
  const { info } = await answerOf(url(0), { sha256: hashes, onProgress });
  assert.equal(info.sha256, together);
  assert.deepEqual(
    gets(asked).map(([, index]) => index),
    [0, 0, 1, 1, 2, 2],
  );
  for (const [, , range] of gets(asked).filter((_, n) => n % 2 === 1)) {
    assert.match(range, /^bytes=\d+-$/);
  }
  assert.equal(seen.filter(({ retry }) => retry).length, 3);
  assert.ok(seen.every(({ restarts }) => restarts === undefined));

  for (const wrong of [0, 1, 2]) {
    const others = hashes.map((one, index) => (index === wrong ? together : one));
    const message = new RegExp(`^Shard ${wrong + 1} of 3 \\('${names[wrong]}'\\): .*SHA-256`);
    await refused(url(0), { code: 'checksum-mismatch', message }, { sha256: others });
  }
  await refused(url(0), { code: 'checksum-mismatch' }, { sha256: hashes[0] });
});

test('a shard that must start again goes back to where it begins', async (t) => {
  const { url } = await serveShards(t, byName, (index, times) => {
    return index === 1
      ? { ranges: false, ...(times === 1 && { cutAt: shards[1].length >> 1 }) }
      : {};
  });
  const seen = [];
  const onProgress = (progress) => seen.push(progress);
  const { logprobs } = await answerOf(url(0), { onProgress });
  assert.deepEqual(logprobs, expected.logprobs);
  const first = seen.find(({ restarts }) => restarts === 1);
  assert.equal(first.bytesLoaded, shards[0].length);
});

test('a shard that is missing, on a server and on a disk', async (t) => {
  const { asked, url } = await serveShards(t, byName, (index) => {
    return index === 2 ? { bytes: undefined, status: 404 } : {};
  });
  await refused(url(0), {
    code: 'download-failed',
    message: new RegExp(`^Shard 3 of 3 \\('${names[2]}'\\): The server answered 404 .*Check`),
  });
  assert.equal(gets(asked).length, 3);
  const alone = mkdtempSync(join(tmpdir(), 'shotglass-'));
  t.after(() => rmSync(alone, { recursive: true }));
  writeFileSync(join(alone, names[0]), shards[0]);
  await refused(join(alone, names[0]), {
    code: 'read-failed',
    message: new RegExp(`^Shard 2 of 3 \\('${names[1]}'\\): .*: no such file or directory\\.$`),
  });
  const file = (index) => new File([shards[index]], names[index]);
  await refused([file(2), file(0)], { code: 'wrong-shard', message: /number 2 is missing.*Load/ });
  await refused([file(2)], { code: 'wrong-shard', message: /number 1 and 1 more are missing/ });
  // Without names only the files themselves can say it.
  await refused(file(0), { code: 'wrong-shard', message: /it is shard 1 of 3, and came without/ });
  await refused(new Blob([shards[1]]), { code: 'wrong-shard', message: /it is shard 2 of 3, and/ });
});

test('what is not all of one model, in order, is refused', async () => {
  const [first, second, third] = shards;
  const wrong = (files, message) => refused(files, { code: 'wrong-shard', message });
  await wrong(
    [first, first, third],
    /^Shard 2 of 3: .*it is shard 1, and came where shard 2 should/,
  );
  await wrong([second, first, third], /^Shard 1 of 3: .*it is shard 2, and came where shard 1/);
  await wrong([first, second], /^Shard 1 of 2: .*it is one of 3 shards, and came as one of 2/);
  await wrong([first, second, whole], /^Shard 3 of 3: .*it is a whole model/);
  const other = split(readFileSync(join(tinyFolder, 'q8_0-untied.gguf')), [3, 8, tensors - 10]);
  await wrong([first, other[1], third], /^Shard 2 of 3: .*its model has \d+ tensors, and that of/);
  const streams = [1, 0, 2].map((index) => new Blob([shards[index]]).stream());
  await wrong(streams, /^Shard 1 of 3: .*it is shard 2, and came where shard 1 should/);
});

test('arguments are checked before anything is read', async () => {
  const wrong = (source, options, message) =>
    refused(source, { code: 'invalid-option', message }, options);
  await wrong([], {}, /^source must be an array of at least one/);
  await wrong([shards[0], 7], {}, /^source must be/);
  await wrong([shards], {}, /^source must be/);
  await wrong(shards, { sha256: hashes.slice(1) }, /^sha256 must be one hash, or an array of 3/);
  await wrong(whole, { sha256: hashes }, /^sha256 must be one hash/);
  await wrong(shards, { sha256: [hashes[0], 'x', hashes[2]] }, /^sha256 must be 64 hex digits/);
  const stream = new Blob([shards[0]]).stream();
  await wrong([stream, 7], {}, /^source/);
});

test('the default model in four shards, from a server', async (t) => {
  const real = readFileSync(modelFile);
  const count = tensorsOf(real);
  const parts = split(real, [0, 1, 150, count - 151]);
  const files = parts.map((_, index) => shardName('real', index + 1, 4));
  const server = await serveFlaky((_, { url }) => ({ bytes: parts[files.indexOf(url.slice(1))] }));
  t.after(() => server.close());
  const sha256 = parts.map(hash);
  const seen = [];
  const onProgress = (progress) => seen.push(progress);
  const options = { sha256, onProgress };
  const inShards = await answerOf(`${server.origin}/${files[0]}`, options);
  const inOne = await answerOf(modelFile, { sha256: defaultModel.sha256 });
  assert.deepEqual(inShards.logprobs, inOne.logprobs);
  assert.equal(inShards.info.parameters, inOne.info.parameters);
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  assert.equal(inShards.info.bytes, length);
  // The lengths were asked for beforehand, so the bar has an end from early on.
  assert.ok(
    seen.some((progress) => progress.bytesTotal === length && progress.bytesLoaded < length / 2),
  );
});
