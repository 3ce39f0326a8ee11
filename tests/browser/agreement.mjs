// What a browser is asked in order to compare it with the native engine.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import {
  modelFile,
  mustExist,
  nativeFile,
  readPrompts,
  vocabularySize,
} from '../support/files.mjs';
import { isolated, serve } from '../support/serve.mjs';

/** The package as it is, without a bundler, beside the model and what the native engine says of the golden prompts. */
export function serveAgreement() {
  return serve(fileURLToPath(new URL('../../pkg', import.meta.url)), {
    headers: isolated,
    files: { '/model.gguf': modelFile, '/native.f32': nativeFile },
    html: '<!doctype html><link rel="icon" href="data:,"><title>agreement</title>',
  });
}

/** Tokens of a prompt that is long enough to have several chunks and pages in the cache. */
const LONG = 700;

/**
 * Loads the package's model in a browser, and holds its logprobs against those of the native engine: after each golden
 * prompt; or after every third, tenth … but the few that are longer than any kind of work needs, which take most of the
 * time.
 */
export async function agreesInEveryBit(page, options, { build, threads, every = 1 }) {
  mustExist(nativeFile, 'cargo xtask test --only rust-real');
  assert.deepEqual(await page.evaluate(load, options), { build, threads });
  // One call each: a driver gives up one that takes minutes.
  for (const [index, { name, text, ids }] of readPrompts().entries()) {
    if (every > 1 && (index % every > 0 || ids.length > LONG)) continue;
    const argument = { index, text, size: vocabularySize };
    const { found, others, largest } = await page.evaluate(compareWithNative, argument);
    assert.deepEqual(found, ids, `${name}: other tokens`);
    assert.equal(
      others,
      0,
      `${name}: ${others} of ${vocabularySize} differ, by ${largest} at most`,
    );
  }
  await page.evaluate(() => globalThis.model.close());
}

/** Runs in the page. */
async function load(options) {
  const { Model } = await import('/dist/index.js');
  globalThis.model = await Model.load('/model.gguf', options);
  globalThis.native = await (await fetch('/native.f32')).arrayBuffer();
  const { build, threads } = globalThis.model.info;
  return { build, threads };
}

/**
 * Runs in the page: how many of a prompt's logprobs are not the native engine's. Their bits are compared, for which a
 * NaN is like itself, and a zero is not like its negative.
 */
async function compareWithNative({ index, text, size }) {
  const tokens = await globalThis.model.tokenize(text);
  const ours = await globalThis.model.logprobs(text);
  const native = new Float32Array(globalThis.native, index * size * 4, size);
  const bits = new Uint32Array(globalThis.native, index * size * 4, size);
  const ourBits = new Uint32Array(ours.buffer, ours.byteOffset, ours.length);
  return {
    found: tokens.map(({ id }) => id),
    others: ourBits.length === size ? bits.filter((b, id) => b !== ourBits[id]).length : size,
    largest: native.reduce((worst, x, id) => Math.max(worst, Math.abs(x - ours[id])), 0),
  };
}
