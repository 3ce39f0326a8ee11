// Work on several items at once, whose results come in order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inOrder } from '../../../pkg/dist/util/in-order.js';

const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const items = Array.from({ length: 9 }, (_, i) => i);

async function run(most) {
  const log = { now: 0, most: 0, begun: [], results: [] };
  const work = async (i) => {
    log.begun.push(i);
    log.most = Math.max(log.most, ++log.now);
    await after(i % 3 === 0 ? 12 : 2);
    log.now -= 1;
    return i * i;
  };
  for await (const result of inOrder(items, work, most)) {
    log.results.push(result);
    if (result === 0) assert.deepEqual(log.begun.slice(0, 1), [0]);
  }
  return log;
}

test('results come in the order of the items, and no more are under way than allowed', async () => {
  for (const most of [1, 3, 20]) {
    const { results, begun, ...log } = await run(most);
    assert.deepEqual(
      results,
      items.map((i) => i * i),
    );
    assert.deepEqual(begun, items);
    assert.equal(log.most, Math.min(most, items.length - 1));
  }
});

test('the first item is worked on alone, and with one at a time none begins before the last was taken', async () => {
  const begun = [];
  const work = async (i) => begun.push(i);
  const steps = inOrder(items, work, 4);
  const one = inOrder(items, work, 1);
  await one.next();
  assert.deepEqual(begun, [0]);
  await one.next();
  assert.deepEqual(begun, [0, 1]);
  begun.length = 0;
  await steps.next();
  assert.deepEqual(begun, [0, 1, 2, 3]);
});

test('a failure comes in its turn, and leaving the loop begins nothing more', async () => {
  const seen = [];
  const work = async (i) => {
    if (i === 3) throw new Error('three');
    return i;
  };
  await assert.rejects(async () => {
    for await (const result of inOrder(items, work, 9)) seen.push(result);
  }, /three/);
  assert.deepEqual(seen, [0, 1, 2]);
  let begun = 0;
  for await (const _ of inOrder(items, async () => begun++, 3)) break;
  assert.equal(begun, 3);
});
