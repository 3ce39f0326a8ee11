// What a token attends to: the package's side on a fake engine, the bits of WebAssembly on a tiny
// model, and the default model.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Model, renderPrompt } from 'shotglass';
import init, { Loader } from '../../../pkg/wasm/simd128/shotglass.js';
import { modelFile, mustExist, tinyFolder } from '../../support/files.mjs';
import { loadFake } from '../fake.mjs';

/** The rows of an answer, `[layer][head][token]`. */
function rows({ layers, heads, position, weights }) {
  const size = position + 1;
  assert.equal(weights.length, layers * heads * size);
  const row = (layer, head) => weights.subarray((layer * heads + head) * size).subarray(0, size);
  return Array.from({ length: layers }, (_, layer) =>
    Array.from({ length: heads }, (_, head) => row(layer, head)),
  );
}

test('the last token is asked about where no position is given', async (t) => {
  const model = await loadFake(t);
  const { tokens, ...answer } = await model.attention('abcd');
  assert.deepEqual(
    tokens.map(({ id }) => id),
    [...Buffer.from('abcd')],
  );
  const weights = new Float32Array(8).fill(0.25);
  assert.deepEqual(answer, { position: 3, layers: 1, heads: 2, weights });
  const first = await model.attention({ text: 'abcd', spans: [] }, { position: 0 });
  assert.equal(first.tokens.length, 4, 'all tokens of the prompt');
  assert.deepEqual([first.position, ...first.weights], [0, 1, 1]);
});

test('the token itself always runs, those before it where they are new', async (t) => {
  const model = await loadFake(t);
  const seen = [];
  const onProgress = (progress) => seen.push(Object.values(progress));
  await model.predict('0123456789');
  await model.attention('0123456789', { onProgress });
  await model.attention('01234567', { position: 5, onProgress });
  await model.attention('0123xxxx', { position: 6, onProgress });
  assert.deepEqual(seen, [
    [9, 10, 9],
    [10, 10, 9],
    [5, 6, 5],
    [6, 6, 5],
    [4, 7, 4],
    [7, 7, 4],
  ]);
});

test('a position that no token has is refused, and the model goes on', async (t) => {
  const model = await loadFake(t);
  for (const position of [-1, 0.5, Number.NaN, '1', null, 200, 2 ** 32, Infinity]) {
    await assert.rejects(model.attention('abcd', { position }), {
      code: 'invalid-option',
      message: 'position must be an integer from 0 to 199.',
    });
  }
  await assert.rejects(model.attention('abcd', { position: 4 }), { code: 'invalid-option' });
  await assert.rejects(model.attention(''), { code: 'empty-prompt' });
  await assert.rejects(model.attention('', { position: 0 }), { code: 'empty-prompt' });
  await assert.rejects(model.attention('x'.repeat(201)), { code: 'prompt-too-long' });
  await assert.rejects(model.attention('\ud83d'), { code: 'invalid-text' });
  await assert.rejects(model.attention(7), { code: 'invalid-option', message: /^prompt / });
  assert.equal((await model.attention('abcd')).position, 3);
});

test('an abort before the token is reached keeps what was run', async (t) => {
  const model = await loadFake(t);
  const options = { signal: AbortSignal.abort() };
  await assert.rejects(model.attention('abcd', options), { code: 'aborted' });
  const controller = new AbortController();
  const onProgress = ({ tokensDone }) => tokensDone === 40 && controller.abort();
  const prompt = 'x'.repeat(160);
  await assert.rejects(model.attention(prompt, { signal: controller.signal, onProgress }), {
    code: 'aborted',
  });
  const { cachedTokens } = await model.predict(prompt);
  assert.ok(cachedTokens >= 40 && cachedTokens <= 120, `${cachedTokens} tokens were kept`);
  model.close();
  await assert.rejects(model.attention('abcd'), { code: 'closed' });
});

test('WebAssembly gives the bits of the native engine', async () => {
  mustExist(join(tinyFolder, 'attention.json'), 'cargo test --release');
  const { ids, answers } = JSON.parse(readFileSync(join(tinyFolder, 'attention.json')));
  assert.ok(answers.length > 0);
  const wasm = new URL('../../../pkg/wasm/simd128/shotglass_bg.wasm', import.meta.url);
  await init({ module_or_path: readFileSync(wasm) });
  const file = readFileSync(join(tinyFolder, 'default.gguf'));
  const loader = new Loader(1, 8, 1, true);
  loader.begin(file.length);
  loader.push(file);
  const engine = loader.finish();
  for (const { position, weights } of answers) {
    engine.beginAttention(Uint32Array.from(ids), position);
    while (engine.advance() > 0);
    const ours = engine.attention();
    assert.equal(ours.position, position);
    assert.deepEqual(ours.weights, Float32Array.from(weights));
  }
  assert.throws(() => engine.beginAttention(Uint32Array.from(ids), ids.length), {
    code: 'invalid-option',
    message: `position must be below the number of tokens, ${ids.length}, but is ${ids.length}.`,
  });
  engine.free();
});

test('the default model', async (t) => {
  mustExist(modelFile, 'cargo xtask model');
  const model = await Model.load(modelFile);
  t.after(() => model.close());
  const template = {
    instructionSeparator: '\n\n',
    inputPrefix: 'Q: ',
    inputSuffix: '\n',
    outputPrefix: 'A:',
    outputSeparator: ' ',
    demonstrationSeparator: '\n\n',
  };
  const demonstrations = [
    { input: 'walk', output: 'walked' },
    { input: 'play', output: 'played' },
    { input: 'open', output: 'opened' },
    { input: 'climb', output: 'climbed' },
  ];
  const prompt = renderPrompt({ instruction: '', template, demonstrations, query: 'jump' });
  const before = await model.logprobs(prompt);
  const last = await model.attention(prompt);
  const tokens = await model.tokenize(prompt.text);

  await t.test('each row is everything, and there is one for each head of each layer', () => {
    assert.deepEqual(last.tokens, tokens);
    assert.deepEqual([last.position, last.layers, last.heads], [tokens.length - 1, 30, 9]);
    for (const row of rows(last).flat()) {
      assert.ok(row.every((weight) => weight >= 0 && weight <= 1));
      const sum = row.reduce((all, weight) => all + weight, 0);
      assert.ok(Math.abs(sum - 1) < 1e-5, `${sum}`);
    }
  });

  await t.test('heads differ, and so do positions', async () => {
    const firsts = new Set(rows(last).flatMap((heads) => heads.map((row) => row.join())));
    assert.equal(firsts.size, 30 * 9);
    const first = await model.attention(prompt, { position: 0 });
    assert.deepEqual(new Set(first.weights), new Set([1]), 'the first token has only itself');
  });

  await t.test('a later text, a cache and another order make no difference', async () => {
    const position = 20;
    const there = await model.attention(prompt, { position });
    const longer = await model.attention(`${prompt.text} jumped\n\nQ: bake`, { position });
    assert.deepEqual(longer.weights, there.weights);
    assert.deepEqual((await model.attention(prompt)).weights, last.weights);
    assert.deepEqual(await model.logprobs(prompt), before);
    const { cachedTokens } = await model.predict(prompt);
    assert.equal(cachedTokens, tokens.length, 'nothing of the prompt was lost');
  });

  await t.test('much of it goes to the first token', () => {
    // The attention sink (Xiao et al. 2023, figure 2): from the third layer on, whatever the token is.
    const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const layers = rows(last).map((heads) => mean(heads.map((row) => row[0])));
    const digits = layers.map((weight) => weight.toFixed(2)).join(' ');
    t.diagnostic(`share of the first of ${tokens.length} tokens, by layer: ${digits}`);
    assert.ok(mean(layers) > 0.25, `${mean(layers)}, where ${1 / tokens.length} would be even`);
  });

  await t.test('an abort in a long prompt', async () => {
    const long = 'The quick brown fox jumps over the lazy dog. '.repeat(40);
    const controller = new AbortController();
    const onProgress = ({ tokensDone, tokensTotal }) =>
      tokensDone > tokensTotal / 3 && controller.abort();
    await assert.rejects(model.attention(long, { signal: controller.signal, onProgress }), {
      code: 'aborted',
    });
    assert.deepEqual((await model.attention(prompt)).weights, last.weights);
  });
});
