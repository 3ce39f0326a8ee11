// Parts of the page that come later: what happens where one does not come.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';

const { chunk, isStuck, NotFetched, onStuck } = await labModule('util/chunk.ts');

/** A part that fails so often, and then comes. */
function part(failures) {
  let calls = 0;
  const load = async () => {
    calls += 1;
    if (calls <= failures) throw new TypeError('Failed to fetch dynamically imported module');
    return { value: 7 };
  };
  return { fetched: chunk(load), calls: () => calls };
}

test('a part is tried again by whoever needs it next, and never by itself', async () => {
  const { fetched, calls } = part(1);
  await assert.rejects(fetched(), (error) => error instanceof NotFetched && !error.again);
  assert.equal(calls(), 1);
  assert.equal((await fetched()).value, 7);
  assert.equal(isStuck(), false);
});

test('those who need it at once share one try', async () => {
  const { fetched, calls } = part(1);
  const tries = await Promise.allSettled([fetched(), fetched(), fetched()]);
  assert.deepEqual(
    tries.map(({ reason }) => reason.again),
    [false, false, false],
  );
  assert.equal(calls(), 1);
});

test('what fails again makes the page offer to be opened anew, until it comes', async () => {
  const told = [];
  const silence = onStuck(() => told.push(isStuck()));
  const { fetched } = part(3);
  for (const again of [false, true, true]) {
    await assert.rejects(fetched(), (error) => error.again === again);
    assert.equal(isStuck(), again);
  }
  await fetched();
  silence();
  assert.deepEqual(told, [true, true, false]);
});

test('a part that never comes is one that could not be fetched', async () => {
  const fetched = chunk(() => new Promise(() => {}), 20);
  await assert.rejects(fetched(), (error) => error instanceof NotFetched);
});
