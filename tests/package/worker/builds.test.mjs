// The builds in Node: which are picked, that all give the same bits, and what happens where one cannot start.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import v8 from 'node:v8';
import { Model } from 'shotglass';
import { relaxedSimd, simd, threads } from 'wasm-feature-detect';
import { builds, pickBuilds, runsHere } from '../../../pkg/dist/util/features.js';
import { sharedMemory } from '../../../pkg/dist/worker/threads.js';
import { modelFile, tinyFolder } from '../../support/files.mjs';
import { loadFake } from '../fake.mjs';

const tiny = join(tinyFolder, 'default.gguf');
const prompt = 'The quick brown fox jumps over the lazy dog. '.repeat(5);
const cores = availableParallelism();
const oddWorker = new URL('../../support/odd-worker.mjs', import.meta.url);

/**
 * Node 20 has relaxed SIMD behind a flag of V8, which is the whole process's. The first of its compilers has a fault,
 * and the second flag leaves it out.
 */
const flags = ['--experimental-wasm-relaxed-simd', '--no-liftoff'];
const isNode20 = process.version.startsWith('v20.');

async function agreesWithFeatureDetect() {
  assert.equal(runsHere('simd128'), await simd());
  assert.equal(runsHere('relaxed'), await relaxedSimd());
  assert.equal(runsHere('threads'), (await relaxedSimd()) && (await threads()));
  assert.equal(runsHere('simd128-threads'), (await simd()) && (await threads()));
}

test('what runs here is what wasm-feature-detect says', async () => {
  await agreesWithFeatureDetect();
  if (isNode20) v8.setFlagsFromString(flags[0]);
  await agreesWithFeatureDetect();
  assert.ok(runsHere('threads'), 'the tests below need all builds');
});

const onlyNode20 = { skip: !isNode20 && 'only Node 20 has the fault' };

test('a build that would compute wrong numbers gives way to the next', onlyNode20, async () => {
  assert.deepEqual(await info({}), ['simd128', 1]);
  assert.deepEqual(await info({ build: 'simd128-threads', threads: 2 }), ['simd128-threads', 2]);
  await assert.rejects(Model.load(tiny, { build: 'relaxed' }), { code: 'unsupported-browser' });
  v8.setFlagsFromString(flags[1]);
  assert.deepEqual(await info({ threads: 1 }), ['relaxed', 1]);
});

test('the fastest build that runs is picked, and those below it are left to fall back on', (t) => {
  const all = [...builds];
  assert.deepEqual(all, ['threads', 'simd128-threads', 'relaxed', 'simd128']);
  const without = ['threads', 'relaxed', 'simd128'];
  assert.deepEqual(pickBuilds(undefined, all, 2), without, 'threads that fail do so in both');
  assert.deepEqual(pickBuilds(undefined, ['simd128-threads', 'simd128'], 2), [
    'simd128-threads',
    'simd128',
  ]);
  assert.deepEqual(
    pickBuilds(undefined, all, 1),
    ['relaxed', 'simd128'],
    'one thread shares nothing',
  );
  assert.deepEqual(pickBuilds('threads', all, 1), ['threads']);
  assert.deepEqual(pickBuilds(undefined, ['simd128'], 2), ['simd128']);

  globalThis.crossOriginIsolated = false;
  t.after(() => delete globalThis.crossOriginIsolated);
  assert.deepEqual(pickBuilds(undefined, all, 2), ['relaxed', 'simd128']);
  const isolation = { code: 'unsupported-browser', message: /cross-origin isolated/ };
  assert.throws(() => pickBuilds('threads', all, 2), isolation);

  assert.throws(() => pickBuilds(undefined, ['threads'], 2), {
    code: 'unsupported-browser',
    message: /Add 'simd128'/,
  });

  const { validate } = WebAssembly;
  t.mock.method(WebAssembly, 'validate', (bytes) => bytes.length < 40 && validate(bytes));
  assert.deepEqual(pickBuilds(undefined, all, 2), ['simd128']);
  const relaxed = { code: 'unsupported-browser', message: /'relaxed' does not run/ };
  assert.throws(() => pickBuilds('relaxed', all, 2), relaxed);

  delete globalThis.crossOriginIsolated;
  assert.deepEqual(pickBuilds(undefined, all, 2), ['simd128-threads', 'simd128'], 'as in Safari');
  assert.deepEqual(pickBuilds(undefined, all, 1), ['simd128']);
});

test('threads is the most that may run, and never more than there are cores', async (t) => {
  for (const [asked, expected] of [
    [undefined, Math.min(8, cores)],
    [1, 1],
    [2, Math.min(2, cores)],
    [1000, cores],
  ]) {
    const model = await loadFake(t, undefined, { threads: asked });
    assert.equal(model.info.threads, expected);
  }
});

async function logprobs(options) {
  const model = await Model.load(tiny, options);
  const { build, threads } = model.info;
  const row = await model.logprobs(prompt);
  const { weights } = await model.attention(prompt, { position: 40 });
  const add = new Float32Array(model.info.hiddenSize).fill(0.25);
  const edits = [{ layer: 1, from: 20, add }];
  const { rows } = await model.states(prompt, { positions: 'all', edits });
  const { entries } = await model.lens(prompt, { topK: 3, edits });
  model.close();
  return { build, threads, row, weights, rows, entries };
}

test('all builds and any number of threads give the same bits', async () => {
  const { build: _, threads: __, ...numbers } = await logprobs({ build: 'simd128' });
  for (const options of [
    { build: 'relaxed' },
    { build: 'threads', threads: 1 },
    { build: 'simd128-threads', threads: 2 },
    { threads: 2 },
  ]) {
    const { build: _, threads: __, ...others } = await logprobs(options);
    assert.deepEqual(others, numbers, JSON.stringify(options));
  }
});

async function info(options) {
  const { build, threads } = await logprobs(options);
  return [build, threads];
}

test('two builds share their bindings, and two their memory', () => {
  const read = (file) =>
    readFileSync(new URL(`../../../pkg/wasm/${file}`, import.meta.url), 'utf8');
  assert.equal(read('relaxed/shotglass.js'), read('simd128/shotglass.js'));
  for (const file of ['shotglass.js', 'shotglass_memory.js']) {
    assert.equal(read(`simd128-threads/${file}`), read(`threads/${file}`));
  }
});

test('info says which build runs, with how many threads', async () => {
  assert.deepEqual(await info({}), ['threads', Math.min(8, cores)]);
  assert.deepEqual(await info({ threads: 1 }), ['relaxed', 1]);
  assert.deepEqual(await info({ build: 'relaxed', threads: 2 }), ['relaxed', 1]);
  assert.deepEqual(await info({ build: 'threads', threads: 1 }), ['threads', 1]);
});

test('the memory that threads share begins with as many pages as the module wants', async () => {
  const folder = new URL('../../../pkg/wasm/threads/', import.meta.url);
  const { initSync } = await import(new URL('shotglass.js', folder));
  const module = new WebAssembly.Module(readFileSync(new URL('shotglass_bg.wasm', folder)));
  const startWith = (initial) => {
    const memory = new WebAssembly.Memory({ initial, maximum: 2 ** 14, shared: true });
    initSync({ module, memory });
  };
  const pages = sharedMemory().buffer.byteLength / 2 ** 16;
  assert.throws(() => startWith(pages - 1), WebAssembly.LinkError, 'more pages than it wants');
  startWith(pages);
});

test('wasmUrl by build: only the builds that are named are used', async () => {
  const url = (build) => new URL(`../../../pkg/wasm/${build}/shotglass_bg.wasm`, import.meta.url);
  const build = async (options) => (await logprobs(options)).build;
  assert.equal(await build({ wasmUrl: { simd128: url('simd128') } }), 'simd128');
  assert.equal(await build({ wasmUrl: url('simd128') }), 'simd128');
  assert.equal(await build({ wasmUrl: url('relaxed'), build: 'relaxed' }), 'relaxed');
  const shared = { wasmUrl: { 'simd128-threads': url('simd128-threads') }, threads: 2 };
  assert.equal(await build(shared), 'simd128-threads');
  const two = { simd128: url('simd128'), relaxed: String(url('relaxed')) };
  assert.equal(await build({ wasmUrl: two }), 'relaxed');
  await assert.rejects(Model.load(tiny, { wasmUrl: two, build: 'threads' }), {
    code: 'invalid-option',
    message: /^wasmUrl/,
  });
});

/** Loads with the worker that misbehaves in this way. */
async function loadOdd(t, odd, source = tiny, options = {}) {
  process.env.SHOTGLASS_ODD = odd;
  t.after(() => delete process.env.SHOTGLASS_ODD);
  const model = await Model.load(source, { workerUrl: oddWorker, threads: 2, ...options });
  t.after(() => model.close());
  return model;
}

const needsTwo = { skip: cores < 2 && 'this machine has one core' };

for (const odd of ['no-shared-memory', 'dead-threads']) {
  test(`${odd}: the next build runs instead`, needsTwo, async (t) => {
    const model = await loadOdd(t, odd);
    assert.deepEqual([model.info.build, model.info.threads], ['relaxed', 1]);
    assert.deepEqual(await model.logprobs(prompt), (await logprobs({ build: 'relaxed' })).row);
  });
  test(`${odd}: a build that was asked for fails instead`, needsTwo, async (t) => {
    await assert.rejects(loadOdd(t, odd, tiny, { build: 'threads' }), {
      code: odd === 'dead-threads' ? 'worker-failed' : 'out-of-memory',
    });
  });
}

test('memory that cannot grow is out-of-memory, and no trap', needsTwo, async (t) => {
  await loadOdd(t, 'small-memory');
  await assert.rejects(loadOdd(t, 'small-memory', modelFile), { code: 'out-of-memory' });
});

test('a thread that traps takes the engine with it, and nothing hangs', needsTwo, async (t) => {
  const model = await loadOdd(t, 'failing-threads');
  await assert.rejects(model.logprobs(prompt), { code: 'crashed' });
  await assert.rejects(model.logprobs(prompt), { code: 'crashed' });
});

for (const [when, last] of [
  ['after close', 'model.close();'],
  ['without close', ''],
]) {
  test(`a process ends ${when}, threads and all`, async () => {
    assert.equal(await printed(last), 'threads true\n');
  });
}

/** What a process prints that loads a model with threads, asks it, and then does this. */
async function printed(last) {
  const script = `
    import { Model } from 'shotglass';
    const model = await Model.load(${JSON.stringify(tiny)}, { build: 'threads' });
    console.log(model.info.build, (await model.predict('abc')).tokens > 0);
    ${last}`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...(isNode20 ? flags : []), '--input-type=module', '--eval', script],
    { cwd: import.meta.dirname, timeout: 20_000 },
  );
  return stdout;
}
