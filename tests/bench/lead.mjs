// From which layer on the right answer is the most probable token, after each number of demonstrations: for the held-out
// rows of four presets, on the real model in Node.
//
//     node tests/bench/lead.mjs [--only sentiment,topics]

import { parseArgs } from 'node:util';
import { Model } from 'shotglass';
import { lens } from 'shotglass/experiments';
import { presets } from 'shotglass/presets';
import { modelFile, mustExist } from '../support/files.mjs';
import { lastOf } from './last.mjs';
import { summary } from './numbers.mjs';

mustExist(modelFile, 'cargo xtask model');
const { values } = parseArgs({ options: { only: { type: 'string' } } });
const names = values.only?.split(',') ?? ['sentiment', 'topics', 'plural', 'past-tense'];
const SHOTS = [0, 1, 2, 4, 8];

const model = await Model.load(modelFile, { activationBits: 16 });
const { info } = model;
console.log(`${info.name}, ${info.quantization}, build ${info.build}, ${info.layers} layers`);

for (const name of names) {
  const { task, rows } = presets.find(({ id }) => id === name);
  const found = new Map(SHOTS.map((k) => [k, []]));
  for (const { input, output } of rows) {
    const answers = [output].map((text) => task.template.outputSeparator + text);
    const options = { query: input, answers, shots: SHOTS };
    const { readings } = await lastOf(lens(model, task, options));
    for (const {
      k,
      answers: [right],
    } of readings)
      found.get(k).push(right.topFrom);
  }
  for (const [k, all] of found) {
    const layers = all.filter((layer) => layer !== null);
    const { median, least, most } = summary(layers) ?? {};
    const from = layers.length === 0 ? '' : `, from layer ${median} on (${least} to ${most})`;
    console.log(`${name}, k = ${k}: on top of ${layers.length} of ${all.length} rows${from}`);
  }
}
model.close();
