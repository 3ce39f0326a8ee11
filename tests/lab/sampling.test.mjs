// What sampling draws from, computed for the overlay over the bars: the same as the engine draws.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model } from 'shotglass';
import { modelFile, mustExist } from '../support/files.mjs';
import { labModule } from './module.mjs';

const { isShaped, shaped } = await labModule('answer/tokens/sampling.ts');

const plain = { temperature: 1, topK: 0, topP: 1, minP: 0 };
const logs = (...ps) => Float32Array.from(ps, (p) => Math.log(p));
const close = (a, b) => assert.ok(Math.abs(a - b) < 1e-6, `${a}, not ${b}`);
const all = (logprobs, shape) => {
  const { count, p } = shaped(logprobs, { ...plain, ...shape });
  const ps = Array.from(logprobs, (_, id) => p(id));
  close(
    ps.reduce((a, b) => a + b, 0),
    1,
  );
  assert.equal(ps.filter((one) => one > 0).length, count);
  return ps;
};

test('each setting leaves what it says', () => {
  const some = logs(0.1, 0.5, 0.15, 0.25);
  all(some, {}).forEach((p, id) => {
    close(p, Math.exp(some[id]));
  });
  const squared = [0.01, 0.25, 0.0225, 0.0625];
  const sum = squared.reduce((a, b) => a + b);
  all(some, { temperature: 0.5 }).forEach((p, id) => {
    close(p, squared[id] / sum);
  });
  assert.deepEqual(all(some, { temperature: 0 }), [0, 1, 0, 0]);
  all(some, { topK: 2 }).forEach((p, id) => {
    close(p, [0, 2 / 3, 0, 1 / 3][id]);
  });
  all(some, { topP: 0.8 }).forEach((p, id) => {
    close(p, [0, 0.5, 0.15, 0.25][id] / 0.9);
  });
  all(some, { minP: 0.25 }).forEach((p, id) => {
    close(p, [0, 0.5, 0.15, 0.25][id] / 0.9);
  });
  assert.equal(all(some, { topK: 99 }).length, 4);
});

test('of tokens that are as probable as each other the first are left', () => {
  const tied = logs(0.2, 0.2, 0.2, 0.4);
  assert.deepEqual(
    all(tied, { topK: 3 }).map((p) => p > 0),
    [true, true, false, true],
  );
});

test('it is shown where the reader has asked for it, and changes something', () => {
  assert.equal(isShaped(plain), false);
  assert.equal(isShaped({ ...plain, temperature: 0.7 }), false, 'the page opens with that');
  for (const change of [{ temperature: 0.5 }, { topK: 3 }, { topP: 0.9 }, { minP: 0.1 }]) {
    assert.equal(isShaped({ ...plain, ...change }), true, JSON.stringify(change));
  }
});

test('the engine draws the same', async () => {
  mustExist(modelFile, 'cargo xtask model');
  const model = await Model.load(modelFile, { activationBits: 16 });
  const prompt = 'Once upon a time there was a';
  const logprobs = await model.logprobs(prompt);
  for (const shape of [
    { temperature: 0.8, topK: 40, topP: 0.7, minP: 0.02 },
    { temperature: 1.6, topK: 0, topP: 1, minP: 0.1 },
    { temperature: 1, topK: 3, topP: 1, minP: 0 },
  ]) {
    const { count, p } = shaped(logprobs, shape);
    const drawn = new Map();
    const draws = 200;
    for (let seed = 0; seed < draws; seed++) {
      for await (const { id } of model.generate(prompt, { ...shape, seed, maxTokens: 1 })) {
        drawn.set(id, (drawn.get(id) ?? 0) + 1);
      }
    }
    assert.ok(drawn.size > 1 && drawn.size <= count, `${drawn.size} of ${count}`);
    for (const [id, times] of drawn) {
      assert.ok(p(id) > 0, `${id} is drawn`);
      // Four standard errors; the seeds are the same in every run.
      const error = 4 * Math.sqrt((p(id) * (1 - p(id))) / draws);
      assert.ok(Math.abs(times / draws - p(id)) < error + 0.01, `${id}: ${times}, ${p(id)}`);
    }
  }
  model.close();
});
