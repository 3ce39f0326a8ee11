// Adapters through the package: the bits of WebAssembly against the native engine's, every kind of source, what is
// refused, and what is active when.
import assert from 'node:assert/strict';
import { openAsBlob, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import v8 from 'node:v8';
import { Adapter, Model, takeSnapshot } from 'shotglass';
import { adaptersFolder, mustExist, sameBits } from '../../support/files.mjs';

// Node 20 has relaxed SIMD behind a flag, and a fault in the first of its compilers.
if (process.version.startsWith('v20.')) {
  v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
  v8.setFlagsFromString('--no-liftoff');
}

mustExist(adaptersFolder, 'cargo test --release --test tiny');
const fileOf = (name, ending) => join(adaptersFolder, `${name}.${ending}`);
const read = (name, ending) => readFileSync(fileOf(name, ending));
const names = readdirSync(adaptersFolder)
  .filter((file) => file.endsWith('-q4_1.lora'))
  .map((file) => basename(file, '.lora'));

async function load(t, name = 'qwen2-q4_1', options = {}) {
  const model = await Model.load(read(name, 'gguf'), options);
  t.after(() => model.close());
  return model;
}

/** The log-probabilities after a short text. */
const ask = (model) => model.logprobs('the and of');

const isLike = (one, other) => {
  const largest = one.reduce((most, x, i) => Math.max(most, Math.abs(x - other[i])), 0);
  assert.ok(largest < 0.3, `the largest difference is ${largest}`);
};

test('there is an adapter of every architecture', () => assert.ok(names.length >= 20));

for (const [build, some] of [
  ['simd128', names],
  ['threads', names],
  // Its kernels are those of `threads`.
  ['relaxed', names.slice(0, 1)],
]) {
  test(`the ${build} build and the native engine agree in every bit`, async (t) => {
    for (const name of some) {
      const { ids, logprobs } = JSON.parse(read(name, 'json'));
      const model = await load(t, name, { build });
      const adapter = await model.loadAdapter(fileOf(name, 'lora'));
      const appended = { appended: ids };
      // The ids alone: these models add no token for beginnings.
      const plain = await model.logprobs('', appended);
      await model.setAdapter(adapter, 0.75);
      sameBits(await model.logprobs('', appended), Float32Array.from(logprobs), name);
      await model.setAdapter(adapter, 0);
      sameBits(await model.logprobs('', appended), plain, `${name} at scale 0`);
      await model.setAdapter(null);
      sameBits(await model.logprobs('', appended), plain, `${name} without`);
      model.close();
    }
  });
}

test('an adapter comes from a path, a URL, bytes, a Blob or a stream', async (t) => {
  const file = fileOf('qwen2-q4_1', 'lora');
  const server = createServer((_, response) => response.end(readFileSync(file)));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const model = await load(t);
  const bytes = readFileSync(file);
  const sources = {
    path: file,
    URL: `http://127.0.0.1:${server.address().port}/adapter.gguf`,
    bytes,
    Blob: await openAsBlob(file),
    stream: new Blob([bytes]).stream(),
    array: [file],
  };
  let expected;
  for (const [kind, source] of Object.entries(sources)) {
    const adapter = await model.loadAdapter(source);
    assert.ok(adapter instanceof Adapter);
    assert.deepEqual(adapter.info, {
      name: '',
      kind: 'lora',
      rank: 3,
      alpha: 5,
      targets: ['q', 'k', 'v', 'o', 'gate', 'up', 'down'],
      parameters: 2 * 3 * (2 * (64 + 64) + 2 * (64 + 32) + 3 * (64 + 96)),
    });
    await model.setAdapter(adapter);
    expected ??= await ask(model);
    sameBits(await ask(model), expected, kind);
    await adapter.close();
  }
});

test('what is saved is loaded again, as GGUF and as PEFT', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'shotglass-'));
  t.after(() => rm(folder, { recursive: true }));
  // llama has its rows in another order than PEFT.
  for (const name of ['qwen2-q4_1', 'llama-biases-q4_1', 'phi3-q4_1']) {
    const model = await load(t, name);
    const adapter = await model.loadAdapter(fileOf(name, 'lora'));
    await model.setAdapter(adapter);
    const expected = await ask(model);
    for (const format of ['gguf', 'peft']) {
      for (const bits of [32, 16]) {
        const files = await adapter.save(format, { bits });
        const paths = files.map((file) => join(folder, file.name));
        for (const [i, file] of files.entries()) writeFileSync(paths[i], file.bytes);
        const sources = [paths, files.map((file) => file.bytes).reverse()];
        if (format === 'peft') sources.push({ config: paths[0], weights: paths[1] });
        for (const source of sources) {
          const again = await model.loadAdapter(source);
          await model.setAdapter(again);
          const row = await ask(model);
          if (bits === 32) sameBits(row, expected, `${name} as ${format}`);
          else isLike(row, expected);
          await again.close();
        }
      }
    }
    const [config] = await adapter.save('peft', { baseModel: 'a/model' });
    assert.equal(JSON.parse(Buffer.from(config.bytes)).base_model_name_or_path, 'a/model');
    model.close();
  }
});

test('calls run with the adapter that was set before them', async (t) => {
  const model = await load(t);
  const [one, two] = [
    await model.loadAdapter(read('qwen2-q4_1', 'lora')),
    await model.loadAdapter(read('qwen2-f32', 'lora')),
  ];
  assert.equal(model.adapter, null);
  const plain = await ask(model);
  const set = async (adapter, scale) => {
    await model.setAdapter(adapter, scale);
    assert.deepEqual(model.adapter, adapter && { adapter, scale: scale ?? 1 });
    return ask(model);
  };
  const [first, half] = [await set(one), await set(one, 0.5)];
  assert.notDeepEqual(first, plain);
  assert.notDeepEqual(half, first);
  // The q4_1 and the f32 file have the same adapter, and each is one of its own.
  sameBits(await set(two), first, 'the same numbers');
  sameBits(await set(one), first, 'again');
  sameBits(await set(null), plain, 'none');
  // Queued at once, each call has what was set before it.
  const [, before, , after] = await Promise.all([
    model.setAdapter(one),
    ask(model),
    model.setAdapter(null),
    ask(model),
  ]);
  sameBits(before, first, 'queued with');
  sameBits(after, plain, 'queued without');

  await model.setAdapter(one, 0.5);
  const everything = [];
  for await (const { id } of model.generate('the', { maxTokens: 5 })) everything.push(id);
  const [, continuation] = await model.score('the and', [' of', ' in']);
  const { rows } = await model.states('the and of');
  await model.setAdapter(null);
  const [, alone] = await model.score('the and', [' of', ' in']);
  assert.notEqual(continuation.logprob, alone.logprob);
  assert.notDeepEqual((await model.states('the and of')).rows, rows);
});

test('the model with an adapter stands beside the model without it', async (t) => {
  const model = await load(t);
  const adapter = await model.loadAdapter(read('qwen2-q4_1', 'lora'));
  const plain = await ask(model);
  await model.setAdapter(adapter);
  const first = await ask(model);
  await model.setAdapter(adapter, 0.5);
  const tuned = model.withAdapter(adapter);
  const base = model.withAdapter(null);
  assert.deepEqual(tuned.adapter, { adapter, scale: 1 });
  assert.equal(base.adapter, null);
  assert.equal(tuned.info, model.info);
  // Queued together, each call has its own adapter.
  const [half, whole, none, again] = await Promise.all([model, tuned, base, tuned].map(ask));
  sameBits(whole, first, 'with it');
  sameBits(again, first, 'with it again');
  sameBits(none, plain, 'without it');
  assert.notDeepEqual(half, first);
  assert.deepEqual(model.adapter, { adapter, scale: 0.5 }, 'that of the model stays');
  const [continuation] = await tuned.score('the and', [' of']);
  await model.setAdapter(adapter);
  assert.deepEqual(await model.score('the and', [' of']), [continuation]);

  const other = await load(t, 'qwen2-f32');
  assert.throws(() => other.withAdapter(adapter), { code: 'invalid-option', message: /^adapter/ });
  assert.throws(() => model.withAdapter(adapter, 3), { code: 'invalid-option', message: /^scale/ });
  await adapter.close();
  await assert.rejects(tuned.predict('the'), { code: 'closed', message: /adapter was closed/ });
  assert.throws(() => model.withAdapter(adapter), { code: 'closed' });
  sameBits(await ask(base), plain, 'the model alone goes on');
  sameBits(await ask(model), plain, 'and so does the one whose adapter went');
});

test('what was cached with an adapter is still there, and goes with it', async (t) => {
  const model = await load(t, 'qwen2-f32');
  const cached = async () => (await model.predict('the and of in to the and')).cachedTokens;
  const adapter = await model.loadAdapter(fileOf('qwen2-f32', 'lora'));
  assert.equal(await cached(), 0);
  const all = await cached();
  assert.ok(all > 3);
  await model.setAdapter(adapter, 0);
  assert.equal(await cached(), all, 'scale 0 is the model alone');
  await model.setAdapter(adapter);
  assert.equal(await cached(), 0);
  assert.equal(await cached(), all);
  await model.setAdapter(null);
  assert.equal(await cached(), all);
  await model.setAdapter(adapter);
  assert.equal(await cached(), all);
  await assert.rejects(
    takeSnapshot(model, { demonstrations: [], query: '', template: {} }),
    { code: 'invalid-option', message: /^model must be without an adapter/ },
    'a snapshot is of the model alone',
  );
  await adapter.close();
  assert.equal(model.adapter, null);
  assert.equal(await cached(), all, 'the model alone');
  await assert.rejects(adapter.close(), { code: 'closed' });
  await assert.rejects(adapter.save('gguf'), { code: 'closed' });
  await assert.rejects(model.setAdapter(adapter), { code: 'closed' });
});

test('what does not fit is refused, and the model answers as before', async (t) => {
  const model = await load(t);
  const plain = await ask(model);
  const refused = (source, code, message) =>
    assert.rejects(model.loadAdapter(source), { code, message });
  const sound = read('qwen2-q4_1', 'lora');
  await refused(read('qwen2-q4_1', 'gguf'), 'wrong-adapter', /it is a model/);
  await refused(read('llama-biases-q4_1', 'lora'), 'wrong-adapter', /made for a "llama"/);
  await refused(read('qwen2-yarn-q4_1', 'lora').subarray(0, -32), 'truncated', /ends early/);
  await refused(sound.subarray(0, 40), 'truncated', /ends early/);
  await refused(Buffer.from('<!doctype html>'), 'not-gguf', /not a GGUF file/);
  await refused(join(adaptersFolder, 'none.gguf'), 'read-failed', /none\.gguf/);
  await refused(new Uint8Array(), 'truncated', /ends early/);
  await refused([], 'invalid-option', /at least one file/);
  await refused(undefined, 'invalid-option', /source must be/);
  await refused({ weights: sound }, 'invalid-option', /source must be/);
  await refused([sound, sound], 'invalid-option', /two files of a PEFT adapter/);
  const adapter = await model.loadAdapter(sound);
  for (const scale of [-0.1, 2.1, Number.NaN, '1']) {
    await assert.rejects(model.setAdapter(adapter, scale), {
      code: 'invalid-option',
      message: /^scale/,
    });
  }
  for (const other of [undefined, {}, 1]) {
    await assert.rejects(model.setAdapter(other), { code: 'invalid-option', message: /^adapter/ });
  }
  await assert.rejects(adapter.save('onnx'), { code: 'invalid-option', message: /^format/ });
  await assert.rejects(adapter.save('gguf', { bits: 8 }), {
    code: 'invalid-option',
    message: /^bits/,
  });
  const other = await load(t, 'qwen2-f32');
  await assert.rejects(other.setAdapter(adapter), { code: 'invalid-option', message: /^adapter/ });
  assert.equal(model.adapter, null);
  sameBits(await ask(model), plain, 'after all of this');
  model.close();
  await assert.rejects(adapter.save('gguf'), { code: 'closed' });
});

test('reading an adapter can be aborted, and the model answers meanwhile', async (t) => {
  const model = await load(t);
  const plain = await ask(model);
  const server = createServer((_, response) => response.write('GGUF'));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${server.address().port}/`;
  const abort = new AbortController();
  const never = model.loadAdapter(url, { signal: abort.signal });
  sameBits(await ask(model), plain, 'while it is read');
  abort.abort();
  await assert.rejects(never, { code: 'aborted' });
  const { signal } = abort;
  await assert.rejects(model.loadAdapter(url, { signal }), { code: 'aborted' });
  let isCancelled = false;
  const stream = new ReadableStream({
    cancel() {
      isCancelled = true;
    },
  });
  const later = new AbortController();
  const reading = model.loadAdapter(stream, { signal: later.signal });
  setTimeout(() => later.abort(), 20);
  await assert.rejects(reading, { code: 'aborted' });
  assert.ok(isCancelled, 'the source is let go');
});
