import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readGgufFileInfo } from 'node-llama-cpp';
import { Model, renderPrompt } from 'shotglass';
import { contrast, controlVectorGguf, steer, steering } from 'shotglass/experiments';
import { modelFile, mustExist } from '../../support/files.mjs';
import { sentiment } from './fake.mjs';

const answers = [' Positive', ' Negative'];

test('a direction is the mean of the one texts minus that of the others', async () => {
  const asked = [];
  const model = {
    async states(text, { layers }) {
      asked.push([text, layers]);
      return { rows: Float32Array.of(text.length, layers[0]) };
    },
  };
  const direction = await contrast(model, ['abcd', { text: 'ab ' }], ['a'], { layer: 5 });
  assert.deepEqual(direction, { layer: 5, row: Float32Array.of(2, 0) });
  assert.deepEqual(asked, [
    ['abcd', [5]],
    ['ab', [5]],
    ['a', [5]],
  ]);
  const refused = (call, message) => assert.rejects(call, { code: 'invalid-option', message });
  await refused(contrast(model, [], ['a'], { layer: 5 }), /^positive must be a non-empty array/);
  await refused(contrast(model, ['a'], 'b', { layer: 5 }), /^negative must be a non-empty array/);
  await refused(contrast(model, ['a'], [7], { layer: 5 }), /^negative\[0\]/);
  await refused(contrast(model, ['a'], ['b'], { layer: -1 }), /^layer/);
  await refused(contrast(model, ['a'], ['b'], {}), /^layer/);
});

test('an edit adds the direction as often as the coefficient says', () => {
  const direction = { layer: 3, row: Float32Array.of(1, -2) };
  assert.deepEqual(steering(direction, -0.5, 7), { layer: 3, from: 7, add: [-0.5, 1] });
  for (const coefficient of [Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => steering(direction, coefficient, 7), {
      code: 'invalid-option',
      message: /^coefficient/,
    });
  }
});

test('steering is the edit by hand, nothing at 0, and moves the answers both ways', async (t) => {
  mustExist(modelFile, 'cargo xtask model');
  const model = await Model.load(modelFile, { build: 'simd128' });
  t.after(() => model.close());
  const rendered = (input) => renderPrompt(sentiment, { query: input, shots: 0 });
  const positive = ['A warm and funny film.', 'The best two hours of my week.'].map(rendered);
  const negative = ['Dull from start to end.', 'A waste of time.'].map(rendered);
  const direction = await contrast(model, positive, negative, { layer: 22 });
  const prompt = rendered('I saw it on Monday.');
  const plain = await model.score(prompt, answers);
  assert.deepEqual(await steer(model, prompt, answers, direction, 0), plain);

  const last = (await model.tokenize(prompt)).length - 1;
  const add = Array.from(direction.row, (x) => 2 * x);
  for (const [from, position] of [
    ['last', last],
    [0, 0],
    [2, 2],
  ]) {
    const edits = [{ layer: 22, from: position, add }];
    assert.deepEqual(
      await steer(model, prompt, answers, direction, 2, { from }),
      await model.score(prompt, answers, { edits }),
    );
  }
  const lead = (scores) => scores[0].logprob - scores[1].logprob;
  const at = async (c) => lead(await steer(model, prompt, answers, direction, c));
  const leads = [await at(-4), lead(plain), await at(4)];
  assert.ok(leads[0] < leads[1] && leads[1] < leads[2], String(leads));
  assert.deepEqual(await model.score(prompt, answers), plain, 'nothing is left of it');
  await assert.rejects(steer(model, prompt, answers, { ...direction, layer: 31 }, 1), /layer/);
  await assert.rejects(steer(model, prompt, answers, direction, 1, { from: -1 }), /from/);
  const short = { layer: 22, row: direction.row.slice(1) };
  await assert.rejects(steer(model, prompt, answers, short, 1), /576 finite numbers/);
});

test('a control vector is read by another reader of GGUF, one layer lower, as llama.cpp counts', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'shotglass-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const directions = [
    { layer: 22, row: Float32Array.from({ length: 9 }, (_, i) => i / 3) },
    { layer: 2, row: Float32Array.from({ length: 9 }, (_, i) => -i) },
  ];
  const bytes = controlVectorGguf(directions, { modelHint: 'llama' });
  const file = join(folder, 'vector.gguf');
  writeFileSync(file, bytes);
  const info = await readGgufFileInfo(file, { logWarnings: false });
  assert.equal(info.version, 3);
  assert.equal(info.metadata.general.architecture, 'controlvector');
  assert.equal(info.metadata.controlvector.model_hint, 'llama');
  const tensors = new Map(info.tensorInfo.map((tensor) => [tensor.name, tensor]));
  assert.deepEqual([...tensors.keys()].sort(), ['direction.1', 'direction.21']);
  const written = readFileSync(file);
  for (const { layer, row } of directions) {
    const { dimensions, ggmlType, offset } = tensors.get(`direction.${layer - 1}`);
    assert.deepEqual([dimensions.map(Number), ggmlType], [[9], 0]);
    assert.equal(Number(offset) % 32, 0);
    const start = info.infoEndOffset + Number(offset);
    assert.equal(start % 32, 0);
    const read = Array.from(row, (_, i) => written.readFloatLE(start + 4 * i));
    assert.deepEqual(Float32Array.from(read), row);
  }
  assert.deepEqual(directions[0].layer, 22, 'the argument is not sorted');
});

test('directions that no control vector can hold are refused', () => {
  const row = Float32Array.of(1, 2);
  const refused = (directions, message) =>
    assert.throws(() => controlVectorGguf(directions), { code: 'invalid-option', message });
  refused([], /^directions must be a non-empty array/);
  refused([{ layer: 1, row }], /^directions\[0\]\.layer must be an integer of at least 2/);
  refused([{ layer: 2, row: [] }], /^directions\[0\]\.row/);
  refused([{ layer: 2, row: [1, Number.NaN] }], /finite/);
  refused(
    [
      { layer: 2, row },
      { layer: 3, row: [1] },
    ],
    /^directions\[1\]\.row must be an array of 2/,
  );
  refused(
    [
      { layer: 2, row },
      { layer: 2, row },
    ],
    /distinct layers/,
  );
  assert.throws(() => controlVectorGguf([{ layer: 2, row }], { hint: 'x' }), /hint/i);
});
