import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { ShotglassError } from 'shotglass';
import { labModule } from './module.mjs';

const { AnswerRun } = await labModule('answer-run.ts');

/** A model that takes `durationMs` for a prompt, and stops when it is told to. */
function fakeModel(durationMs, fails = null) {
  const asked = [];
  const aborted = [];
  return {
    asked,
    aborted,
    tokenize: async (text) => [{ id: 0, bytes: new Uint8Array(), text }],
    predict: async (text, { signal, onProgress }) => {
      asked.push(text);
      for (let done = 0; done < durationMs; done += 10) {
        await wait(10);
        onProgress({ tokensDone: done, tokensTotal: durationMs });
        if (signal.aborted) {
          aborted.push(text);
          throw new ShotglassError('aborted', 'The call was aborted.');
        }
      }
      if (fails) throw fails;
      return { candidates: [], rest: { count: 0, p: 1 }, entropy: 0, of: text };
    },
  };
}

async function settled(run) {
  while (run.answer.running) await wait(10);
  return run.answer;
}

test('a burst of edits is run once, with the last', async () => {
  const model = fakeModel(20);
  const run = new AnswerRun(() => {});
  for (const text of ['a', 'ab', 'abc']) {
    run.request(model, text, 10);
    await wait(20);
  }
  const answer = await settled(run);
  assert.deepEqual(model.asked, ['abc']);
  assert.equal(answer.predictionOf, 'abc');
});

test('an edit during a run aborts it, and the old answer stays until the new one comes', async () => {
  const model = fakeModel(400);
  const run = new AnswerRun(() => {});
  run.request(model, 'first', 10);
  await settled(run);
  run.request(model, 'second', 10);
  await wait(300);
  assert.equal(run.answer.predictionOf, 'first');
  run.request(model, 'third', 10);
  const answer = await settled(run);
  assert.deepEqual(model.aborted, ['second']);
  assert.equal(answer.predictionOf, 'third');
  assert.equal(answer.problem, null);
});

test('only a slow run shows its progress', async () => {
  const seen = [];
  const run = new AnswerRun(() => seen.push(run.answer.progress));
  run.request(fakeModel(100), 'quick', 10);
  await settled(run);
  assert.ok(seen.every((progress) => progress === null));
  run.request(fakeModel(600), 'slow', 10);
  await settled(run);
  assert.ok(seen.some((progress) => progress?.tokensTotal === 600));
  assert.equal(run.answer.progress, null, 'and not after its end');
});

test('asking the same again runs nothing; another number of rows does', async () => {
  const model = fakeModel(10);
  const run = new AnswerRun(() => {});
  run.request(model, 'same', 10);
  await settled(run);
  run.request(model, 'same', 10);
  assert.equal(run.answer.running, false);
  run.request(model, 'same', 20);
  await settled(run);
  assert.deepEqual(model.asked, ['same', 'same']);
});

test('an error becomes a sentence, and the next prompt clears it', async () => {
  const run = new AnswerRun(() => {});
  run.request(fakeModel(10, new ShotglassError('prompt-too-long', '…')), 'long', 10);
  const { problem } = await settled(run);
  assert.equal(problem.code, 'prompt-too-long');
  assert.match(problem.sentence, /fewer shots/);
  run.request(fakeModel(10), 'short', 10);
  assert.equal((await settled(run)).problem, null);
});
