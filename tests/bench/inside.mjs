// What five ways to use the same demonstrations find on the same held-out rows: prompts without and with four
// demonstrations, prototypes and logistic regression on the hidden state, and a task vector. On the real model in Node.
//
//     node tests/bench/inside.mjs [--folds 3] [--context 4] [--only sentiment,topics]
//
// By default, a preset's demonstrations are the training rows, and its rows are held out. With `--folds`, all of them
// are divided into so many parts, each of which is held out once, so that there are more rows to learn from and to test.
// With `--context`, so many demonstrations stand before every input that a probe reads.

import { parseArgs } from 'node:util';
import { Model } from 'shotglass';
import { accuracy, evaluateTaskVector, probe, random } from 'shotglass/experiments';
import { presets } from 'shotglass/presets';
import { modelFile, mustExist } from '../support/files.mjs';
import { lastOf } from './last.mjs';

mustExist(modelFile, 'cargo xtask model');
const { values } = parseArgs({
  options: { folds: { type: 'string' }, only: { type: 'string' }, context: { type: 'string' } },
});
const SHOTS = 4;
const names = values.only?.split(',') ?? ['sentiment', 'topics', 'plural', 'past-tense'];
const context = Number(values.context ?? 0);

const model = await Model.load(modelFile);
const { info } = model;
console.log(`${info.name}, ${info.quantization}, build ${info.build}, ${info.threads} threads`);

/** The rows to learn from, and those that are held out. */
function splits({ task, rows }) {
  if (!values.folds) return [{ train: task.demonstrations, test: rows }];
  const folds = Number(values.folds);
  const all = random(0).shuffled([...task.demonstrations, ...rows]);
  // Sorting keeps the random order within a label.
  const dealt = task.labels
    ? all.sort((a, b) => (a.output < b.output ? -1 : Number(a.output > b.output)))
    : all;
  return Array.from({ length: folds }, (_, fold) => ({
    train: random(fold).shuffled(dealt.filter((_, i) => i % folds !== fold)),
    test: dealt.filter((_, i) => i % folds === fold),
  }));
}

for (const name of names) {
  const { task, ...preset } = presets.find(({ id }) => id === name);
  const found = {
    'zero-shot': [],
    [`${SHOTS} shots`]: [],
    prototypes: [],
    probe: [],
    'task vector': [],
  };
  const chosen = [];
  for (const { train, test } of splits({ task, ...preset })) {
    const own = { ...task, demonstrations: train };
    const labels = task.labels ? undefined : null;
    const started = performance.now();
    const vector = await lastOf(
      evaluateTaskVector(model, own, test, { shots: SHOTS, labels, maxTokens: 12 }),
    );
    const middle = performance.now();
    const right = (evaluation, k) =>
      evaluation.cells.find(({ shots }) => shots === k).rows.map(({ correct }) => correct);
    found['zero-shot'].push(...right(vector.prompts, 0));
    found[`${SHOTS} shots`].push(...right(vector.prompts, SHOTS));
    found['task vector'].push(...right(vector.patched, 0));
    chosen.push(`task vector ${vector.vector.layer}`);
    const vectorSeconds = ((middle - started) / 1000).toFixed(1);
    if (!task.labels) {
      chosen.push(`(${vectorSeconds} s)`);
      continue;
    }
    const inside = await lastOf(probe(model, own, test, { shots: [], context }));
    const gold = test.map(({ output }) => task.labels.indexOf(output));
    const best = {
      probe: inside.layers[inside.best.regression].regression,
      prototypes: inside.layers[inside.best.prototypes].prototypes,
    };
    for (const [kind, { predicted }] of Object.entries(best)) {
      found[kind].push(...predicted.map((label, i) => label === gold[i]));
    }
    chosen.push(
      `probe ${inside.layers[inside.best.regression].layer} (strength ${best.probe.strength})`,
      `prototypes ${inside.layers[inside.best.prototypes].layer}`,
      `(${vectorSeconds} s, ${((performance.now() - middle) / 1000).toFixed(1)} s)`,
    );
    const curve = (kind) =>
      inside.layers.map((layer) => (100 * layer[kind].accuracy.accuracy).toFixed(0));
    console.log(`${name}: probe by layer ${curve('regression').join(' ')}`);
    console.log(`${name}: prototypes by layer ${curve('prototypes').join(' ')}`);
    const { confusion } = vector.patched.cells[0].labels;
    const says = task.labels.map((_, c) => confusion.reduce((sum, row) => sum + row[c], 0));
    console.log(`${name}: with the vector it says ${task.labels} ${says} times`);
    console.log(
      `${name}: vector by layer ${vector.layers.map(({ logprob }) => logprob.toFixed(1)).join(' ')}`,
    );
  }
  console.log(`\n${name}, layers: ${chosen.join(', ')}`);
  for (const [kind, correct] of Object.entries(found)) {
    if (correct.length === 0) {
      console.log(`  ${kind.padEnd(12)} –`);
      continue;
    }
    const { accuracy: share, interval, n, correct: right } = accuracy(correct);
    const percent = (p) => `${(100 * p).toFixed(0)} %`;
    console.log(
      `  ${kind.padEnd(12)} ${String(right).padStart(3)}/${n}  ${percent(share)} (${percent(interval.low)}–${percent(interval.high)})`,
    );
  }
}
model.close();
