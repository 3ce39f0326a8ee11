// How long two looks inside the model take: node tests/bench/layers.mjs [BUILD] [THREADS]
//
// The lens reads every layer at the end of the preset sentiment with four demonstrations, whose tokens are cached. A grid
// of patches is filled for two prompts of sixty tokens or so, in which the outputs are flipped. Both on the default model
// at 16 bits. Node 20 runs the builds relaxed and threads with --experimental-wasm-relaxed-simd --no-liftoff.

import { renderPrompt } from 'shotglass';
import { patch } from 'shotglass/experiments';
import { presets } from 'shotglass/presets';
import { askedModel } from './asked-model.mjs';
import { lastOf } from './last.mjs';
import { summary } from './numbers.mjs';

const TURNS = 5;
const { model, build } = await askedModel();
const { task } = presets.find(({ id }) => id === 'sentiment');

/** The prompt with so many demonstrations, all of which say the other label if they are flipped. */
function promptOf(shots, isFlipped = false) {
  const demonstrations = task.demonstrations.slice(0, shots).map(({ input, output }) => ({
    input,
    output: isFlipped ? task.labels.find((label) => label !== output) : output,
  }));
  return renderPrompt({ ...task, demonstrations }).text;
}

/** What work answers, with its seconds of the clock and of the processor. */
async function timed(work) {
  const { user, system } = process.cpuUsage();
  const start = performance.now();
  const result = await work();
  const clock = (performance.now() - start) / 1e3;
  const used = process.cpuUsage({ user, system });
  return { result, clock, processor: (used.user + used.system) / 1e6 };
}

console.log(`${build}, ${model.info.threads} thread(s), ${model.info.layers} layers`);

const few = promptOf(4);
const { tokens } = await model.predict(few);
const turns = [];
for (let turn = 0; turn < TURNS; turn++) {
  turns.push(await timed(() => model.lens(few, { topK: 5 })));
}
const median = (key) => summary(turns.map((turn) => turn[key])).median.toFixed(3);
console.log(
  `lens of ${tokens} tokens: ${median('clock')} s, ${median('processor')} s of processor time`,
);

const options = { answer: ` ${task.labels[0]}` };
const { result, clock, processor } = await timed(() =>
  lastOf(patch(model, promptOf(2), promptOf(2, true), options)),
);
const { layers, columns } = result.plan;
console.log(
  `patch of ${result.from.tokens.length} tokens, ${layers.length} layers × ${columns.length} columns: ` +
    `${clock.toFixed(1)} s, ${processor.toFixed(1)} s of processor time`,
);
model.close();
