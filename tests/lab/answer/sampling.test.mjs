// Whether the effect of sampling is shown over the bars.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';

const { isShaped, shapeOf } = await labModule('answer/tokens/sampling.ts');

const plain = { temperature: 1, topK: 0, topP: 1, minP: 0 };

test('it is shown where the reader has asked for it, and changes something', () => {
  assert.equal(isShaped(plain), false);
  assert.equal(isShaped({ ...plain, temperature: 0.7 }), false, 'the page opens with that');
  for (const change of [{ temperature: 0.5 }, { topK: 3 }, { topP: 0.9 }, { minP: 0.1 }]) {
    assert.equal(isShaped({ ...plain, ...change }), true, JSON.stringify(change));
  }
});

test('the model is asked for the four settings and nothing else', () => {
  assert.equal(shapeOf({ ...plain, seed: 3 }), null);
  assert.deepEqual(shapeOf({ ...plain, topK: 3, seed: 3 }), { ...plain, topK: 3 });
});
