import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import {
  classify,
  classifyByChannel,
  continuations,
  Model,
  takeSnapshot,
  taskLabels,
} from 'shotglass';
import {
  attribution,
  evaluate,
  format,
  influence,
  labels,
  order,
  shots,
} from 'shotglass/experiments';
import { presets } from 'shotglass/presets';
import { loadEngine } from '../../../pkg/dist/worker/load.js';
import { fakeWorker, loadFake } from '../fake.mjs';

const preset = (wanted) => presets.find(({ id }) => id === wanted);
const { task: plural } = preset('plural');
const { task: sentiment, rows } = preset('sentiment');
const templates = [{ name: 'one', template: sentiment.template }];

const file = randomBytes(3_000_000);
const sha256 = createHash('sha256').update(file).digest('hex');

let folder;
let path;
let server;
let origin;

const answers = {
  '/model.gguf': (response) => {
    response.writeHead(200, { 'content-length': file.length });
    response.end(file);
  },
  '/gzip.gguf': (response) => {
    const body = gzipSync(file);
    response.writeHead(200, { 'content-length': body.length, 'content-encoding': 'gzip' });
    response.end(body);
  },
  '/page': (response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end('<!doctype html><title>Sign in</title>');
  },
  '/truncated.gguf': (response) => {
    response.writeHead(200, { 'content-length': file.length });
    response.write(file.subarray(0, 100_000), () => response.destroy());
  },
  '/broken.gguf': (response) => {
    response.writeHead(200, { 'transfer-encoding': 'chunked' });
    response.write(file.subarray(0, 100_000), () => response.destroy());
  },
  '/slow.gguf': (response) => {
    response.writeHead(200, { 'content-length': file.length });
    response.write(file.subarray(0, 1000));
  },
};

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shotglass-'));
  path = join(folder, 'a model #1.gguf');
  await writeFile(path, file);
  server = createServer((request, response) => {
    const answer = answers[request.url];
    if (answer) answer(response);
    else response.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${server.address().port}`;
});

after(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

const stream = (...chunks) => ReadableStream.from(chunks);
const halves = () => [file.subarray(0, 1_500_000), file.subarray(1_500_000)];

const sources = {
  'a path': () => path,
  'a file URL': () => pathToFileURL(path),
  'a file URL as a string': () => pathToFileURL(path).href,
  'an http URL': () => new URL('/model.gguf', origin),
  'an http URL as a string': () => `${origin}/model.gguf`,
  'a compressed answer': () => `${origin}/gzip.gguf`,
  'a data URL': () => `data:application/octet-stream;base64,${file.toString('base64')}`,
  'a Blob': () => new Blob([file]),
  'a File': () => new File([file], 'model.gguf'),
  'a Blob on disk': () => openAsBlob(path),
  'an ArrayBuffer': () => file.buffer.slice(file.byteOffset, file.byteOffset + file.length),
  'a view into a larger buffer': () => {
    const view = new Uint8Array(new ArrayBuffer(file.length + 9), 7, file.length);
    view.set(file);
    return view;
  },
  'a stream': () => stream(...halves()),
};

for (const [name, source] of Object.entries(sources)) {
  test(`${name} is read whole`, async (t) => {
    const seen = [];
    const onProgress = (progress) => seen.push(progress);
    const model = await loadFake(t, await source(), { sha256: sha256.toUpperCase(), onProgress });
    assert.deepEqual([model.info.bytes, model.info.sha256], [file.length, sha256]);
    const isDownload = /http|compressed|data/.test(name);
    assert.equal(seen[0].phase, isDownload ? 'download' : 'load');
    assert.deepEqual(seen.at(-1), {
      phase: 'ready',
      bytesLoaded: file.length,
      bytesTotal: file.length,
    });
    const isUnknown = ['a stream', 'a compressed answer', 'a data URL'].includes(name);
    assert.equal(model.info.name, `told ${isUnknown ? undefined : file.length}`);
    for (const { bytesLoaded, bytesTotal } of seen.slice(0, -1)) {
      assert.ok(bytesLoaded <= file.length);
      assert.equal(bytesTotal, isUnknown ? null : file.length);
    }
    assert.deepEqual(
      seen.map(({ bytesLoaded }) => bytesLoaded),
      seen.map(({ bytesLoaded }) => bytesLoaded).sort((a, b) => a - b),
    );
  });
}

test('a length that turns out too small is forgotten, and never told to the engine', async () => {
  const seen = [];
  class Loader {
    begin(total) {
      seen.push(total);
    }
    push() {}
    end() {}
    finish() {}
  }
  const chunks = ReadableStream.from([new Uint8Array(6), new Uint8Array(6)]);
  const file = { phase: 'download', bytesTotal: 10, isExact: false, chunks };
  await loadEngine(
    { module: { Loader }, threads: 1 },
    [{ name: null, sha256: null, open: async () => file }],
    { sha256: null, activationBits: 8, addBos: true },
    ({ bytesTotal }) => seen.push(bytesTotal),
  );
  assert.deepEqual(seen, [undefined, 10, null]);
});

test("bytes stay the caller's", async (t) => {
  const bytes = new Uint8Array(file);
  await loadFake(t, bytes);
  assert.equal(bytes.length, file.length);
});

const refused = (source, expected, options) =>
  assert.rejects(Model.load(source, { workerUrl: fakeWorker, keep: false, ...options }), expected);

/** An address at which nothing listens. */
async function deafOrigin() {
  const deaf = createServer();
  await new Promise((resolve) => deaf.listen(0, '127.0.0.1', resolve));
  const { port } = deaf.address();
  await new Promise((resolve) => deaf.close(resolve));
  return `http://127.0.0.1:${port}/`;
}

test('a download that fails says why and what to do', async () => {
  await refused(`${origin}/missing`, { code: 'download-failed', message: /answered 404 .*Check/ });
  await refused(`${origin}/page`, { code: 'download-failed', message: /web page.*Check/ });
  await refused(await deafOrigin(), {
    code: 'download-failed',
    // Nothing of a page and of what its browser allows.
    message: /ECONNREFUSED.*Check the address and the connection\.$/,
  });
  await refused(`${origin}/truncated.gguf`, { code: 'truncated', message: /of 3000000 bytes/ });
  await refused(`${origin}/broken.gguf`, {
    code: 'download-failed',
    message: /was interrupted after/,
  });
});

test('a source that cannot be read says so', async () => {
  await refused(join(folder, 'none.gguf'), {
    code: 'read-failed',
    message: /^'[^']+none\.gguf' could not be read: no such file or directory\.$/,
  });
  await refused(folder, {
    code: 'read-failed',
    message: /could not be read: illegal operation on a directory\.$/,
  });
  const cause = new Error('unplugged');
  const failing = new ReadableStream({ pull: (controller) => controller.error(cause) });
  await refused(failing, { code: 'read-failed', cause });
  await refused(stream('text'), { code: 'invalid-option', message: /Uint8Array/ });
});

test('the wrong file is refused, whatever the source', async () => {
  await refused(path, { code: 'checksum-mismatch' }, { sha256: '0'.repeat(64) });
  await refused(new Blob(['nope']), { code: 'not-gguf' });
  await refused(Buffer.from('nope'), { code: 'not-gguf' });
});

test('an abort during the download ends it', async () => {
  const closed = new Promise((resolve) => {
    server.once('request', (_, response) => response.once('close', resolve));
  });
  const controller = new AbortController();
  const onProgress = ({ bytesLoaded }) => bytesLoaded === 1000 && controller.abort();
  await refused(
    `${origin}/slow.gguf`,
    { code: 'aborted' },
    { signal: controller.signal, onProgress },
  );
  await closed;
});

test('a stream is read no faster than it is loaded, and cancelled on abort', async () => {
  const reason = new Error('enough');
  const controller = new AbortController();
  let pulls = 0;
  let cancelled;
  const endless = new ReadableStream(
    {
      pull(stream) {
        pulls++;
        if (pulls === 20) controller.abort(reason);
        stream.enqueue(new Uint8Array(10));
      },
      cancel: (why) => {
        cancelled = why;
      },
    },
    { highWaterMark: 0 },
  );
  await refused(endless, { code: 'aborted', cause: reason }, { signal: controller.signal });
  assert.equal(cancelled.code, 'aborted');
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(pulls, 20);
});

test('a signal that is aborted already leaves the source alone', async () => {
  const untouched = stream(file);
  await refused(untouched, { code: 'aborted' }, { signal: AbortSignal.abort() });
  assert.equal(untouched.locked, false);
});

test('a callback that throws ends the load', async () => {
  const mistake = new Error('a mistake in the page');
  const onProgress = () => {
    throw mistake;
  };
  await refused(path, mistake, { onProgress });
});

test('arguments of the wrong kind are named', async () => {
  const signal = AbortSignal.timeout(1e6);
  const wrong = async (source, options, name) => {
    await refused(source, { code: 'invalid-option', message: new RegExp(`^${name}`) }, options);
  };
  await wrong(7, {}, 'source');
  await wrong(null, {}, 'source');
  await wrong({}, {}, 'source');
  const locked = stream(file);
  locked.getReader();
  await wrong(locked, {}, 'source');
  await wrong(path, { sha256: 'abc' }, 'sha256');
  for (const threads of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '2', null]) {
    await wrong(path, { threads }, 'threads must be an integer of at least 1');
  }
  await wrong(
    path,
    { build: 'fast' },
    "build must be one of 'threads', 'simd128-threads', 'relaxed', 'simd128'",
  );
  await wrong(path, { build: null }, 'build');
  await wrong(path, { signal: { aborted: false } }, 'signal');
  await wrong(path, { onProgress: 'yes', signal }, 'onProgress');
  await wrong(path, { wasmUrl: 7 }, 'wasmUrl');
  await wrong(path, { wasmUrl: null }, 'wasmUrl');
  await wrong(path, { wasmUrl: {} }, 'wasmUrl');
  await wrong(path, { wasmUrl: { fast: './a.wasm' } }, 'wasmUrl');
  await wrong(path, { wasmUrl: { relaxed: 7 } }, 'wasmUrl');
  await wrong(path, { workerUrl: 7 }, 'workerUrl');
  const message = /^options must be an object/;
  await assert.rejects(Model.load(path, null), { code: 'invalid-option', message });
  await wrong(path, { thread: 2 }, 'Unknown option thread. Did you mean threads\\?');
});

test('options of calls are checked before anything crosses', async (t) => {
  const model = await loadFake(t);
  const wrong = (call, name, code = 'invalid-option') =>
    assert.rejects(call, { code, message: new RegExp(`^${name}`) });
  await wrong(model.tokenize(7), 'text');
  await wrong(model.tokenize('a\ud800b'), 'text', 'invalid-text');
  await wrong(model.predict('\udc00'), 'prompt', 'invalid-text');
  await wrong(model.predict({ text: '\udc00' }), 'prompt.text', 'invalid-text');
  await wrong(model.predict(7), 'prompt');
  await wrong(model.predict(null), 'prompt');
  await wrong(model.predict('a', { topK: -1 }), 'topK');
  await wrong(model.predict('a', { topK: 1.5 }), 'topK');
  await wrong(model.predict('a', { signal: 7 }), 'signal');
  await wrong(model.predict('a', { onProgress: 7 }), 'onProgress');
  await wrong(model.predict('a', { promptTokens: 1 }), 'promptTokens');
  await wrong(model.predict('a', { logprobs: 'yes' }), 'logprobs');
  await wrong(model.predict('a', { sampling: { topP: 0 } }), 'topP');
  await wrong(model.predict('a', { sampling: { topp: 1 } }), 'Unknown option topp');
  await wrong(model.predict('a', { sampling: 7 }), 'options');
  await wrong(model.surprisal('a', { topK: '3' }), 'topK');
  await wrong(model.surprisal('a', { from: -1 }), 'from');
  await wrong(model.surprisal('a', { to: 1.5 }), 'to');
  for (const [name, values] of Object.entries({
    maxTokens: [0, 2.5, Number.POSITIVE_INFINITY],
    temperature: [-1, Number.NaN, '1'],
    topK: [-1, 0.5],
    topP: [-0.1, 0, 1.1],
    minP: [-0.1, 1.1],
    seed: [-1, 2 ** 53, 0.5],
    stop: ['', [''], [7], 7],
  })) {
    for (const value of values) await wrong(model.generate('p>', { [name]: value }).next(), name);
  }
  await wrong(model.generate('p>', { stop: '\ud800' }).next(), 'stop', 'invalid-text');
  assert.equal((await model.predict('😀')).tokens, 4);
});

// Without types nobody hears of a name that is wrong, and the call does what it does without it.
test('options that a call does not have are refused, with the one that was meant', async (t) => {
  const model = await loadFake(t);
  const wrong = (call, message) =>
    assert.rejects(call, { name: 'ShotglassError', code: 'invalid-option', message });
  for (const [given, meant] of [
    ['max_tokens', 'maxTokens'],
    ['maxNewTokens', 'maxTokens'],
    ['temprature', 'temperature'],
    ['tempertaure', 'temperature'],
    ['top_p', 'topP'],
    ['stopSequences', 'stop'],
    ['abortSignal', 'signal'],
    ['progress', 'onProgress'],
  ]) {
    const pattern = new RegExp(`^Unknown option ${given}. Did you mean ${meant}\\?$`);
    await wrong(model.generate('p>', { [given]: 1 }).next(), pattern);
  }
  const each = [
    (options) => model.tokenize('a', options),
    (options) => model.vocabulary(options),
    (options) => model.predict('a', options),
    (options) => model.logprobs('a', options),
    (options) => model.surprisal('a', options),
    (options) => model.attention('a', options),
    (options) => model.score('a', ['b'], options),
    (options) => model.scoreEach('a', ['b'], options),
    (options) => model.perplexity(['a'], options),
    (options) => model.generate('a', options).next(),
    (options) => continuations(model, 'a', options).next(),
    (options) => takeSnapshot(model, plural, options),
    (options) => classify(model, 'a', taskLabels(sentiment), options),
    (options) => classifyByChannel(model, sentiment, taskLabels(sentiment), options),
    (options) => evaluate(model, sentiment, rows, { shots: [0], ...options }).next(),
    (options) => shots(model, sentiment, options).next(),
    (options) => order(model, sentiment, options).next(),
    (options) => labels(model, sentiment, options).next(),
    (options) => influence(model, sentiment, options).next(),
    (options) => attribution(model, sentiment, options).next(),
    (options) => format(model, sentiment, { templates, ...options }).next(),
  ];
  for (const call of each) {
    await wrong(call({ xyzzy: 1 }), /^Unknown option xyzzy\. Options: .*signal/);
    await wrong(call({ sginal: 1 }), /Did you mean signal\?/);
  }
  for (const call of each.slice(0, -2)) {
    if (!String(call).includes('...')) await wrong(call(null), /^options must be an object/);
  }
  assert.equal((await model.predict('abc', { max_tokens: undefined })).tokens, 3);
});

test('every call that reads a text takes a rendered prompt', async (t) => {
  const model = await loadFake(t);
  const prompt = { text: 'abc', spans: [] };
  assert.equal((await model.tokenize(prompt)).length, 3);
  assert.equal((await model.surprisal(prompt)).length, 3);
});

test('what is nearly right is told what is wrong with it', async (t) => {
  const model = await loadFake(t);
  const messages = [{ role: 'user', content: 'hi' }];
  await assert.rejects(model.predict(messages), {
    code: 'invalid-option',
    message: /^prompt must be a string.*not an array.*renderChat/,
  });
  for (const [given, message] of [
    [
      [
        { name: 'P', words: ' P' },
        { name: 'N', words: [' N'] },
      ],
      /words are an array: write \[" P"\]/,
    ],
  ]) {
    await assert.rejects(classify(model, 'a', given), { code: 'invalid-option', message });
  }
});
