// One table in two parts: a property over many tables.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdOut } from '../../../pkg/dist/experiments/evaluate/hold-out.js';
import { random } from '../../../pkg/dist/math/random.js';

const countsOf = (rows) => {
  const counts = new Map();
  for (const { output } of rows) counts.set(output, (counts.get(output) ?? 0) + 1);
  return counts;
};

/** A table of up to 60 rows, with labels of very different shares; some inputs come again where asked for. */
function tableOf(seed, repeats) {
  const { integer } = random(seed);
  const length = integer(60);
  return Array.from({ length }, (_, i) => ({
    input: repeats ? `${' '.repeat(integer(2))}input ${integer(40)}` : `input ${i}`,
    output: ['a', 'a', 'a', 'b', 'b', 'c'][integer(6)],
  }));
}

test('each row is in one part, no input in both, and the parts are in the order of the table', () => {
  for (let seed = 0; seed < 300; seed++) {
    const rows = tableOf(seed, seed % 2 === 1);
    const count = random(seed + 1000).integer(rows.length + 1);
    for (const stratified of [true, false]) {
      const { train, test } = holdOut(rows, count, { seed, stratified });
      const isTested = new Set(test);
      assert.deepEqual(
        train,
        rows.filter((row) => !isTested.has(row)),
      );
      assert.deepEqual(
        test,
        rows.filter((row) => isTested.has(row)),
      );
      assert.ok(test.length <= count);
      const inputs = new Set(train.map(({ input }) => input.trim()));
      assert.ok(test.every(({ input }) => !inputs.has(input.trim())));
      if (seed % 2 === 0) assert.equal(test.length, count, 'distinct inputs always fit');
    }
  }
});

test('stratified, each output is held out by its share, within one row', () => {
  for (let seed = 0; seed < 300; seed++) {
    const rows = tableOf(seed, false);
    const count = random(seed + 2000).integer(rows.length + 1);
    const { test } = holdOut(rows, count, { seed });
    const [all, held] = [countsOf(rows), countsOf(test)];
    for (const [output, n] of all) {
      const share = (n * count) / rows.length;
      assert.ok(Math.abs((held.get(output) ?? 0) - share) <= 1, `${seed} ${output}`);
    }
  }
});

test('the same seed holds the same rows out, and another seed others', () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({ input: `${i}`, output: `${i % 2}` }));
  const inputs = (options) => holdOut(rows, 10, options).test.map(({ input }) => input);
  assert.deepEqual(inputs({ seed: 3 }), inputs({ seed: 3 }));
  assert.deepEqual(inputs({}), inputs({ seed: 0 }));
  assert.notDeepEqual(inputs({ seed: 3 }), inputs({ seed: 4 }));
});

test('what cannot be held out is refused', () => {
  const rows = [{ input: 'a', output: 'b' }];
  const refuses = (message, ...all) =>
    assert.throws(() => holdOut(...all), { code: 'invalid-option', message });
  refuses(/^count must be at most 1/, rows, 2);
  refuses(/^count/, rows, -1);
  refuses(/^rows/, 'rows', 1);
  refuses(/^seed/, rows, 1, { seed: 0.5 });
  refuses(/stratify/, rows, 1, { stratify: true });
});
