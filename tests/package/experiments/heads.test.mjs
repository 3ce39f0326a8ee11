import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Model } from 'shotglass';
import { headPatterns, heads, headTargets } from 'shotglass/experiments';
import { mustExist, tinyFolder } from '../../support/files.mjs';
import { loadFake } from '../fake.mjs';
import { near, resultOf, stepsOf } from './fake.mjs';

/** A model of one layer whose heads attend as `weightsOf[head](position)` says. */
const attending = (...weightsOf) => ({
  async attention(text, { position }) {
    const weights = weightsOf.flatMap((of) => of(position));
    assert.equal(weights.length, weightsOf.length * (position + 1));
    const tokens = [...text].map((c) => ({ id: c.codePointAt(0), text: c }));
    return { tokens, position, layers: 1, heads: weightsOf.length, weights };
  },
});

test('the targets of each pattern, by hand', () => {
  // x a b c a b a a
  const ids = [9, 1, 2, 3, 1, 2, 1, 1];
  const none = { previous: [], same: [], induction: [] };
  assert.deepEqual(headTargets(ids, 0), none);
  assert.deepEqual(headTargets(ids, 1), none, 'the first token is never a target');
  assert.deepEqual(headTargets(ids, 2), { previous: [1], same: [], induction: [] });
  assert.deepEqual(headTargets(ids, 4), { previous: [3], same: [1], induction: [2] });
  assert.deepEqual(headTargets(ids, 5), { previous: [4], same: [2], induction: [3] });
  assert.deepEqual(headTargets(ids, 6), { previous: [5], same: [1, 4], induction: [2, 5] });
  // What followed the token before it is the token itself: that is no target.
  assert.deepEqual(headTargets(ids, 7), { previous: [6], same: [1, 4, 6], induction: [2, 5] });
  assert.deepEqual(headTargets([1, 2, 1], 2), { previous: [1], same: [], induction: [1] });
});

test('the scores, by hand', async () => {
  // Tokens x a b a: of the last, the targets are b (previous), a (same) and b (induction).
  const rows = [
    [[1], [0.5, 0.5], [0.25, 0.5, 0.25], [0.1, 0.2, 0.3, 0.4]],
    [[1], [0, 1], [0, 0.25, 0.75], [0, 0.625, 0.25, 0.125]],
  ];
  const model = attending(...rows.map((row) => (position) => row[position]));
  const result = await resultOf(heads(model, 'xaba'));
  assert.deepEqual([result.layers, result.heads, result.tokens.length], [1, 2, 4]);
  const { previous, same, induction } = result;
  assert.deepEqual([previous.count, same.count, induction.count], [2, 1, 1]);
  const scores = [previous, same, induction].map(({ scores }) => [...scores]);
  const expected = [
    [(0.5 + 0.3) / 2, (0.25 + 0.25) / 2],
    [0.2, 0.625],
    [0.3, 0.25],
  ];
  scores.flat().forEach((score, i) => {
    near(score, expected.flat()[i], 1e-7);
  });
  near(previous.chance, (1 / 3 + 1 / 4) / 2);
  near(same.chance, 1 / 4);
});

test('a head that attends to all alike scores what chance gives', async () => {
  const uniform = attending((position) => Array(position + 1).fill(1 / (position + 1)));
  const result = await resultOf(heads(uniform, 'to be or not to be'));
  for (const pattern of headPatterns) {
    const { count, scores, chance } = result[pattern];
    assert.ok(count > 0, pattern);
    near(scores[0], chance, 1e-6);
  }
});

test('without repetitions there is nothing to say of two patterns', async () => {
  const uniform = attending((position) => Array(position + 1).fill(1 / (position + 1)));
  const steps = await stepsOf(heads(uniform, 'abc'));
  assert.deepEqual(
    steps.map(({ done, total }) => [done, total]),
    [1, 2, 3].map((done) => [done, 3]),
  );
  const { same, induction, previous } = steps.at(-1).result;
  for (const score of [same, induction]) {
    assert.deepEqual(score, { count: 0, scores: null, chance: null });
  }
  assert.equal(previous.count, 1);
  assert.equal(steps[1].result.previous.count, 0, 'an earlier step stays as it was');
});

test('of a model, they are what its attention says, added up in another way', async (t) => {
  mustExist(tinyFolder, 'cargo test --release');
  const model = await Model.load(readFileSync(join(tinyFolder, 'default.gguf')));
  t.after(() => model.close());
  const text = 'the cat sat on the mat, the cat sat';
  const result = await resultOf(heads(model, text));
  const tokens = (await model.tokenize(text)).map(({ id }) => id);
  const n = tokens.length;
  const rows = [];
  for (let position = 0; position < n; position++) {
    rows.push(await model.attention(text, { position }));
  }
  const isTarget = {
    previous: (t, s) => s === t - 1,
    same: (t, s) => tokens[s] === tokens[t],
    induction: (t, s) => tokens[s - 1] === tokens[t],
  };
  for (const pattern of headPatterns) {
    for (let head = 0; head < result.layers * result.heads; head++) {
      const shares = [];
      for (let t = 0; t < n; t++) {
        let [share, any] = [0, false];
        for (let s = 1; s < t; s++) {
          if (!isTarget[pattern](t, s)) continue;
          share += rows[t].weights[head * (t + 1) + s];
          any = true;
        }
        if (any) shares.push(share);
      }
      const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
      near(result[pattern].scores[head], mean, 1e-6);
    }
  }
});

test('what cannot be read is refused, and an abort stops it', async (t) => {
  const fake = await loadFake(t);
  await assert.rejects(resultOf(heads(fake, 7)), { code: 'invalid-option' });
  await assert.rejects(resultOf(heads(fake, 'ab', { topK: 1 })), {
    message: /Unknown option topK/,
  });
  await assert.rejects(resultOf(heads(fake, '')), { code: 'empty-prompt' });
  const controller = new AbortController();
  const steps = heads(fake, 'abcabc', { signal: controller.signal });
  await steps.next();
  controller.abort();
  await assert.rejects(steps.next(), { code: 'aborted' });
  const left = heads(fake, 'abcabc');
  await left.next();
  fake.close();
  await assert.rejects(left.next(), { code: 'closed' });
});
