// Which way of using the same examples works best: node tests/bench/ways.mjs [--only topics] [--shots 8,4] [--seeds 0,1]
//
// `compare` on four presets, with 4 to 32 examples and five seeds, on the default model at 16 bits. The examples are drawn
// from the preset's demonstrations and the rows of `ways/`; the rows under test are the preset's own. Each task, number
// and seed is a file below target/ways, so that a run that was ended goes on where it was, and two may share the work. At
// the end, and with `--table` alone, it prints what all files say.
//
// The settings were chosen on *past tense* alone, so that its figures are optimistic.

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Model } from 'shotglass';
import { presets } from 'shotglass/presets';
import { compare } from 'shotglass/transfer';
import { readingsOf } from '../../pkg/dist/transfer/compare/readings.js';
import { modelFile, mustExist } from '../support/files.mjs';
import { lastOf } from './last.mjs';
import { ownRows } from './ways/rows.mjs';

const text = { type: 'string' };
const { values } = parseArgs({
  options: { only: text, shots: text, seeds: text, table: { type: 'boolean' } },
});
const names = values.only?.split(',') ?? ['past-tense', 'plural', 'sentiment', 'topics'];
const listed = (list, usual) => list?.split(',').map(Number) ?? usual;
const training = {
  steps: 8,
  lora: { learningRate: 2e-3 },
  distilled: { learningRate: 2e-3 },
  ia3: { learningRate: 2e-2 },
};
const out = fileURLToPath(new URL('../../target/ways/', import.meta.url));
mkdirSync(out, { recursive: true });

/** The ways to measure: zero-shot depends on no number and no seed, one-shot on no number. */
function waysOf(shots, seed) {
  const always = ['few-shot', 'prototypes', 'probe', 'ia3', 'lora', 'distilled'];
  if (shots !== 8) return always;
  return seed === 0 ? ['zero-shot', 'one-shot', ...always] : ['one-shot', ...always];
}

/** Claims a measurement; false where it is there, or another process is at it. */
function claimed(path) {
  try {
    writeFileSync(path, '', { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}

async function measure() {
  mustExist(modelFile, 'cargo xtask model');
  const model = await Model.load(modelFile, { activationBits: 16, threads: 1 });
  for (const shots of listed(values.shots, [8, 4, 16, 32])) {
    for (const seed of listed(values.seeds, [0, 1, 2, 3, 4])) {
      for (const name of names) await measureOne(model, name, shots, seed);
    }
  }
  await model.close();
}

async function measureOne(model, name, shots, seed) {
  const path = join(out, `${name}-k${shots}-seed${seed}.json`);
  if (!claimed(path)) return;
  try {
    const { task, rows } = presets.find(({ id }) => id === name);
    const more = await ownRows(name);
    const pool = { ...task, demonstrations: [...task.demonstrations, ...more] };
    const start = performance.now();
    const options = { shots: [shots], seeds: [seed], ways: waysOf(shots, seed), training };
    const result = await lastOf(compare(model, pool, rows, { ...options, maxTokens: 8 }));
    writeFileSync(`${path}.part`, JSON.stringify({ result }));
    renameSync(`${path}.part`, path);
    const minutes = (performance.now() - start) / 6e4;
    console.log(`${name}, ${shots} examples, seed ${seed}: ${minutes.toFixed(1)} min`);
  } catch (error) {
    rmSync(path);
    throw error;
  }
}

const percent = (share) => (100 * share).toFixed(0);

function printTable() {
  for (const name of names) {
    const files = readdirSync(out).filter((file) => file.startsWith(`${name}-k`));
    const found = files.map((file) => readFileSync(join(out, file), 'utf8')).filter(Boolean);
    const runs = found.flatMap((file) => JSON.parse(file).result.readings.flatMap((r) => r.runs));
    console.log(
      `\n${name}: way, examples, % right [95 %], sd, seeds, numbers, s, tokens, nats forgotten`,
    );
    for (const { way, shots, mean, sd, interval, ...more } of readingsOf(runs)) {
      const [low, high] = [interval.low, interval.high].map(percent);
      const spread = sd === null ? '–' : percent(sd);
      const { numbers, prepareMs, promptTokens, forgetting } = more;
      const costs = [numbers, (prepareMs / 1e3).toFixed(0), promptTokens.toFixed(0)];
      const right = `${percent(mean)} [${low}, ${high}]`;
      const cells = [way.padEnd(11), shots, right, spread, more.runs.length, ...costs];
      console.log([...cells, forgetting?.toFixed(2) ?? '–'].join('  '));
    }
  }
}

if (!values.table) await measure();
printTable();
