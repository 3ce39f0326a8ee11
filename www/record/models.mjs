// Writes how often several models are right on the rows of some presets, into the lab. `cargo xtask record --models` runs
// this. A model whose file is not at hand keeps what was recorded of it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Model } from 'shotglass';
import { compareModels } from 'shotglass/experiments';
import { presets } from 'shotglass/presets';
import { modelFile } from '../../tests/support/files.mjs';
import { difference } from './difference.mjs';
import * as digits from './digits.mjs';
import { contentText } from './lab.mjs';

const root = new URL('../../', import.meta.url);
const path = 'www/src/measured/models/models.json';
const recordedPresets = ['plural', 'sentiment', 'topics', 'question-type'];
const shots = [0, 1, 2, 4, 8];
const seeds = [0, 1, 2];

/**
 * The models, and for each the entry of the catalogue that has its weights, which may be quantized otherwise. The first
 * is made by `tests/support/llama2c.mjs`.
 */
const files = [
  {
    name: 'stories15M F32',
    entry: null,
    bytes: 61_493_952,
    sha256: '7dc9b5c9f308d3be5558759ec67a58fbe1c215bfd2bc6d5cc919ae03efa0a579',
  },
  {
    name: 'SmolLM2-135M-Instruct Q4_1',
    entry: 'smollm2-135m-instruct',
    bytes: 98_362_432,
    sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
  },
  {
    name: 'Gemma-3-270M Q4_K_M',
    entry: 'gemma-3-270m',
    bytes: 253_113_024,
    sha256: 'a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818',
  },
];

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean' },
    only: { type: 'string', multiple: true },
    folder: { type: 'string', default: dirname(modelFile) },
  },
});
const unknown = (options.only ?? []).find((id) => !recordedPresets.includes(id));
if (unknown !== undefined) stop(`Models are not recorded on ${unknown}: ${recordedPresets}.`);

const file = new URL(path, root);
const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { presets: {} };
const atHand = files.flatMap((one) => {
  const found = find(one);
  return found ? [{ ...one, path: found }] : [];
});
if (atHand.length === 0) stop(`None of the models is in ${options.folder}: ${names(files)}.`);
const wanted = presets.filter(
  ({ id }) => recordedPresets.includes(id) && (options.only?.includes(id) ?? true),
);
const curves = new Map(wanted.map(({ id }) => [id, {}]));
const about = new Map();
for (const one of atHand) await measure(one);
process.exitCode = finish();

/** The file of a model: the first one of the right length. Its hash is checked afterwards. */
function find({ bytes }) {
  if (!existsSync(options.folder)) return undefined;
  return readdirSync(options.folder)
    .filter((name) => name.endsWith('.gguf'))
    .map((name) => join(options.folder, name))
    .find((path) => statSync(path).size === bytes);
}

async function measure({ name, entry, sha256, path: from }) {
  const model = await Model.load(from, { sha256, activationBits: 16 });
  try {
    const { parameters, bytes, activationBits } = model.info;
    about.set(sha256, { name, entry, sha256, bytes, parameters, activationBits });
    for (const preset of wanted) {
      console.error(`${name}: ${preset.id}`);
      curves.get(preset.id)[sha256] = await curveOf(model, preset);
    }
  } finally {
    model.close();
  }
}

async function curveOf(model, { task, rows, answer }) {
  const labels = task.labels ? {} : { labels: null, maxTokens: 32 };
  let last;
  const named = [{ name: 'model', model }];
  for await (const step of compareModels(named, task, rows, { shots, seeds, answer, ...labels }))
    last = step.result.models[0];
  const { evaluation, query, error } = last;
  if (error) throw error;
  return {
    cells: Object.fromEntries(
      shots.map((k) => [
        k,
        evaluation.cells.filter((cell) => cell.shots === k).map((cell) => bitsOf(cell.rows)),
      ]),
    ),
    query: query.map(({ p, predicted }) => ({
      p: p === null ? null : digits.probability(p),
      predicted,
    })),
  };
}

/** Which rows were right, the first row as the highest bit. */
function bitsOf(rows) {
  const bits = rows.map(({ correct }) => (correct ? '1' : '0')).join('');
  const whole = bits.padEnd(Math.ceil(bits.length / 4) * 4, '0');
  return (whole.match(/.{4}/g) ?? []).map((four) => Number.parseInt(four, 2).toString(16)).join('');
}

function finish() {
  const kept = new Map((before.models ?? []).map((one) => [one.sha256, one]));
  const models = files.flatMap(({ sha256 }) => about.get(sha256) ?? kept.get(sha256) ?? []);
  const found = recordedPresets.flatMap((id) => {
    const preset = presets.find((one) => one.id === id);
    const content = createHash('sha256').update(contentText(preset)).digest('hex');
    const old = before.presets[id];
    // What was recorded of other rows is of another task.
    const own = { ...(old?.content === content ? old.curves : {}), ...curves.get(id) };
    const ordered = models.flatMap(({ sha256 }) => (own[sha256] ? [[sha256, own[sha256]]] : []));
    return ordered.length > 0 ? [[id, { content, curves: Object.fromEntries(ordered) }]] : [];
  });
  const fresh = { version: 1, shots, seeds, models, presets: Object.fromEntries(found) };
  if (options.check) {
    const message = difference(before, fresh);
    if (message !== null) console.error(`${path}: ${message}`);
    else console.log(`${path} agrees with ${names(atHand)}`);
    return message === null ? 0 : 1;
  }
  writeFileSync(file, JSON.stringify(fresh));
  const biome = fileURLToPath(new URL('node_modules/.bin/biome', root));
  execFileSync(biome, ['format', '--write', path], { cwd: fileURLToPath(root), stdio: 'ignore' });
  console.log(`${path}: ${names(atHand)}`);
  return 0;
}

function names(all) {
  return all.map(({ name }) => name).join(', ');
}

function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}
