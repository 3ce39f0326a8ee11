import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const golden = new URL('../../target/golden/', import.meta.url).pathname;

/** Small models with random weights, made by the Rust tests, and what the native engine says of them. */
export const tinyFolder = process.env.SHOTGLASS_TINY_DIR ?? join(golden, 'tiny');

/** The strings of the golden tests, and llama.cpp's tokens of them. */
export const stringsFile = join(golden, 'strings.json');

/** The prompts of the golden tests, and what the native engine says of them. */
export const promptsFile = join(golden, 'prompts.json');
export const nativeFile = join(golden, 'native-logprobs.f32');

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

/** The largest difference between two rows of logprobs. */
export function largestDifference(ours, theirs) {
  assert.equal(ours.length, theirs.length);
  return ours.reduce((worst, logprob, id) => Math.max(worst, Math.abs(logprob - theirs[id])), 0);
}
