import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';

const { latest } = await labModule('util/latest.ts');

test('the same arguments give the same object, and others another', () => {
  let made = 0;
  const pair = latest((a, b) => {
    made += 1;
    return [a, b];
  });
  const first = pair('a', 1);
  assert.equal(pair('a', 1), first);
  assert.equal(made, 1);
  assert.deepEqual(pair('a', 2), ['a', 2]);
  assert.deepEqual(pair('a', 1), ['a', 1]);
  assert.notEqual(pair('a', 1), first, 'only the last one is kept');
  assert.equal(made, 3);
});

test('what fails is not kept', () => {
  let fails = true;
  const once = latest((value) => {
    if (fails) throw new Error('no');
    return value;
  });
  assert.throws(() => once(1));
  fails = false;
  assert.equal(once(1), 1);
});
