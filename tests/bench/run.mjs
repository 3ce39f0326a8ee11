// `cargo xtask bench`: shotglass beside the packages that do the same, in one run.
//
// 1. subjects.mjs: what is measured, how often;
// 2. page.mjs: a subject in a fresh page of Chromium, adapters/ for each package, or llama.cpp in
//    this process;
// 3. measure.mjs: one sample, the same for all;
// 4. measures.mjs, table.mjs, picture.mjs: what comes of the samples.
//
// Each round measures every subject once, so that whatever else the machine does hits all alike.
// Nothing here fails: a benchmark is not a test. What cannot run is left out, and the table says
// why.

import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { launch } from '../support/chromium.mjs';
import { modelFile, mustExist } from '../support/files.mjs';
import { load as loadLlama } from './adapters/llama.mjs';
import { measure } from './measure.mjs';
import { sampleMemory, samplePage, serveSubjects } from './page.mjs';
import { picture } from './picture.mjs';
import {
  contextFor,
  subjects as defaultSubjects,
  gemmaSubjects,
  isOutrun,
  models,
  planFor,
  version,
} from './subjects.mjs';
import { report } from './table.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
    gemma: { type: 'boolean', default: false },
    json: { type: 'string' },
    picture: { type: 'boolean', default: false },
  },
});
const rounds = options.quick ? 1 : options.gemma ? 3 : 5;
const about = options.gemma ? 'gemma' : 'default';
const { quantizations } = models[about];
const subjects = options.gemma ? gemmaSubjects : defaultSubjects;
const made = `${root}target/bench/${options.gemma ? 'gemma-' : ''}`;
const json = options.json ?? `${made}result.json`;

// The path of each quantization on this machine, and on the server.
const files = Object.fromEntries(
  quantizations.map((kind, i) => [kind, i === 0 ? modelFile : `${made}${kind}.gguf`]),
);
for (const file of Object.values(files)) mustExist(file, 'cargo xtask bench');
const onServer = (kind) => `/models/${kind}.gguf`;

const chosen = subjects.filter(
  ({ name }) => !options.only || options.only.some((part) => name.includes(part)),
);
if (chosen.length === 0) {
  console.error(`No subject has this in its name. The subjects are:\n${names(subjects)}`);
  process.exit(2);
}
if (options.picture && (options.quick || options.gemma || chosen.length < subjects.length)) {
  console.error(
    'The picture shows a whole run: leave --quick, --gemma and --only out, or --picture.',
  );
  process.exit(2);
}

const server = await serveSubjects(
  Object.fromEntries(quantizations.map((kind) => [onServer(kind), files[kind]])),
);
const browser = await launch();
const result = {
  date: new Date().toISOString(),
  machine: {
    cpu: cpus()[0].model.trim(),
    cores: cpus().length,
    memoryBytes: totalmem(),
    platform: `${process.platform} ${process.arch}`,
  },
  versions: {
    Chromium: browser.version(),
    Node: process.versions.node,
    shotglass: version('shotglass'),
    wllama: `${version('wllama-3')} and ${version('wllama-2')}`,
    'node-llama-cpp': version('node-llama-cpp'),
  },
  model: { about, file: basename(modelFile), bytes: statSync(modelFile).size },
  rounds,
  wasm: modules(),
  subjects: chosen.map((subject) => ({ ...subject, samples: [] })),
};

const started = performance.now();
for (let round = 0; round < rounds; round++) {
  for (const subject of result.subjects) await sample(subject, round);
  const outrun = result.subjects.filter((subject) => isOutrun(subject, result.subjects));
  for (const subject of outrun) subject.outrun = true;
  const perRound = (performance.now() - started) / 60_000 / (round + 1);
  const left = Math.ceil(perRound * (rounds - round - 1));
  if (left > 0) console.error(`about ${left} min more`);
}
await browser.close();
server.close();

mkdirSync(dirname(resolve(json)), { recursive: true });
writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`);
console.log(`\n${report(result)}\n\nAll samples: ${json}`);
if (options.picture && result.subjects.some(({ failed }) => failed)) {
  console.log('The picture is not drawn: some subjects failed, see above.');
} else if (options.picture) {
  const path = `${root}tests/bench/bench.svg`;
  writeFileSync(path, picture(result));
  console.log(`The picture: ${path}`);
}
// llama.cpp's threads would keep the process for a while.
process.exit(0);

/**
 * Adds a sample of this round to the subject, if it takes part, or says why it is left out from now
 * on.
 */
async function sample(subject, round) {
  const started = performance.now();
  const plan = planFor(subject, round, options.quick);
  if (subject.failed || subject.outrun || plan.lengths.length === 0) return;
  process.stderr.write(`round ${round + 1} of ${rounds}: ${subject.name.padEnd(24)} `);
  try {
    if (subject.adapter === 'llama') subject.samples.push(await sampleHere(subject, plan, round));
    else {
      const { adapter, quantization, build, threads } = subject;
      const context = contextFor(subject);
      const asked = { adapter, model: onServer(quantization), build, threads, context };
      subject.samples.push(await samplePage(browser, server.url, asked, plan));
      if (round === 0 && quantization === quantizations[0])
        subject.memory = await sampleMemory(browser, server.url, asked);
    }
    const last = subject.samples[subject.samples.length - 1];
    const rates = `prefill ${last['prefill-256'].toFixed(0)}, decode ${last.decode.toFixed(0)} tokens/s`;
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    process.stderr.write(`${rates} (${seconds} s)\n`);
  } catch (error) {
    // Not the subject's fault, and nothing more can be measured.
    if (!browser.isConnected()) {
      console.error('\nThe browser has ended. Nothing is written: start the benchmark again.');
      process.exit(1);
    }
    // Playwright puts the page's stack below the sentence.
    subject.failed = error.message.split('\n')[0].replace(/^page\.evaluate: (Error: )?/, '');
    process.stderr.write(`not measured: ${subject.failed}\n`);
  }
}

async function sampleHere(subject, plan, round) {
  const before = process.memoryUsage.rss();
  const taken = () => process.memoryUsage.rss() - before;
  const started = performance.now();
  const { threads, quantization } = subject;
  const loaded = await loadLlama({
    path: files[quantization],
    threads,
    context: contextFor(subject),
  });
  const load = (performance.now() - started) / 1000;
  try {
    const memoryLoaded = taken();
    const sample = { about: loaded.about, load, ...(await measure(loaded, plan)) };
    // What one has given back, the next takes again: so the first alone tells.
    if (round === 0 && subject === result.subjects.find(({ adapter }) => adapter === 'llama'))
      subject.memory = { 'memory-loaded': memoryLoaded, 'memory-prompt': taken() };
    return sample;
  } finally {
    await loaded.close();
  }
}

/** The sizes of all WebAssembly modules that are compared. */
function modules() {
  const packages = `${root}node_modules`;
  const all = [
    ...['simd128', 'relaxed', 'threads'].map((build) => [
      `shotglass ${build}`,
      `${root}pkg/wasm/${build}/shotglass_bg.wasm`,
    ]),
    ...['single-thread', 'multi-thread'].map((build) => [
      `wllama ${version('wllama-2')} ${build}`,
      `${packages}/wllama-2/esm/${build}/wllama.wasm`,
    ]),
    [`wllama ${version('wllama-3')}`, `${packages}/@wllama/wllama/esm/wasm/wllama.wasm`],
  ];
  return all
    .filter(([, file]) => statSync(file, { throwIfNoEntry: false }))
    .map(([name, file]) => {
      const bytes = readFileSync(file);
      return { name, bytes: bytes.length, gzipped: gzipSync(bytes, { level: 9 }).length };
    });
}

function names(subjects) {
  return subjects.map(({ name }) => `  ${name}`).join('\n');
}
