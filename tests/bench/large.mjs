// Measures models of one to two billion weights, made here, in Node: node tests/bench/large.mjs --help

import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Model } from 'shotglass';
import { shapes, writeLarge } from '../support/large.mjs';

const HELP = `usage: node tests/bench/large.mjs [--shape NAME]… [--type TYPE] [--threads COUNT] [--folder FOLDER]

Writes a model file with the sizes of a published one and weights that mean nothing, loads it in Node, and
prints how long it takes to load, to run a prompt of 64 tokens, to generate, and to be free again after an
abort, and how much memory that takes. The file is deleted afterwards.

  --shape NAME     ${Object.keys(shapes).join(', ')};
                   may be repeated; without it, the first two
  --type TYPE      Q4_0 (without it), Q8_0 or Q6_K
  --threads COUNT  threads of the engine; without it, 1
  --folder FOLDER  where the file is written; without it, the system's folder for temporary files`;

/** Length of the prompt, and how many tokens are generated after it. */
const PROMPT = 64;
const GENERATED = 16;

/** How often a long prompt is aborted, and its length. */
const ABORTS = 10;
const ABORTED = 500;

const { values: options } = parseArgs({
  options: {
    shape: { type: 'string', multiple: true, default: Object.keys(shapes).slice(0, 2) },
    type: { type: 'string', default: 'Q4_0' },
    threads: { type: 'string', default: '1' },
    folder: { type: 'string', default: tmpdir() },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}

console.log(`Node ${process.versions.node}, ${cpus()[0].model.trim()}, ${cpus().length} cores`);
console.log(`${gigabytes(totalmem())} of memory`);
for (const name of options.shape) {
  if (!(name in shapes)) throw new Error(`There is no shape ${name}.\n\n${HELP}`);
  const folder = mkdtempSync(join(options.folder, 'shotglass-large-'));
  try {
    const path = join(folder, 'model.gguf');
    const bytes = writeLarge(path, shapes[name], options.type);
    await measure(name, path, bytes);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(name, path, bytes) {
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 20);
  const started = performance.now();
  const model = await Model.load(path, { threads: Number(options.threads) });
  const loaded = performance.now() - started;
  const { info } = model;
  console.log(
    `\n${name}, ${options.type}: ${info.parameters / 1e9} · 10⁹ weights, build ${info.build}`,
  );
  console.log(`file ${gigabytes(bytes)}, weights in memory ${gigabytes(info.memoryBytes)}`);
  console.log(
    `load ${seconds(loaded)}, of the process then ${gigabytes(process.memoryUsage.rss() - before)}`,
  );
  console.log(`most while loading ${gigabytes(most - before)}`);

  // Letters that are no part of a longer token, so that each is one.
  const prompt = 'bcde'.repeat(PROMPT / 4);
  let from = performance.now();
  const { tokens, candidates } = await model.predict(prompt, { topK: 1 });
  const prefill = performance.now() - from;
  console.log(`prefill of ${tokens} tokens ${seconds(prefill)}, most probable ${candidates[0].p}`);

  let steps = 0;
  for await (const _ of model.generate(prompt, { maxTokens: GENERATED })) {
    if (steps++ === 0) from = performance.now();
  }
  const perToken = (performance.now() - from) / (steps - 1);
  console.log(
    `decode ${perToken.toFixed(0)} ms a token, ${(1000 / perToken).toFixed(1)} tokens a second`,
  );

  const waits = [];
  for (let i = 0; i < ABORTS; i++) waits.push(await abort(model, i));
  waits.sort((a, b) => a - b);
  console.log(
    `from abort to free: median ${waits[ABORTS >> 1].toFixed(0)} ms, most ${waits.at(-1).toFixed(0)} ms of ${ABORTS}`,
  );
  clearInterval(watch);
  console.log(`most of all ${gigabytes(most - before)}`);
  await model.close();
}

/** Aborts a run of a long prompt that has nothing in common with others; answers when the engine is free again. */
async function abort(model, i) {
  const controller = new AbortController();
  const text = `${String.fromCharCode(102 + i)}${'xyz'.repeat(ABORTED / 3)}`;
  const call = model.predict(text, { signal: controller.signal }).catch((error) => error.code);
  await new Promise((resolve) => setTimeout(resolve, 200 + 1000 * Math.random()));
  const started = performance.now();
  controller.abort();
  if ((await call) !== 'aborted') throw new Error('it was over before the abort');
  await model.tokenize('b');
  return performance.now() - started;
}

function gigabytes(bytes) {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(2)} s`;
}
