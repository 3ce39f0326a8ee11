import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { ShotglassError } from 'shotglass';
import { labModule } from '../module.mjs';

const { Job } = await labModule('app/job.ts');
const { answer } = await labModule('app/answer.ts');

/** A model that takes `durationMs` for a prompt, and stops when it is told to. */
function fakeModel(durationMs, fails = null) {
  const asked = [];
  const aborted = [];
  return {
    asked,
    aborted,
    predict: async (text, { signal, onProgress }) => {
      asked.push(text);
      const promptTokens = [{ id: 0, bytes: new Uint8Array(), text }];
      onProgress({ tokensDone: 0, tokensTotal: durationMs, promptTokens });
      for (let done = 0; done < durationMs; done += 10) {
        await wait(10);
        onProgress({ tokensDone: done, tokensTotal: durationMs });
        if (signal.aborted) {
          aborted.push(text);
          throw new ShotglassError('aborted', 'The call was aborted.');
        }
      }
      if (fails) throw fails;
      return { candidates: [], rest: { count: 0, p: 1 }, entropy: 0, promptTokens, of: text };
    },
  };
}

const ask = (job, model, text, topK = 10) =>
  job.request(`${topK} ${text}`, text, answer(model, text, { topK, sampling: null }));

test('of a burst of edits the last is answered, and those before it are aborted', async () => {
  const model = fakeModel(200);
  const job = new Job(() => {});
  const ends = [];
  for (const text of ['a', 'ab', 'abc']) {
    ends.push(ask(job, model, text));
    await wait(20);
  }
  assert.deepEqual(await Promise.all(ends), [false, false, true]);
  assert.deepEqual(model.aborted, ['a', 'ab']);
  assert.equal(job.jobState.result.predictionOf, 'abc');
  assert.equal(job.jobState.result.origin, 'live');
});

test('the old answer stays, with the tokens of the new prompt, until the new one comes', async () => {
  const model = fakeModel(200);
  const job = new Job(() => {});
  await ask(job, model, 'first');
  const second = ask(job, model, 'second');
  await wait(50);
  assert.equal(job.jobState.result.predictionOf, 'first');
  assert.equal(job.jobState.result.tokensOf, 'second');
  assert.ok(job.jobState.running);
  await second;
  assert.equal(job.jobState.result.predictionOf, 'second');
  assert.equal(job.jobState.problem, null);
});

test('only a slow job shows its progress', async () => {
  const seen = [];
  const job = new Job(() => seen.push(job.jobState.progress));
  await ask(job, fakeModel(100), 'quick');
  assert.ok(seen.every((progress) => progress === null));
  await ask(job, fakeModel(600), 'slow');
  assert.ok(seen.some((progress) => progress?.total === 600));
  assert.equal(job.jobState.progress, null, 'and not after its end');
});

test('asking the same again runs nothing, and ends when the first does', async () => {
  const model = fakeModel(50);
  const job = new Job(() => {});
  const ends = [ask(job, model, 'same'), ask(job, model, 'same')];
  assert.deepEqual(await Promise.all(ends), [true, true]);
  assert.equal(await ask(job, model, 'same'), true);
  await ask(job, model, 'same', 20);
  assert.deepEqual(model.asked, ['same', 'same'], 'another number of candidates is not the same');
});

test('an error becomes a sentence, and the next prompt clears it', async () => {
  const job = new Job(() => {});
  const fails = fakeModel(10, new ShotglassError('prompt-too-long', '…'));
  assert.equal(await ask(job, fails, 'long'), false);
  assert.equal(job.jobState.problem.code, 'prompt-too-long');
  assert.match(job.jobState.problem.sentence, /fewer examples/);
  await ask(job, fakeModel(10), 'short');
  assert.equal(job.jobState.problem, null);
});

test('what was found before a stop is kept; after a reset there is nothing', async () => {
  const job = new Job(() => {});
  const ended = job.start('it', async function* ({ signal }) {
    for (let found = 1; ; found++) {
      yield found;
      await wait(10);
      assert.ok(found < 100 && (!signal.aborted || found > 0));
    }
  });
  await wait(50);
  job.stop();
  const { result, stopped, running } = job.jobState;
  assert.ok(result >= 1 && stopped && !running);
  assert.equal(await ended, false);
  assert.equal(job.jobState.result, result, 'nothing comes after the stop');
  job.reset();
  assert.equal(job.jobState.result, null);
});

// A key was remembered although its work had failed: asking again gave nothing until something else was asked.
test('what has failed is run again by the next request, and its problem stays until that has ended', async () => {
  const problems = [];
  const job = new Job(() => problems.push(job.jobState.problem?.code ?? null));
  const fails = fakeModel(10, new ShotglassError('out-of-memory', '…'));
  assert.equal(await ask(job, fails, 'same'), false);
  problems.length = 0;
  assert.equal(await ask(job, fails, 'same'), false);
  assert.equal(fails.asked.length, 2);
  assert.deepEqual([...new Set(problems)], ['out-of-memory'], 'no flicker');
  const works = fakeModel(10);
  assert.equal(await ask(job, works, 'same'), true);
  assert.equal(job.jobState.problem, null);
  assert.equal(job.jobState.result.predictionOf, 'same');
});

test('what its model broke off, by being closed, is run again', async () => {
  const job = new Job(() => {});
  await ask(job, fakeModel(10, new ShotglassError('closed', '…')), 'same');
  assert.equal(job.jobState.problem, null);
  assert.equal(await ask(job, fakeModel(10), 'same'), true);
});

// Whoever follows the page asks with every change, and a failure is a change.
test('a failure that is followed does not ask itself again', async () => {
  const fails = fakeModel(10, new ShotglassError('out-of-memory', '…'));
  const follow = () => job.follow('key', 'same', answer(fails, 'same', 10));
  const job = new Job(() => void follow());
  await follow();
  await wait(100);
  assert.equal(fails.asked.length, 1);
  assert.equal(job.jobState.problem.code, 'out-of-memory', 'and stays in view');
  // A request runs it once more, and then it is quiet again.
  await job.request('key', 'same', answer(fails, 'same', 10));
  await wait(100);
  assert.equal(fails.asked.length, 2);
});
