// The WebAssembly engine on small models of every type: what the native engine said of them.
import assert from 'node:assert/strict';
import { createReadStream, openAsBlob, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { before, test } from 'node:test';
import { Model } from 'shotglass';
import init, { Loader } from '../../../pkg/wasm/simd128/shotglass.js';
import { mustExist, sameBits, tinyFolder } from '../../support/files.mjs';

mustExist(tinyFolder, 'cargo test --release');
const wasmFile = new URL('../../../pkg/wasm/simd128/shotglass_bg.wasm', import.meta.url);
const read = (name) => readFileSync(join(tinyFolder, name));
const names = readdirSync(tinyFolder)
  .filter((file) => file.endsWith('.gguf'))
  .map((file) => file.slice(0, -'.gguf'.length));

before(() => init({ module_or_path: readFileSync(wasmFile) }));

function loadTiny(name, chunkBytes = 1 << 16) {
  const bytes = read(`${name}.gguf`);
  const loader = new Loader(1, 8, 1, true);
  loader.begin(bytes.length);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    loader.push(bytes.subarray(at, at + chunkBytes));
  }
  return loader.finish();
}

test('there is a model of every type', () => {
  const floats = 'f32 f16 bf16';
  const codes = 'q4_0 q4_1 q5_0 q5_1 q8_0 q8_1 q2_k q3_k q4_k q5_k q6_k q8_k';
  const books = 'iq1_s iq1_m iq2_xxs iq2_xs iq2_s iq3_xxs iq3_s iq4_nl iq4_xs mxfp4';
  for (const type of `${floats} ${codes} ${books}`.split(' '))
    assert.ok(names.includes(type), `${type} is missing`);
});

for (const name of names) {
  test(`${name}: Node and the native engine agree in every bit`, () => {
    const { ids, logprobs } = JSON.parse(read(`${name}.json`));
    const engine = loadTiny(name);
    engine.begin(Uint32Array.from(ids));
    while (engine.advance() > 0);
    const row = engine.logprobs();
    engine.free();
    sameBits(row, Float32Array.from(logprobs), name);
  });
}

test('a file may come in chunks of any size', () => {
  const { ids } = JSON.parse(read('default.json'));
  const rows = [1 << 20, 4099, 61].map((chunkBytes) => {
    const engine = loadTiny('default', chunkBytes);
    engine.begin(Uint32Array.from(ids));
    while (engine.advance() > 0);
    return engine.logprobs();
  });
  assert.deepEqual(rows[1], rows[0]);
  assert.deepEqual(rows[2], rows[0]);
});

test('every kind of source gives the same model', async (t) => {
  const path = join(tinyFolder, 'f32.gguf');
  const bytes = readFileSync(path);
  // In several chunks, as from a network.
  const chunks = () => createReadStream(path, { highWaterMark: 50_000 });
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-length': bytes.length });
    chunks().pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { ids, logprobs } = JSON.parse(read('f32.json'));
  for (const [kind, source] of Object.entries({
    path,
    URL: `http://127.0.0.1:${server.address().port}/model.gguf`,
    Blob: await openAsBlob(path),
    ArrayBuffer: new Uint8Array(bytes).buffer,
    stream: Readable.toWeb(chunks()),
  })) {
    const model = await Model.load(source);
    sameBits(await model.logprobs(ids), Float32Array.from(logprobs), kind);
    assert.equal(model.info.bytes, bytes.length, kind);
    model.close();
  }
});

test('the engine may come from another address', async (t) => {
  const server = createServer((request, response) => {
    if (request.url === '/missing') return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': request.url.slice(1) }).end(readFileSync(wasmFile));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const origin = `http://127.0.0.1:${server.address().port}`;
  for (const type of ['application/wasm', 'application/octet-stream']) {
    const model = await Model.load(read('default.gguf'), { wasmUrl: `${origin}/${type}` });
    assert.equal(model.info.build, 'simd128');
    model.close();
  }
  await assert.rejects(Model.load(read('default.gguf'), { wasmUrl: `${origin}/missing` }), {
    code: 'worker-failed',
    message: /answered 404/,
  });
});

test('a damaged file is refused with a code, through the package', async () => {
  const sound = read('default.gguf');
  const refused = (bytes, code) => assert.rejects(Model.load(bytes), { code });
  await refused(sound.subarray(0, sound.length - 1), 'truncated');
  await refused(sound.subarray(0, 100), 'truncated');
  await refused(Buffer.from('<!doctype html><title>Not found</title>'), 'not-gguf');
  await refused(
    Buffer.concat([sound.subarray(0, 4), Buffer.from([99, 0, 0, 0])]),
    'unsupported-version',
  );
  const stranger = Buffer.from(sound);
  stranger.write('phony', sound.indexOf('llama'));
  await refused(stranger, 'unsupported-architecture');
});
