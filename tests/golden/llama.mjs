// What llama.cpp says: its tokens for strings.mjs, its ids and its whole next-token distribution for prompts.mjs.
// Run before the Rust golden tests, which read what this leaves in target/golden/:
//
//   prompts.json          [{ name, text, ids }]
//   strings.json          [{ text, ids }]
//   tokenizers/<name>.gguf, .json   a vocabulary of vocabularies.mjs, and its tokens: { bos, addsBos, texts, ids }
//   llama-logprobs.f32    a row of natural-log probabilities per prompt, little endian
//   llama.key             what all of these were made from; when it is still true there is nothing to do
//
//   SHOTGLASS_MODEL=path/to/model.gguf node tests/golden/llama.mjs

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { endianness, homedir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { prompts } from './prompts.mjs';
import { strings } from './strings.mjs';
import { ggufOf, vocabularies } from './vocabularies.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const outputFolder = path.join(here, '../../target/golden');
const modelPath =
  process.env.SHOTGLASS_MODEL ??
  path.join(
    process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'),
    'shotglass/models/SmolLM2-135M-Instruct-Q4_1.gguf',
  );

async function key() {
  const hash = createHash('sha256');
  const scripts = [
    'llama.mjs',
    'prompts.mjs',
    'strings.mjs',
    'pieces.mjs',
    'vocabularies.mjs',
    '../support/seeded.mjs',
  ];
  for (const script of scripts) hash.update(await readFile(path.join(here, script)));
  // The package's manifest names its version, and with it the version of llama.cpp inside.
  hash.update(await readFile(new URL('../package.json', import.meta.resolve('node-llama-cpp'))));
  await pipeline(createReadStream(modelPath), hash, { end: false });
  return hash.digest('hex');
}

async function upToDate(wanted) {
  try {
    const rows = await stat(path.join(outputFolder, 'llama-logprobs.f32'));
    await stat(path.join(outputFolder, 'prompts.json'));
    await stat(path.join(outputFolder, 'strings.json'));
    return (
      rows.size > 0 && (await readFile(path.join(outputFolder, 'llama.key'), 'utf8')) === wanted
    );
  } catch {
    return false;
  }
}

/** Written beside and renamed, so that a run cut short leaves no half file to believe. */
async function write(name, data) {
  const file = path.join(outputFolder, name);
  await writeFile(`${file}.part`, data);
  await rename(`${file}.part`, file);
}

/** logits → natural-log probabilities, summed in double precision. */
function logSoftmax(logits, vocabularySize) {
  const row = new Float64Array(vocabularySize).fill(Number.NEGATIVE_INFINITY);
  for (const [id, logit] of logits) row[id] = logit;
  const highest = row.reduce((a, b) => Math.max(a, b));
  const logTotal =
    highest + Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - highest), 0));
  return Float32Array.from(row, (logit) => logit - logTotal);
}

/** Writes each vocabulary, and what llama.cpp makes of the strings with it. */
async function askTokenizers(llama) {
  await mkdir(path.join(outputFolder, 'tokenizers'), { recursive: true });
  const { logLevel } = llama;
  // It says of each file that there are no weights in it.
  llama.logLevel = 'disabled';
  for (const [name, tokenizer] of vocabularies()) {
    await write(`tokenizers/${name}.gguf`, ggufOf(tokenizer));
    const modelPath = path.join(outputFolder, 'tokenizers', `${name}.gguf`);
    const model = await llama.loadModel({ modelPath, vocabOnly: true });
    const { bos, shouldPrependBosToken } = model.tokens;
    // Without what came with Unicode 16, which is not in llama.cpp's tables; all as one text too, which is encoded in
    // parts here.
    const known = strings.filter((text) => !/[\u{13460}-\u{143fa}]/u.test(text));
    const texts = [...known, known.join('\n')];
    const ids = texts.map((text) => [...model.tokenize(text, true)]);
    const answer = { bos, addsBos: shouldPrependBosToken, texts, ids };
    await write(`tokenizers/${name}.json`, JSON.stringify(answer));
    await model.dispose();
  }
  llama.logLevel = logLevel;
}

async function ask() {
  const { getLlama, LlamaLogLevel } = await import('node-llama-cpp');
  const llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.error });
  await askTokenizers(llama);
  const model = await llama.loadModel({ modelPath });
  const tokenize = (text) => [...model.tokenize(text, true)];

  const context = await model.createContext({ contextSize: 2048, batchSize: 512, threads: 2 });
  const sequence = context.getSequence();
  const asked = [];
  const rows = [];
  for (const { name, text } of prompts) {
    const ids = tokenize(text);
    await sequence.clearHistory();
    const last = ids.length - 1;
    const everything = { temperature: 1, topK: 0, topP: 1, minP: 0 };
    const input = ids.map((id, i) =>
      i === last ? [id, { generateNext: { logits: true, options: everything } }] : id,
    );
    const { logits } = (await sequence.controlledEvaluate(input))[last].next;
    asked.push({ name, text, ids });
    rows.push(logSoftmax(logits, logits.size));
  }
  const split = strings.map((text) => ({ text, ids: tokenize(text) }));

  await context.dispose();
  await model.dispose();
  await llama.dispose();
  return { asked, rows, split };
}

if (endianness() !== 'LE')
  throw new Error('The golden rows are little endian: run this on a little-endian machine.');
const started = performance.now();
const wanted = await key();
if (await upToDate(wanted)) {
  console.log('llama.cpp: the rows in target/golden are up to date');
} else {
  await mkdir(outputFolder, { recursive: true });
  const { asked, rows, split } = await ask();
  await write('prompts.json', JSON.stringify(asked));
  await write('strings.json', JSON.stringify(split));
  await write('llama-logprobs.f32', Buffer.concat(rows.map((row) => Buffer.from(row.buffer))));
  await write('llama.key', wanted);
  const tokens = asked.reduce((sum, { ids }) => sum + ids.length, 0);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `llama.cpp: ${asked.length} prompts (${tokens} tokens) and ${split.length} strings in ${seconds} s`,
  );
}
