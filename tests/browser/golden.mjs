// What the native engine says of the fifty golden prompts, as the Rust tests leave it.

import { existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('../../target/golden/', import.meta.url);
export const vocabularySize = 49_152;

export const promptsFile = fileURLToPath(new URL('prompts.json', folder));
export const nativeFile = fileURLToPath(new URL('native-logprobs.f32', folder));
const truthFile = fileURLToPath(new URL('truth-logprobs.f32', folder));

export const haveGolden = existsSync(promptsFile) && existsSync(nativeFile);
export const prompts = haveGolden ? JSON.parse(readFileSync(promptsFile, 'utf8')) : [];

/** Our native engine's logprobs after a prompt, by its place in `prompts`. */
export const nativeLogprobs = (index) => readRow(nativeFile, index);

/** The float32 truth's, or null where it was not computed. */
export const trueLogprobs = (index) => (existsSync(truthFile) ? readRow(truthFile, index) : null);

function readRow(file, index) {
  const row = new Float32Array(vocabularySize);
  readSync(openSync(file), row, 0, row.byteLength, index * row.byteLength);
  return row;
}
