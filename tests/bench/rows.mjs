// Rows a second of an evaluation, one call after the other and together:
//
//     node --experimental-wasm-relaxed-simd --no-liftoff tests/bench/rows.mjs [BUILD] [--rounds 5]
//
// 120 rows of two words behind eight demonstrations, with two labels, are evaluated on the default model at 16 bits, with
// one thread and with two. In turns, a call waits for the one before, as it would without batches, or not; the results are
// compared. It prints medians, and the tokens that a row takes behind the demonstrations.

import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import { Model } from 'shotglass';
import { evaluate } from 'shotglass/experiments';
import { presets } from 'shotglass/presets';
import { modelFile, mustExist } from '../support/files.mjs';
import { lastOf } from './last.mjs';

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '5' } },
  allowPositionals: true,
});
const [build] = positionals;
mustExist(modelFile, 'cargo xtask model');

const good = [
  'lovely',
  'funny',
  'great',
  'warm',
  'clever',
  'fresh',
  'gentle',
  'bright',
  'rich',
  'sweet',
];
const bad = ['boring', 'dull', 'weak', 'flat', 'cold', 'empty', 'silly', 'slow', 'awful', 'poor'];
const things = ['film', 'story', 'song', 'book', 'play', 'show'];
const { task } = presets.find(({ id }) => id === 'sentiment');
const [positive, negative] = ['Positive', 'Negative'];
const rows = things.flatMap((thing) => [
  ...good.map((word) => ({ input: `${word} ${thing}`, output: positive })),
  ...bad.map((word) => ({ input: `${word} ${thing}`, output: negative })),
]);
const options = { shots: [Math.min(8, task.demonstrations.length)] };

const median = (all) => all.toSorted((a, b) => a - b)[all.length >> 1];

/** Rows a second, and what was found. */
async function measured(model) {
  const start = performance.now();
  const { cells, tokensRun } = await lastOf(evaluate(model, task, rows, options));
  const seconds = (performance.now() - start) / 1000;
  return { rate: rows.length / seconds, found: cells.map(({ rows }) => rows), tokensRun };
}

for (const threads of [1, 2]) {
  const model = await Model.load(modelFile, {
    activationBits: 16,
    threads,
    ...(build && { build }),
  });
  const alone = { score: model.score.bind(model) };
  const rates = { alone: [], together: [] };
  let tokens = 0;
  for (let round = 0; round < Number(values.rounds); round++) {
    const one = await measured(alone);
    const all = await measured(model);
    assert.deepEqual(
      all.found.map((cell) => cell.map(({ classification }) => classification)),
      one.found.map((cell) => cell.map(({ classification }) => classification)),
    );
    rates.alone.push(one.rate);
    rates.together.push(all.rate);
    tokens = all.tokensRun / rows.length;
  }
  const [a, b] = [median(rates.alone), median(rates.together)];
  console.log(
    `${model.info.build}, ${model.info.threads} threads: ${a.toFixed(1)} rows a second one by one, ${b.toFixed(1)} together (${(b / a).toFixed(2)} times), ${tokens.toFixed(1)} tokens a row`,
  );
  await model.close();
}
