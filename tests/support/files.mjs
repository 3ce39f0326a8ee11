// Where the files lie that tests in JavaScript read, and what makes them.

import assert from 'node:assert/strict';
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const golden = fileURLToPath(new URL('../../target/golden/', import.meta.url));

/** The default model's vocabulary. */
export const vocabularySize = 49_152;

/** Small models with random weights, made by the Rust tests, and what the native engine says of them. */
export const tinyFolder = process.env.SHOTGLASS_TINY_DIR ?? join(golden, 'tiny');

/** Small models of every architecture, made by the Rust tests, and what the native engine says of them. */
export const architecturesFolder = join(golden, 'architectures');

/** Small models of every architecture with an adapter each, made by the Rust tests, and what the native engine says. */
export const adaptersFolder = join(golden, 'adapters');

/** A training run on a small model, made by the Rust tests. */
export const trainedFolder = join(golden, 'train');

/** A training run of the default model, made by the Rust tests of it. */
export const trainedRealFile = join(golden, 'train/real.json');

/** What `tests/golden/peft` writes to record the numbers of PyTorch and PEFT. */
export const peftFolder = join(golden, 'peft');

/** The strings of the golden tests, and llama.cpp's tokens of them. */
export const stringsFile = join(golden, 'strings.json');

/** The prompts of the golden tests. */
export const promptsFile = join(golden, 'prompts.json');

/** What the native engine says of them: a row of logprobs for each. */
export const nativeFile = join(golden, 'native-logprobs.f32');

/** The same with activations of 16 bits. */
export const fineFile = join(golden, 'native-fine-logprobs.f32');

/** What the float32 truth says of them. */
export const truthFile = join(golden, 'truth-logprobs.f32');

/** What engine and truth say of the prompts for a real model, the one that was asked last. */
export const realModelsFolder = join(golden, 'real-models');

/** The default model's file. */
export const modelFile =
  process.env.SHOTGLASS_MODEL ??
  join(
    process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
    'shotglass/models/SmolLM2-135M-Instruct-Q4_1.gguf',
  );

/** Fails where a file that these tests cannot do without is missing, and says what makes it. */
export function mustExist(path, command) {
  assert.ok(existsSync(path), `${path} is missing: run ${command} first`);
}

/** The golden prompts: their name, text, and llama.cpp's ids. */
export function readPrompts() {
  mustExist(promptsFile, 'cargo xtask test --only golden');
  return JSON.parse(readFileSync(promptsFile, 'utf8'));
}

/** A row of one of the files of logprobs. */
export function readRow(file, index) {
  mustExist(file, 'cargo xtask test --only rust-real');
  const row = new Float32Array(vocabularySize);
  const handle = openSync(file);
  const read = readSync(handle, row, 0, row.byteLength, index * row.byteLength);
  closeSync(handle);
  assert.equal(read, row.byteLength, `${file} has no row ${index}`);
  return row;
}

/** Fails where two rows of logprobs differ in a single bit: a NaN is like itself, a zero is not like its negative. */
export function sameBits(ours, theirs, what) {
  assert.equal(ours.length, theirs.length, what);
  const bits = (row) => new Uint32Array(row.buffer, row.byteOffset, row.length);
  const [ourBits, theirBits] = [bits(ours), bits(theirs)];
  const others = [...theirBits.keys()].filter((id) => ourBits[id] !== theirBits[id]);
  const largest = Math.max(0, ...others.map((id) => Math.abs(ours[id] - theirs[id])));
  assert.equal(others.length, 0, `${what}: ${others.length} differ, by ${largest} at most`);
}
