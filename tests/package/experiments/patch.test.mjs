import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { Model } from 'shotglass';
import { patch, planPatch } from 'shotglass/experiments';
import { mustExist, tinyFolder } from '../../support/files.mjs';
import { loadFake } from '../fake.mjs';
import { resultOf, stepsOf } from './fake.mjs';

const from = 'good: yes\nbad: no\nfine:';
const into = 'good: no\nbad: yes\nfine:';
const answer = ' yes';
let model;

before(async () => {
  mustExist(tinyFolder, 'cargo test --release');
  model = await Model.load(readFileSync(join(tinyFolder, 'default.gguf')), { build: 'simd128' });
});
test.after(() => model.close());

const ids = (n, changed = {}) => Array.from({ length: n }, (_, i) => changed[i] ?? i);
/** Prompts of `n` tokens that differ in some of them. */
const sizeOf = (layers, n, ...differing) => ({
  layers,
  from: ids(n, Object.fromEntries(differing.map((i) => [i, -1]))),
  into: ids(n),
});
const plan = (size, options = {}) => planPatch(size, { answer, ...options });
const count = (n) => Array.from({ length: n }, (_, i) => i);

test('a small grid has every layer and every token from the first that differs', () => {
  const { layers, columns, places, offset, firstDifference } = plan(sizeOf(3, 6, 2));
  assert.deepEqual([layers, offset, firstDifference], [[0, 1, 2, 3], 0, 2]);
  assert.deepEqual(
    columns,
    [2, 3, 4, 5].map((position) => ({ position, width: 1 })),
  );
  assert.equal(places.length, 16, 'there is no overview of so few');
});

test('what is planned fits into the budget: first layers are left out, then tokens are joined', () => {
  const size = sizeOf(30, 60, 8, 9, 30);
  const costOf = ({ layer, position }) => 1 + (1 - layer / 30) * (60 - position);
  let last = Number.POSITIVE_INFINITY;
  for (const budget of [1e6, 20_000, 9000, 6000, 4000, 2500, 2000, 1500, 1200]) {
    const { layers, columns, places, cost } = plan(size, { budget });
    assert.ok(cost <= budget, `${cost} of ${budget}`);
    const sum = places.reduce((all, place) => all + costOf(place), 0);
    assert.ok(Math.abs(sum - cost) < 1e-6);
    assert.deepEqual(
      columns.flatMap(({ position, width }) => count(width).map((i) => position + i)),
      count(52).map((i) => i + 8),
      'no token is lost',
    );
    assert.ok(layers.includes(0) && layers.includes(30));
    const cells = layers.length * columns.length;
    assert.ok(cells <= last);
    last = cells;
    if (columns.length < 52) assert.equal(layers.length, 7);
  }
  const { layers, columns } = plan(size, { budget: 1 });
  assert.equal(layers.length, 7);
  assert.deepEqual(
    columns.map(({ position, width }) => [position, width]),
    [
      [8, 2],
      [10, 20],
      [30, 1],
      [31, 28],
      [59, 1],
    ],
    'what differs stays apart from what does not, and the last token alone',
  );
});

test('an overview comes first, then each cell once, from coarse layers to fine ones', () => {
  // 52 tokens: 7 in each column of the overview, and 3 in the last. With 50 one is left for it.
  for (const n of [60, 58]) {
    const { places } = plan(sizeOf(30, n, 8), { budget: 1e6 });
    const keys = places.map((place) => JSON.stringify(place));
    assert.equal(new Set(keys).size, keys.length, 'nothing is run twice');
  }
  const { layers, columns, places } = plan(sizeOf(30, 60, 8), { budget: 1e6 });
  const wide = places.filter(({ width }) => width > 1);
  assert.deepEqual(places.slice(0, wide.length), wide);
  assert.deepEqual([...new Set(wide.map(({ layer }) => layer))], [0, 8, 16, 24]);
  assert.ok(wide.length <= 32);
  const rest = places.slice(wide.length);
  const keys = new Set(rest.map(({ layer, position }) => `${layer} ${position}`));
  assert.equal(keys.size, rest.length);
  assert.equal(rest.length, layers.length * columns.length);
  assert.deepEqual(
    [...new Set(rest.map(({ layer }) => layer))].slice(0, 10),
    [0, 8, 16, 24, 4, 12, 20, 28, 2, 6],
  );
});

test('prompts of different lengths are matched from the end', () => {
  // The first has two tokens more: the second token differs.
  const longer = { layers: 2, from: [1, 7, 8, 2, 3, 4], into: [1, 2, 3, 4] };
  const a = plan(longer);
  assert.deepEqual([a.offset, a.firstDifference, a.columns[0].position], [2, 1, 1]);
  // The second has more: its first three tokens have no counterpart.
  const shorter = { layers: 2, from: [5, 3, 4], into: [1, 7, 8, 2, 3, 4] };
  const b = plan(shorter);
  assert.deepEqual([b.offset, b.firstDifference, b.columns[0].position], [-3, 0, 3]);
  assert.throws(() => plan(shorter, { columns: [{ position: 2, width: 1 }] }), {
    code: 'invalid-option',
    message: /^columns must be a non-empty array of columns of tokens from 3 to 5/,
  });
  // One is the beginning of the other: the last token is always matched.
  assert.deepEqual(
    plan({ layers: 2, from: [1, 2, 3], into: [1, 2] }).columns.map(({ position }) => position),
    [1],
  );
});

test('every cell is what a run with that edit gives, found in another way', async () => {
  const { tokens } = await model.states(into, { layers: [0] });
  const columns = count(tokens.length).map((position) => ({ position, width: 1 }));
  const options = { answer, columns };
  const result = await resultOf(patch(model, from, into, options));
  assert.equal(result.cells.length, 3 * tokens.length, 'only the cells of the grid are left');
  const { id } = result.token;
  const other = await model.states(from, { positions: 'all' });
  assert.equal(other.tokens.length, tokens.length);
  const logprob = async (edits) =>
    (await model.predict(into, { edits, logprobs: true })).logprobs[id];
  const own = await logprob([]);
  for (const cell of result.cells) {
    const start = (cell.layer * tokens.length + cell.position) * other.size;
    const replace = other.rows.slice(start, start + other.size);
    assert.equal(
      cell.logprob,
      await logprob([{ ...cell, replace }].map(editOf)),
      JSON.stringify(cell),
    );
    const difference = result.from.logprob - own;
    assert.equal(cell.share, (cell.logprob - own) / difference);
  }
  const before = result.cells.filter(({ position }) => position < result.plan.firstDifference);
  assert.ok(before.length > 0);
  for (const cell of before)
    assert.deepEqual([cell.logprob, cell.share], [own, 0], 'nothing is patched');
  assert.ok(result.cells.some(({ share }) => share !== 0));
});

test('of prompts of different lengths, the states come from the token as far from the end', async () => {
  for (const other of ['yes! fine:', 'good: no\nbad: yes\nbad: no\nbad: yes\nfine:']) {
    const { cells, plan, token, into: own } = await resultOf(patch(model, other, into, { answer }));
    const { rows, positions, size } = await model.states(other, { positions: 'all' });
    const offset = positions.length - own.tokens.length;
    assert.notEqual(offset, 0);
    assert.equal(plan.offset, offset);
    assert.ok(cells.length > 0);
    for (const { layer, position, width, logprob } of cells) {
      assert.equal(width, 1);
      const start = (layer * positions.length + position + offset) * size;
      const edits = [{ layer, position, replace: rows.slice(start, start + size) }];
      assert.equal(logprob, (await model.logprobs(into, { edits }))[token.id]);
    }
  }
});

const editOf = ({ layer, position, replace }) => ({ layer, position, replace });

test('everything patched is the other run, bit for bit', async () => {
  const { length } = await model.tokenize(into);
  const columns = [{ position: 0, width: length }];
  const result = await resultOf(patch(model, from, into, { answer, columns }));
  const [theirs] = await model.score(from, [answer]);
  const [own] = await model.score(into, [answer]);
  assert.notEqual(theirs.tokens[0].logprob, own.tokens[0].logprob);
  assert.deepEqual(
    result.cells.map(({ layer, logprob, share }) => [layer, logprob, share]),
    [0, 1, 2].map((layer) => [layer, theirs.tokens[0].logprob, 1]),
  );
  assert.deepEqual(
    [result.from.logprob, result.into.logprob],
    [theirs.tokens[0].logprob, own.tokens[0].logprob],
  );
  assert.equal((await model.logprobs(into))[result.token.id], own.tokens[0].logprob);
});

test('there is a step for each patch, and the overview gives way to what is finer', async () => {
  const long = (word) => `${word} ${'la '.repeat(20)}end`;
  const steps = await stepsOf(patch(model, long('good'), long('bad'), { answer }));
  const { places, columns, layers } = steps[0].result.plan;
  assert.equal(steps.length, places.length);
  assert.deepEqual(
    steps.map(({ done, total }) => [done, total]),
    places.map((_, i) => [i + 1, places.length]),
  );
  const covered = (cells) =>
    cells.flatMap(({ layer, position, width }) =>
      count(width).map((i) => `${layer} ${position + i}`),
    );
  assert.equal(steps[0].result.cells.length, 1, 'an earlier step stays as it was');
  assert.ok(steps[0].result.cells[0].width > 1);
  const { cells } = steps.at(-1).result;
  assert.equal(new Set(covered(cells)).size, covered(cells).length, 'no place is there twice');
  assert.equal(cells.length, layers.length * columns.length);
});

test('a space at the end of a prompt belongs to the answer', async () => {
  const options = { answer, budget: 50 };
  const plain = await resultOf(patch(model, from, into, options));
  const spaced = await resultOf(
    patch(model, `${from} `, `${into} `, { ...options, answer: 'yes' }),
  );
  assert.deepEqual(spaced.cells, plain.cells);
});

test('an equally probable answer has no share', async () => {
  const flat = {
    score: async () => [{ tokens: [{ id: 1, logprob: -1 }] }],
    states: async (text, { layers = [0, 1], positions = [1] }) => ({
      tokens: [...text].map((c) => ({ id: c.codePointAt(0) })),
      layers,
      positions,
      size: 1,
      rows: new Float32Array(layers.length * positions.length),
    }),
    logprobs: async () => [-3, -2],
  };
  const { cells } = await resultOf(patch(flat, 'ab', 'cb', { answer }));
  assert.deepEqual(
    cells.map(({ logprob, share }) => [logprob, share]),
    count(4).map(() => [-2, null]),
  );
});

test('what cannot be patched is refused', async (t) => {
  const refused = (options, message, texts = [from, into]) =>
    assert.rejects(resultOf(patch(model, ...texts, { answer, ...options })), {
      code: 'invalid-option',
      message,
    });
  await refused({}, /^into must be a prompt whose tokens are not those of from/, [from, from]);
  await refused({ answer: '' }, /^answer must be a text that is not empty/);
  await refused({ answer: undefined }, /^answer must be a string/);
  await refused({ layers: [3] }, /^layers must be .* from 0 to 2/);
  await refused({ layers: [] }, /^layers must be a non-empty array/);
  for (const columns of [
    7,
    [],
    [null],
    [{ position: 300, width: 1 }],
    [{ position: 0, width: 300 }],
    [{ position: 0.5, width: 1 }],
    [{ position: 1, width: 0 }],
    [{ position: -1, width: 1 }],
  ]) {
    await refused({ columns }, /^columns must be/);
  }
  await refused({ budget: 0 }, /^budget must be an integer of at least 1/);
  await refused({ layer: 1 }, /^Unknown option layer\. Did you mean layers/);
  await refused({}, /^from must be a string/, [7, into]);
  await assert.rejects(resultOf(patch(model, from, '', { answer })), { code: 'empty-prompt' });
  await assert.rejects(resultOf(patch(model, 'ab '.repeat(300), into, { answer })), {
    code: 'prompt-too-long',
  });

  const controller = new AbortController();
  const steps = patch(model, from, into, { answer, signal: controller.signal });
  assert.equal((await steps.next()).value.done, 1);
  controller.abort();
  await assert.rejects(steps.next(), { code: 'aborted' });

  const fake = await loadFake(t);
  const left = patch(fake, 'abcd', 'abxd', { answer: 'e' });
  await left.next();
  fake.close();
  await assert.rejects(left.next(), { code: 'closed' });
});
