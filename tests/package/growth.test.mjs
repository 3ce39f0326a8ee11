// Twice the input is twice the work, and not four times: counted, since time says little on a busy machine.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate } from 'shotglass/experiments';
import { growth } from '../support/counted-work.mjs';
import { fakeModel, resultOf, withDemonstrations } from './experiments-fake.mjs';

const isLinear = (ratio) => assert.ok(ratio < 2.5, `twice the input is ${ratio} times the work`);

const rowsOf = (n) =>
  Array.from({ length: n }, (_, i) => ({
    input: `row ${i}`,
    output: i % 3 === 0 ? 'Negative' : 'Positive',
  }));

// Every step sorted and summed up all rows before it: 3,200 rows took the page's thread for 42 s.
for (const comparison of [null, 'batch']) {
  test(`evaluate takes each row once (compared with ${comparison ?? 'nothing'})`, async () => {
    const task = withDemonstrations(8);
    const options = { shots: [0, 2], comparison };
    const run = (n) => resultOf(evaluate(fakeModel(), task, rowsOf(n), options));
    isLinear(await growth(100, run));
  });
}
