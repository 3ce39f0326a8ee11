// Which of several rates is the best, with a model whose losses a test decides.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ShotglassError } from 'shotglass';
import { findLearningRate } from 'shotglass/transfer';
import { pastTense as task } from '../past-tense.mjs';

/** The result after rates with these losses; null is one that diverges. */
async function bestOf(losses) {
  const rates = [1e-4, 1e-3, 1e-1].slice(0, losses.length);
  const model = {
    train: (_, { learningRate }) => ({
      close: async () => {},
      async *[Symbol.asyncIterator]() {
        const loss = losses[rates.indexOf(learningRate)];
        if (loss === null) throw new ShotglassError('diverged', 'No number.');
        yield { loss };
      },
    }),
  };
  let last;
  for await (const { result } of findLearningRate(model, task, task.demonstrations, { rates })) {
    last = result;
  }
  return last.best;
}

test('the best rate is that of the lowest loss, and one that diverged is none', async () => {
  assert.equal(await bestOf([2, 0.5, null]), 1e-3);
  assert.equal(await bestOf([null]), null);
});
