// A generation gives its turn to other calls between its tokens.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collect, loadFake } from '../fake.mjs';

const endless = (beginning) => `${beginning}~>`;
const text = (steps) => steps.map(({ textDelta }) => textDelta).join('');

/** Everything it gives, and how many of its steps had come whenever something else was over. */
async function watched(steps, others) {
  const all = [];
  const seen = others.map((other) => other.then(() => all.length));
  for await (const step of steps) all.push(step);
  return { all, seen: await Promise.all(seen) };
}

test('calls are answered while a long text is generated, which stays the same', async (t) => {
  const model = await loadFake(t);
  const options = { maxTokens: 150 };
  const alone = await collect(model.generate(endless('a'), options));
  const steps = model.generate(endless('a'), options);
  const first = await steps.next();
  const { all, seen } = await watched(steps, [
    model.predict('another'),
    model.tokenize('b'),
    model.score('con', ['text']),
  ]);
  assert.deepEqual([first.value, ...all], alone);
  assert.ok(Math.max(...seen) < 100, `they were answered after ${seen} of 150 tokens`);
  assert.ok(seen[0] <= seen[1] && seen[1] <= seen[2], 'in order');
});

test('two generations go on side by side, each to its own end', async (t) => {
  const model = await loadFake(t);
  const options = { maxTokens: 100 };
  const order = [];
  const generate = async (name) => {
    const steps = [];
    for await (const step of model.generate(endless(name), options)) {
      order.push(name);
      steps.push(step);
    }
    return steps;
  };
  const [one, other] = await Promise.all([generate('a'), generate('bb')]);
  assert.equal(text(one), text(other));
  assert.deepEqual([one.length, other.length], [100, 100]);
  const half = order.slice(0, 100).filter((name) => name === 'a').length;
  assert.ok(half > 20 && half < 80, `${half} of the first 100 tokens are of one`);
});

test('one that waits for its turn can be aborted and left', async (t) => {
  const model = await loadFake(t);
  const controller = new AbortController();
  const { signal } = controller;
  const aborted = collect(model.generate(endless('a'), { maxTokens: 150, signal }));
  const left = model.generate(endless('b'), { maxTokens: 150 });
  const kept = model.generate(endless('c'), { maxTokens: 100 });
  await Promise.all([left.next(), kept.next()]);
  controller.abort();
  await assert.rejects(aborted, { code: 'aborted' });
  await left.return();
  assert.equal((await collect(kept)).length, 99);
  assert.equal((await model.predict('q')).tokens, 1);
});
