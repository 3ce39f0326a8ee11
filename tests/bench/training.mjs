// What a step of training costs, beside the prefill of the same tokens: node tests/bench/training.mjs [BUILD] [THREADS]
//
// Eight rows of the preset past-tense in one batch, on the default model; their prefill is that of one text that has them
// all. The ways are measured in turn, several times, and each time is the median of its turns. Node 20 runs the builds
// relaxed and threads with --experimental-wasm-relaxed-simd --no-liftoff. With --import ./tests/bench/memory-hook.js it says
// how much memory the engine alone has taken in the end.

import { renderPrompt } from 'shotglass';
import { presets } from 'shotglass/presets';
import { finetune } from 'shotglass/transfer';
import { askedModel } from './asked-model.mjs';
import { summary } from './numbers.mjs';

const TURNS = 5;
const { model, build } = await askedModel();
const { task } = presets.find(({ id }) => id === 'past-tense');
const rows = task.demonstrations.slice(0, 8);

const texts = rows.map(({ input, output }) => {
  const { text } = renderPrompt(task, { shots: 0, query: input });
  return `${text}${task.template.outputSeparator}${output}${task.template.demonstrationSeparator}`;
});
let tokens = 0;
for (const text of texts) tokens += (await model.tokenize(text)).length;

/** The beginning makes the text new to the cache. */
async function prefill(turn) {
  const start = performance.now();
  await model.predict(`${turn} ${texts.join('')}`);
  return performance.now() - start;
}

async function step(options) {
  const training = finetune(model, task, rows, { steps: 1, warmUp: 0, ...options });
  await training.parameters();
  const start = performance.now();
  for await (const _ of training);
  const took = performance.now() - start;
  await training.close();
  return took;
}

/** A second step, for which the layers below those that are trained need not run. */
async function later(options) {
  const training = finetune(model, task, rows, { steps: 2, warmUp: 0, ...options });
  let took = 0;
  for await (const { durationMs } of training) took = durationMs;
  await training.close();
  return took;
}

const ways = {
  prefill: (turn) => prefill(turn),
  'LoRA r 8, all layers': () => step({}),
  '(IA)³, all layers': () => step({ method: 'ia3' }),
  'LoRA r 8, last 8 layers, a later step': () => later({ layers: 8 }),
};
const times = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
for (let turn = 0; turn < TURNS; turn++) {
  for (const [name, way] of Object.entries(ways)) times[name].push(await way(turn));
}
const base = summary(times.prefill).median;
console.log(`${build}, ${model.info.threads} thread(s), ${rows.length} rows, ${tokens} tokens`);
for (const [name, all] of Object.entries(times)) {
  const { median } = summary(all);
  console.log(`${name}: ${Math.round(median)} ms, ${(median / base).toFixed(2)} × prefill`);
}
console.log(`memory of the process: ${Math.round(process.memoryUsage().rss / 1e6)} MB`);
const channel = new BroadcastChannel('memory');
let engine = 0;
channel.onmessage = ({ data }) => {
  engine = Math.max(engine, data);
};
channel.postMessage('how much?');
await new Promise((resolve) => setTimeout(resolve, 500));
channel.close();
if (engine > 0) console.log(`memory of the engine: ${Math.round(engine / 1e6)} MB`);
model.close();
process.exit();
