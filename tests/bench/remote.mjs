// An evaluation on a server beside the same one here: node tests/bench/remote.mjs [ROWS]
//
// 500 reviews, if no number is given, with 0, 1 and 4 demonstrations of the preset *sentiment*, are evaluated through
// `Model.connect` on vLLM, which has the same weights in 32 bits and runs on the same processor, and then on the model
// loaded in Node at 16 bits. The reviews are those of the preset and of `ways/`, and for the rest are made from lists of words
// (`tests/recipes/tasks.mjs`), all of them different. vLLM is installed if it is not there, which takes some minutes.

import { loadavg } from 'node:os';
import { Model } from 'shotglass';
import { evaluate } from 'shotglass/experiments';
import { presets } from 'shotglass/presets';
import { compared, largestOf } from '../recipes/agreement.mjs';
import { reviews } from '../recipes/tasks.mjs';
import { startVllm } from '../recipes/vllm.mjs';
import { modelFile, mustExist } from '../support/files.mjs';
import { lastOf } from './last.mjs';
import { ownRows } from './ways/rows.mjs';

mustExist(modelFile, 'cargo xtask model');

const SHOTS = [0, 1, 4];
const count = Number(process.argv[2] ?? 500);

const preset = presets.find(({ id }) => id === 'sentiment');
const written = [...preset.rows, ...(await ownRows('sentiment'))];
const rows = [...written, ...reviews(Math.max(0, count - written.length))].slice(0, count);

/** Evaluates all rows; prints the time and the load of the machine. */
async function measured(name, model) {
  const started = performance.now();
  const result = await lastOf(evaluate(model, preset.task, rows, { shots: SHOTS }));
  const seconds = (performance.now() - started) / 1000;
  const accuracy = result.curve.map(({ shots, mean }) => `${shots}: ${(100 * mean).toFixed(1)} %`);
  const load = loadavg()[0].toFixed(1);
  console.log(`${name}: ${seconds.toFixed(0)} s, accuracy ${accuracy.join(', ')}; load ${load}`);
  return result;
}

console.log(`${rows.length} rows, shots ${SHOTS}; load ${loadavg()[0].toFixed(1)}`);
const server = await startVllm();
const remote = await Model.connect(server.origin);
const other = await measured('vLLM', remote);
remote.close();
await server.stop();

const model = await Model.load(modelFile, { activationBits: 16 });
console.log(`here: ${model.info.threads} threads, build ${model.info.build}`);
const own = await measured('here', model);
model.close();

const bound = 2 * largestOf(2 * SHOTS.length * rows.length);
const found = compared(own, other, bound);
console.log(
  `${found.rows.same} of ${found.rows.all} answers are the same; ${found.rows.wrong.length} of the others are no near tie`,
);
console.log(
  `log-probabilities of labels differ by ${found.rms.toExponential(1)} nats (root mean square), ${found.largest.toExponential(1)} at most`,
);
