// Memory that the engine is refused: an error that says so, or a way round it, never a trap.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, before, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { Model } from 'shotglass';
import init, { Loader } from '../../../pkg/wasm/simd128/shotglass.js';
import { modelFile, mustExist } from '../../support/files.mjs';
import { layOut, shapes } from '../../support/large.mjs';

mustExist(modelFile, 'cargo xtask model');
const wasmFile = new URL('../../../pkg/wasm/simd128/shotglass_bg.wasm', import.meta.url);
const MB = 1e6;

/** From now on no WebAssembly memory of this process grows beyond so many bytes. */
const limit = (bytes) => setFlagsFromString(`--wasm-max-mem-pages=${Math.floor(bytes / 65_536)}`);

let memory;
let engine;
before(async () => {
  ({ memory } = await init({ module_or_path: readFileSync(wasmFile) }));
  const file = readFileSync(modelFile);
  const loader = new Loader(1, 8, 1, true);
  loader.begin(file.length);
  for (let at = 0; at < file.length; at += MB) loader.push(file.subarray(at, at + MB));
  engine = loader.finish();
});
afterEach(() => limit(2 ** 32));

/** The logprobs after a prompt of `length` tokens that has nothing in common with those of other seeds. */
function run(seed, length) {
  engine.begin(Uint32Array.from({ length }, (_, i) => 1000 + 100 * seed + (i % 90)));
  while (engine.advance() > 0);
  return engine.logprobs();
}

test('prompts that rest make room for others', () => {
  const expected = run(0, 70);
  // Two pages of 64 positions take 6 MB. There is room for one more prompt, and not for two.
  limit(memory.buffer.byteLength + 10 * MB);
  for (const seed of [1, 2, 3, 4]) run(seed, 70);
  assert.deepEqual(run(0, 70), expected);
});

test('a prompt that does not fit is refused, and others go on', () => {
  const expected = run(0, 10);
  limit(memory.buffer.byteLength);
  assert.throws(() => run(5, 600), { code: 'out-of-memory', message: /not enough memory/ });
  assert.deepEqual(run(0, 10), expected);
  const tokens = engine.beginScores('A:', [' a', ' b c'], ['', 'B:']);
  for (let left = tokens - engine.cachedTokens(); left > 0; ) left = engine.advance();
  assert.equal(engine.scores().length, 2);
});

test('a model that does not fit is refused', async () => {
  limit(80 * MB);
  await assert.rejects(Model.load(modelFile), { code: 'out-of-memory' });
});

test('a model that no memory can hold is refused before its weights, with the numbers', () => {
  const { head, bytes } = layOut(shapes['Llama-3.1-8B'], 'Q6_K');
  const loader = new Loader(1, 8, 1);
  loader.begin(bytes);
  // 8.03 · 10⁹ weights of 8.6 bits, and one row as it is in the file.
  assert.throws(() => loader.push(head), {
    code: 'out-of-memory',
    message: /^This model needs 8\d{9} bytes of memory, and there are at most 4294967295 here\./,
  });
});

test('a model that this memory does not hold is refused before its weights', () => {
  const { head, bytes } = layOut(shapes['TinyLlama-1.1B'], 'Q4_0');
  limit(memory.buffer.byteLength + 500 * MB);
  const loader = new Loader(1, 8, 1);
  loader.begin(bytes);
  assert.throws(() => loader.push(head), {
    code: 'out-of-memory',
    message: /^There is not enough memory for the model \(6\d{8} bytes\)\./,
  });
});
