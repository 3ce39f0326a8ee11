// What the layers hold: the package's side on a fake engine, the bits of WebAssembly on a tiny model, and the default
// model.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Model, renderPrompt } from 'shotglass';
import init, { Loader } from '../../../pkg/wasm/simd128/shotglass.js';
import { modelFile, mustExist, sameBits, tinyFolder } from '../../support/files.mjs';
import { collect, loadFake } from '../fake.mjs';

const refused = (call, message) => assert.rejects(call, { code: 'invalid-option', message });

test('states come in the shape that was asked for', async (t) => {
  const model = await loadFake(t);
  const all = await model.states('abcd');
  assert.deepEqual(
    [all.layers, all.positions, all.size, all.tokens.map(({ id }) => id)],
    [[0, 1, 2], [3], 2, [...Buffer.from('abcd')]],
  );
  // The fake's rows say where they are from: the layer, and the position.
  assert.deepEqual(all.rows, Float32Array.of(0, 3, 1, 3, 2, 3));
  const some = await model.states(
    { text: 'abcd', spans: [] },
    { layers: [2, 0], positions: [1, 3] },
  );
  assert.deepEqual(some.rows, Float32Array.of(2, 1, 2, 3, 0, 1, 0, 3));
  const ids = await model.states([65, 66, 67], { layers: [1], positions: 'all' });
  assert.deepEqual(ids.positions, [0, 1, 2]);
  assert.deepEqual(ids.rows, Float32Array.of(1, 0, 1, 1, 1, 2));
});

test('the lens reads every layer at every position', async (t) => {
  const model = await loadFake(t);
  const { entries, layers, positions, tokens } = await model.lens('abcd', {
    positions: [3, 1],
    topK: 2,
    ids: [7],
  });
  assert.deepEqual([layers, positions, tokens.length], [[0, 1, 2], [3, 1], 4]);
  for (const [l, row] of entries.entries()) {
    for (const [p, entry] of row.entries()) {
      assert.deepEqual([entry.layer, entry.position], [layers[l], positions[p]]);
      assert.deepEqual([entry.entropy, entry.divergence], [layers[l], positions[p]]);
      assert.equal(entry.candidates.length, 2);
      assert.deepEqual(
        entry.asked.map(({ id }) => id),
        [7],
      );
    }
  }
  assert.equal((await model.lens('abcd')).entries[0][0].candidates.length, 1);
});

test('edits go to the engine with predict, logprobs, score, generate, states and lens', async (t) => {
  const model = await loadFake(t);
  const edits = [
    { layer: 2, position: 1, replace: [1, 2] },
    { layer: 0, from: 3, add: Float32Array.of(3, 4) },
  ];
  // The fake says with its numbers which edits it was given.
  const told = '2,1,0,0|0,3,1,1|1,2,3,4';
  const seen = async (token) => (await token).text;
  assert.equal(await seen(model.predict('abcd', { edits }).then((p) => p.candidates[0])), told);
  assert.equal(await seen(model.predict('abcd').then((p) => p.candidates[0])), '?');
  const [score] = await model.score('abcd', ['e'], { edits });
  assert.equal(score.tokens[0].text, told);
  const [step] = await collect(model.generate('abcd>', { edits, maxTokens: 1 }));
  assert.equal(step.text, told);
  const two = await collect(model.generate('abcd>', { edits, maxTokens: 2 }));
  assert.equal(two[1].text, told, 'also after a token of its own');
  const { entries } = await model.lens('abcd', { edits });
  assert.equal(entries[0][0].candidates[0].text, told);
  await model.logprobs('abcd', { edits });
  assert.equal(await seen(model.predict('abcd', { edits: [] }).then((p) => p.candidates[0])), '?');
});

test('edits that cannot be are refused by name', async (t) => {
  const model = await loadFake(t);
  const add = [1, 2];
  for (const [edits, message] of [
    [7, 'edits must be an array.'],
    [[null], 'edits[0] must be an object.'],
    [[{ layer: 0, add }], 'edits[0] must be an object with either position or from.'],
    [[{ layer: 0, position: 1, from: 1, add }], /either position or from/],
    [[{ layer: 0, from: 1 }], 'edits[0] must be an object with either replace or add.'],
    [[{ layer: 0, from: 1, add, replace: add }], /either replace or add/],
    [[{ layer: 3, from: 1, add }], 'edits[0].layer must be an integer from 0 to 2.'],
    [[{ from: 1, add }], 'edits[0].layer must be an integer from 0 to 2.'],
    [[{ layer: 0.5, from: 1, add }], /layer/],
    [[{ layer: 0, from: -1, add }], 'edits[0].from must be an integer from 0 to 199.'],
    [[{ layer: 0, position: 200, add }], 'edits[0].position must be an integer from 0 to 199.'],
    [[{ layer: 0, position: '1', add }], /position/],
    [[{ layer: 0, position: 1, add: [1] }], 'edits[0].add must be an array of 2 finite numbers.'],
    [
      [{ layer: 0, position: 1, replace: [1, Number.NaN] }],
      /^edits\[0\]\.replace must be an array/,
    ],
    [[{ layer: 0, position: 1, add: [1, 1e39] }], /finite/],
    [[{ layer: 0, position: 1, add: [1, '2'] }], /finite/],
    [[{ layer: 0, position: 1, add: 'ab' }], /finite/],
    [[{ layer: 0, position: 1, add, typo: 1 }], /Unknown option typo/],
    [
      [
        { layer: 0, position: 1, add },
        { layer: 9, position: 1, add },
      ],
      /^edits\[1\]/,
    ],
  ]) {
    for (const call of [
      model.predict('abcd', { edits }),
      model.logprobs('abcd', { edits }),
      model.score('abcd', ['e'], { edits }),
      model.generate('abcd', { edits }).next(),
      model.states('abcd', { edits }),
      model.lens('abcd', { edits }),
    ]) {
      await refused(call, message);
    }
  }
});

test('places that cannot be are refused by name, and the model goes on', async (t) => {
  const model = await loadFake(t);
  for (const layers of [[], [3], [-1], [0.5], ['1'], 2, null]) {
    await refused(
      model.states('abcd', { layers }),
      'layers must be a non-empty array of integers from 0 to 2.',
    );
  }
  for (const positions of [[], [200], [-1], 'first', 2, null]) {
    await refused(
      model.lens('abcd', { positions }),
      'positions must be a non-empty array of integers from 0 to 199.',
    );
  }
  await assert.rejects(model.states('abcd', { positions: [4] }), { code: 'invalid-option' });
  await refused(model.states([65, 257]), /^prompt must be an array of token ids/);
  await refused(model.lens('abcd', { ids: [-1] }), /^ids must be an array of token ids/);
  await refused(model.lens('abcd', { topK: -1 }), /^topK/);
  await refused(model.states('abcd', { topK: 1 }), /Unknown option topK/);
  await refused(model.embed('abcd'), 'texts must be an array of texts.');
  await refused(model.embed(['a', 7]), /^texts\[1\] must be a string/);
  await refused(model.embed(['a'], { layer: 3 }), 'layer must be an integer from 0 to 2.');
  await refused(model.embed(['a'], { pooling: 'max' }), "pooling must be one of 'last', 'mean'.");
  for (const prompt of ['', []]) {
    for (const positions of ['all', 'last', [0]]) {
      await assert.rejects(model.states(prompt, { positions }), { code: 'empty-prompt' });
    }
  }
  await assert.rejects(model.embed(['a', '']), { code: 'empty-prompt' });
  await assert.rejects(model.states('x'.repeat(201)), { code: 'prompt-too-long' });
  assert.equal((await model.states('abcd')).positions[0], 3);
  model.close();
  for (const call of [model.states('a'), model.lens('a'), model.embed(['a'])]) {
    await assert.rejects(call, { code: 'closed' });
  }
});

test('a text becomes the direction of its last state, or of the mean', async (t) => {
  const model = await loadFake(t);
  const seen = [];
  const onProgress = ({ tokensDone, tokensTotal }) => seen.push([tokensDone, tokensTotal]);
  // The fake's states are [2, 0], [2, 1] and [2, 2]. Each counts by its direction.
  const near = (vector, angle) => {
    assert.ok(Math.abs(Math.atan2(vector[1], vector[0]) - angle) < 1e-6, `${vector}`);
    assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-6, `${vector}`);
  };
  const [long, short] = await model.embed(['abc', 'de'], { layer: 2, onProgress });
  const directions = [0, Math.atan2(1, 2), Math.PI / 4].map((angle) => [
    Math.cos(angle),
    Math.sin(angle),
  ]);
  const sum = (part) => directions.reduce((all, direction) => all + direction[part], 0);
  near(long, Math.atan2(sum(1), sum(0)));
  near(short, Math.atan2(1, 2) / 2);
  assert.deepEqual(seen, [
    [3, 5],
    [5, 5],
  ]);
  near((await model.embed(['abc'], { pooling: 'last' }))[0], Math.atan2(2, 1));
  assert.deepEqual(await model.embed(['a'], { layer: 0 }), [Float32Array.of(0, 0)]);
  assert.deepEqual(await model.embed([]), []);
});

test('an abort stops states, lens and embed', async (t) => {
  const model = await loadFake(t);
  const long = 'x'.repeat(160);
  for (const call of [
    (options) => model.states(long, { positions: 'all', ...options }),
    (options) => model.lens(long, { positions: 'all', ...options }),
    (options) => model.embed([long, long], options),
  ]) {
    await assert.rejects(call({ signal: AbortSignal.abort() }), { code: 'aborted' });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 30);
    await assert.rejects(call({ signal: controller.signal }), { code: 'aborted' });
  }
  assert.equal((await model.states('abcd')).positions[0], 3);
});

test('WebAssembly gives the bits of the native engine', async () => {
  mustExist(join(tinyFolder, 'states.json'), 'cargo test --release');
  const told = JSON.parse(readFileSync(join(tinyFolder, 'states.json')));
  const wasm = new URL('../../../pkg/wasm/simd128/shotglass_bg.wasm', import.meta.url);
  await init({ module_or_path: readFileSync(wasm) });
  const file = readFileSync(join(tinyFolder, 'default.gguf'));
  const loader = new Loader(1, 8, 1, true);
  loader.begin(file.length);
  loader.push(file);
  const engine = loader.finish();
  const list = (numbers) => Uint32Array.from(numbers);
  const { ids, layers, positions, edits, rows } = told;
  engine.beginStates(
    list(ids),
    list(layers),
    list(positions),
    list(edits),
    Float32Array.from(rows),
  );
  while (engine.advance() > 0);
  sameBits(engine.states(), Float32Array.from(told.states), 'states');
  const readings = engine.lens(positions.length - 1, 0, layers.length, 3, list([5]));
  for (const [layer, reading] of readings.entries()) {
    const expected = told.readings[layer];
    assert.deepEqual(
      reading.candidates.map(({ id }) => id),
      expected.ids,
    );
    const { entropy, divergence, asked } = reading;
    assert.deepEqual(
      [entropy, divergence, asked[0].logprob, asked[0].rank],
      [expected.entropy, expected.divergence, Math.fround(expected.logprob), expected.rank],
    );
  }
  engine.free();
});

const template = {
  instructionSeparator: '\n\n',
  inputPrefix: 'Q: ',
  inputSuffix: '\n',
  outputPrefix: 'A:',
  outputSeparator: ' ',
  demonstrationSeparator: '\n\n',
};
const pairs = [
  ['walk', 'walked'],
  ['play', 'played'],
  ['open', 'opened'],
  ['climb', 'climbed'],
];
const demonstrations = pairs.map(([input, output]) => ({ input, output }));

test('the default model', async (t) => {
  mustExist(modelFile, 'cargo xtask model');
  const model = await Model.load(modelFile);
  t.after(() => model.close());
  const { layers, hiddenSize } = model.info;
  assert.deepEqual([layers, hiddenSize], [30, 576]);
  const prompt = (query, shots = demonstrations) =>
    renderPrompt({ instruction: '', template, demonstrations: shots, query });
  const few = prompt('jump');
  const plain = await model.predict(few, { logprobs: true });

  await t.test('the lens ends at the prediction, and the answer rises on the way', async () => {
    const start = performance.now();
    const { entries } = await model.lens(few, { topK: 3, ids: [plain.candidates[0].id] });
    t.diagnostic(`lens of ${plain.tokens} tokens: ${(performance.now() - start).toFixed(0)} ms`);
    assert.equal(entries.length, layers + 1);
    const last = entries[layers][0];
    assert.deepEqual(last.candidates, plain.candidates.slice(0, 3));
    assert.deepEqual([last.entropy, last.divergence], [plain.entropy, 0]);
    assert.equal(last.asked[0].rank, 1);
    assert.ok(entries[0][0].asked[0].rank > 100, 'the embedding does not know the answer');
    t.diagnostic(entries.map(([{ asked }]) => asked[0].rank).join(' '));
  });

  await t.test('patching everything is the other run, and nothing this one', async () => {
    const other = prompt('bake');
    const { tokens } = await model.states(other, { layers: [0] });
    assert.equal(tokens.length, plain.tokens, 'the two prompts are equally long');
    const theirs = await model.logprobs(other);
    for (const layer of [0, 7, 30]) {
      const { rows } = await model.states(other, { layers: [layer], positions: 'all' });
      const edits = tokens.map((_, position) => ({
        layer,
        position,
        replace: rows.subarray(position * hiddenSize, (position + 1) * hiddenSize),
      }));
      assert.deepEqual(await model.logprobs(few, { edits }), theirs);
      const own = await model.states(few, { layers: [layer] });
      const same = [{ layer, position: plain.tokens - 1, replace: own.rows }];
      assert.deepEqual(await model.logprobs(few, { edits: same }), plain.logprobs);
    }
    assert.deepEqual(await model.logprobs(few), plain.logprobs, 'no edit leaves a trace');
  });

  await t.test('what is before an edit is not run again', async () => {
    const add = new Float32Array(hiddenSize).fill(0.5);
    const edits = [{ layer: 10, position: plain.tokens - 2, add }];
    const edited = await model.predict(few, { edits });
    assert.equal(edited.cachedTokens, plain.tokens - 2);
    assert.notEqual(edited.candidates[0].p, plain.candidates[0].p);
    assert.equal((await model.predict(few, { edits })).cachedTokens, plain.tokens);
    assert.equal((await model.predict(few)).cachedTokens, plain.tokens);
  });

  await t.test('an edit that overflows is refused, and the model goes on', async () => {
    const add = new Float32Array(hiddenSize).fill(3e38);
    const edit = { layer: 3, from: 4, add };
    await assert.rejects(model.predict(few, { edits: [edit, edit] }), {
      code: 'invalid-option',
      message: /^edits must be rows with which the model gives numbers/,
    });
    assert.deepEqual(await model.logprobs(few), plain.logprobs);
  });

  await t.test('texts that are alike have vectors that are alike', async () => {
    const texts = [
      'A cat sat on the mat.',
      'The kitten lay on the rug.',
      'Stocks fell by 3% today.',
    ];
    for (const pooling of ['last', 'mean']) {
      const vectors = await model.embed(texts, { pooling });
      const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
      for (const vector of vectors) assert.ok(Math.abs(dot(vector, vector) - 1) < 1e-6);
      const [near, far] = [dot(vectors[0], vectors[1]), dot(vectors[0], vectors[2])];
      t.diagnostic(`${pooling}: ${near.toFixed(4)} and ${far.toFixed(4)}`);
      assert.ok(near > far, pooling);
    }
  });
});
