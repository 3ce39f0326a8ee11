// Which demonstrations to choose, how many to show, and which sentences a model prefers. On the real model in Node.
//
//     node tests/bench/choose.mjs choose [--only topics] [--shots 4] [--seed 1] [--methods similar,random] [--folds]
//     node tests/bench/choose.mjs many [--only plural]
//     node tests/bench/choose.mjs pairs
//
// `choose` has a line for each method: rows that are right with demonstrations chosen for each, the interval, and how
// the method does against random choice on the same rows. The pool is a preset's demonstrations; with `--folds` it
// also has every other row, and each half of the rows is held out once.

import { parseArgs } from 'node:util';
import { Model } from 'shotglass';
import {
  choiceMethods,
  choose,
  manyShots,
  mcnemar,
  minimalPairs,
  ownPairs,
  wilson,
} from 'shotglass/experiments';
import { presets } from 'shotglass/presets';
import { modelFile, mustExist } from '../support/files.mjs';
import { lastOf } from './last.mjs';

mustExist(modelFile, 'cargo xtask model');
const text = { type: 'string' };
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: text, shots: text, seed: text, methods: text, folds: { type: 'boolean' } },
});
const names = values.only?.split(',') ?? ['plural', 'past-tense', 'sentiment', 'topics'];
const methods = values.methods?.split(',') ?? choiceMethods;
const [shots, seed] = [Number(values.shots ?? 4), Number(values.seed ?? 1)];

const model = await Model.load(modelFile);
const { info } = model;
console.log(`${info.name}, ${info.quantization}, build ${info.build}, ${info.threads} threads`);

const percent = (p) => `${(100 * p).toFixed(0)} %`;
const share = (correct, n) => {
  const { low, high } = wilson(correct, n);
  return `${correct} of ${n}, ${percent(low)} to ${percent(high)}`;
};

/** The labels of a task; of free text the right answer, and what the demonstrations say. */
function labelsOf({ task, answer }) {
  const outputs = task.labels ?? [
    ...new Set([answer, ...task.demonstrations.map((d) => d.output)]),
  ];
  return outputs.map((name) => ({ name, words: [task.template.outputSeparator + name] }));
}

function splits({ task: { demonstrations }, rows }) {
  if (!values.folds) return [{ pool: demonstrations, test: rows }];
  return [0, 1].map((half) => ({
    pool: [...demonstrations, ...rows.filter((_, i) => i % 2 !== half)],
    test: rows.filter((_, i) => i % 2 === half),
  }));
}

async function chooseFor(preset) {
  const labels = labelsOf(preset);
  const rowLabels = preset.task.labels ? labels : null;
  const right = new Map(methods.map((method) => [method, new Map()]));
  for (const { pool, test } of splits(preset)) {
    const options = { pool, rows: test, shots, seed, methods, labels, rowLabels };
    const { accuracies } = await lastOf(choose(model, preset.task, options));
    for (const { method, rows } of accuracies)
      for (const { input, correct } of rows) right.get(method).set(input, correct);
  }
  for (const [method, rows] of right) {
    const correct = [...rows.values()].filter(Boolean).length;
    const random = right.get('random');
    const only = (a, b) => [...a].filter(([input, is]) => is && !b.get(input)).length;
    const [more, less] = random ? [only(rows, random), only(random, rows)] : [0, 0];
    const against = `against random +${more} −${less}, p = ${mcnemar(more, less).toFixed(2)}`;
    console.log(
      `${preset.id}, ${shots} shots, ${method}: ${share(correct, rows.size)}; ${against}`,
    );
  }
}

async function manyFor(preset) {
  const labels = labelsOf(preset);
  const { readings } = await lastOf(
    manyShots(model, preset.task, {
      pool: [...preset.task.demonstrations, ...preset.rows.slice(0, 12)],
      rows: preset.rows.slice(12),
      ...{ labels, rowLabels: preset.task.labels ? labels : null, gold: preset.answer },
    }),
  );
  for (const { k, pGold, classification, accuracy } of readings) {
    const { logprob } = classification.labels.find(({ label }) => label === preset.answer);
    const p = preset.task.labels ? pGold : Math.exp(logprob);
    console.log(
      `${preset.id}, ${k} shots: P(${preset.answer}) ${percent(p)}; ${share(accuracy.correct, accuracy.n)}`,
    );
  }
}

if (positionals[0] === 'pairs') {
  const { accuracy, paradigms, readings } = await lastOf(minimalPairs(model, ownPairs));
  for (const { paradigm, accuracy: own } of [...paradigms, { paradigm: 'all', accuracy }])
    console.log(`${paradigm}: ${share(own.correct, own.n)}`);
  for (const { pair, correct, difference } of readings)
    if (!correct) console.log(`${difference.toFixed(2)} nats: ${pair.good} / ${pair.bad}`);
} else {
  const ask = positionals[0] === 'many' ? manyFor : chooseFor;
  for (const name of names) await ask(presets.find(({ id }) => id === name));
}
model.close();
