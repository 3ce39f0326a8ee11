// How long embeddings of 200 short rows take: node tests/bench/embed.mjs [BUILD] [THREADS] [LAYER]
//
// The rows are the sentences of the preset sentiment, each with a number before it, so that no two begin alike. They run
// several times, each time with other numbers, on the default model at 16 bits. Node 20 runs the builds relaxed and
// threads with --experimental-wasm-relaxed-simd --no-liftoff.

import { presets } from 'shotglass/presets';
import { askedModel } from './asked-model.mjs';
import { summary } from './numbers.mjs';

const ROWS = 200;
const TURNS = 3;
const {
  model,
  build,
  others: [layer],
} = await askedModel();
const { task, rows } = presets.find(({ id }) => id === 'sentiment');
const sentences = [...task.demonstrations, ...rows].map(({ input }) => input);

/** The rows of a turn. */
function texts(turn) {
  const begin = 100 + turn * ROWS;
  return Array.from({ length: ROWS }, (_, i) => `${begin + i} ${sentences[i % sentences.length]}`);
}

/** Seconds of the clock and of the processor. */
async function embed(some) {
  const { user, system } = process.cpuUsage();
  const start = performance.now();
  await model.embed(some, layer === undefined ? {} : { layer: Number(layer) });
  const used = process.cpuUsage({ user, system });
  return { clock: (performance.now() - start) / 1e3, processor: (used.user + used.system) / 1e6 };
}

let tokens = 0;
for (const text of texts(0)) tokens += (await model.tokenize(text)).length;
await embed(texts(0).slice(0, 20));
const turns = [];
for (let turn = 1; turn <= TURNS; turn++) turns.push(await embed(texts(turn)));
const seconds = (key) => summary(turns.map((turn) => turn[key])).median.toFixed(2);
const depth = layer ?? `${model.info.layers / 2} of ${model.info.layers}`;
console.log(
  `${build}, ${model.info.threads} thread(s), ${ROWS} rows, ${tokens} tokens, layer ${depth}`,
);
console.log(`${seconds('clock')} s, ${seconds('processor')} s of processor time`);
model.close();
