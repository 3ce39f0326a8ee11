import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';

const { save } = await labModule('ui/save.ts');

// The address was given back in the next task, and Safari and Firefox begin to read later than that.
test('the address of a saved file is there for as long as a browser may take to read it', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const revoked = [];
  const link = { click() {} };
  globalThis.document = { createElement: () => link };
  t.after(() => delete globalThis.document);
  t.mock.method(URL, 'revokeObjectURL', (address) => revoked.push(address));
  save('a.txt', new Blob(['text']));
  t.mock.timers.tick(30_000);
  assert.deepEqual(revoked, []);
  t.mock.timers.tick(30_000);
  assert.deepEqual(revoked, [link.href], 'and then it is given back');
});
