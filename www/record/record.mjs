// Writes what the real model says of the presets: into the package what it says after each number of shots, into the lab
// how often it is right. `cargo xtask record` runs this.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { defaultModel, Model } from 'shotglass';
import { presets } from 'shotglass/presets';
import { modelFile, mustExist } from '../../tests/support/files.mjs';
import { aboutModel, isAlso, measureAlso } from './also.mjs';
import { figureRecordOf, lensRecordOf } from './cards.mjs';
import { difference, recordDifferences } from './difference.mjs';
import { contentText } from './lab.mjs';
import { recordOf } from './ladder.mjs';
import { measure } from './rows.mjs';
import { comparisonRecordOf, transferRecordOf } from './transfer.mjs';

const { values: options } = parseArgs({
  options: { check: { type: 'boolean' }, only: { type: 'string', multiple: true } },
});
const root = new URL('../../', import.meta.url);
const measuredFile = 'www/src/measured/measured.json';
/** What the page shows before a download beside answers: a file, its preset, and what it holds. */
const opening = presets[0].id;
const cards = [
  { path: 'www/src/measured/layers/opening.json', of: opening, make: lensRecordOf },
  { path: 'www/src/measured/layers/vector.json', of: opening, make: figureOf('vector') },
  // The outputs of the opening preset are no labels, so there is nothing to probe.
  { path: 'www/src/measured/layers/probe.json', of: 'sentiment', make: figureOf('probe') },
  // The section Transfer: all ways on one task, and a training on three.
  {
    path: 'www/src/measured/transfer/comparison.json',
    ...{ of: 'sentiment', make: comparisonRecordOf },
  },
  ...['past-tense', 'plural', 'sentiment'].map((of) => ({
    ...{ path: `www/src/measured/transfer/run-${of}.json`, of, make: transferRecordOf },
  })),
];
const recordFile = (id) => `pkg/src/records/${id}.json`;
const readJson = (path, file = new URL(path, root)) =>
  existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;

const unknown = (options.only ?? []).find((id) => !presets.some((preset) => preset.id === id));
if (unknown !== undefined) {
  console.error(`There is no preset ${unknown}: ${presets.map(({ id }) => id).join(', ')}.`);
  process.exit(1);
}
mustExist(modelFile, 'cargo xtask model');
const model = await Model.load(modelFile, { sha256: defaultModel.sha256, activationBits: 16 });
try {
  process.exitCode = await record();
} finally {
  model.close();
}

async function record() {
  const about = { version: 1, model: aboutModel(model) };
  const wanted = presets.filter(({ id }) => options.only?.includes(id) ?? true);
  const before = readJson(measuredFile)?.presets ?? {};
  const measured = {};
  const files = new Map();
  for (const [place, preset] of wanted.entries()) {
    const { id } = preset;
    const tell = (what) => progress(`${place + 1} of ${wanted.length}: ${id}, ${what}`);
    const content = createHash('sha256').update(contentText(preset)).digest('hex');
    tell('default query');
    const { version, ...record } = await recordOf(model, preset);
    files.set(recordFile(id), { version, id, content, ...record });
    measured[id] = { content, ...(await measure(model, preset, tell)) };
    for (const { path, of, make } of cards)
      if (of === id) files.set(path, await make(model, preset));
  }
  for (const preset of wanted.filter(isAlso)) {
    const { id } = preset;
    const also = await measureAlso(preset, (what) => progress(`${id}, also: ${what}`));
    if (also ?? before[id]?.also) measured[id].also = also ?? before[id].also;
  }
  progress('');
  // Presets that were not asked for keep what they had; those that are no more go.
  const entries = presets.flatMap(({ id }) => {
    const one = measured[id] ?? before[id];
    return one ? [[id, one]] : [];
  });
  files.set(measuredFile, { ...about, presets: Object.fromEntries(entries) });
  return options.check ? compare(files) : write(files);
}

function figureOf(id) {
  return (model, preset) => figureRecordOf(model, preset, id);
}

function write(files) {
  const paths = [...files.keys()];
  for (const [path, file] of files) writeFileSync(new URL(path, root), JSON.stringify(file));
  const biome = fileURLToPath(new URL('node_modules/.bin/biome', root));
  const options = { cwd: fileURLToPath(root), stdio: 'ignore' };
  execFileSync(biome, ['format', '--write', ...paths], options);
  console.log(`${paths.length} files, from ${paths[0]} to ${paths.at(-1)}`);
  return 0;
}

function compare(files) {
  let differing = 0;
  for (const [path, fresh] of files) {
    const recorded = readJson(path);
    const found = differencesOf(path, recorded, fresh);
    if (found.length > 0) differing += 1;
    for (const message of found) console.error(`${path}: ${message}`);
  }
  console.log(`${files.size - differing} of ${files.size} files agree with the model`);
  return differing === 0 ? 0 : 1;
}

function differencesOf(path, recorded, fresh) {
  if (recorded === null) return ['The file is not there.'];
  const isRecord = path !== measuredFile && cards.every((card) => card.path !== path);
  if (isRecord) return recordDifferences(recorded, fresh);
  const found = difference(recorded, fresh);
  return found === null ? [] : [found];
}

/** One line that is written again and again on a terminal; elsewhere a line for each preset. */
function progress(line) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
  else if (line.endsWith('default query')) console.error(line.replace(/,[^,]*$/, ''));
}
