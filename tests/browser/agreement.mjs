// What a browser is asked in order to compare it with the native engine.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import {
  modelFile,
  mustExist,
  nativeFile,
  promptsFile,
  readPrompts,
  vocabularySize,
} from '../support/files.mjs';
import { isolated, serve } from '../support/serve.mjs';

/** The package as it is, without a bundler, beside the model and what the native engine says of the golden prompts. */
export function serveAgreement() {
  return serve(fileURLToPath(new URL('../../pkg', import.meta.url)), {
    headers: isolated,
    files: { '/model.gguf': modelFile, '/native.f32': nativeFile, '/prompts.json': promptsFile },
    html: '<!doctype html><link rel="icon" href="data:,"><title>agreement</title>',
  });
}

/** Loads the package's model in a browser, and holds its logprobs against those of the native engine. */
export async function agreesInEveryBit(page, options, { build, threads }) {
  const prompts = readPrompts();
  mustExist(nativeFile, 'cargo xtask test --only rust-real');
  const argument = { size: vocabularySize, options };
  const result = await page.evaluate(compareWithNative, argument);
  assert.deepEqual([result.build, result.threads], [build, threads]);
  assert.equal(result.found.length, prompts.length);
  for (const { name, same, others, largest } of result.found) {
    assert.ok(same, `${name}: other tokens`);
    assert.equal(
      others,
      0,
      `${name}: ${others} of ${vocabularySize} differ, by ${largest} at most`,
    );
  }
}

/**
 * Runs in the page: for each prompt, how many of its logprobs are not the native engine's. Their bits are compared, for
 * which a NaN is like itself, and a zero is not like its negative.
 */
async function compareWithNative({ size, options }) {
  const { Model } = await import('/dist/index.js');
  const texts = await (await fetch('/prompts.json')).json();
  const bytes = await (await fetch('/native.f32')).arrayBuffer();
  const model = await Model.load('/model.gguf', options);
  const found = [];
  for (const [index, { name, text, ids }] of texts.entries()) {
    const tokens = await model.tokenize(text);
    const same = tokens.length === ids.length && tokens.every(({ id }, i) => id === ids[i]);
    const ours = await model.logprobs(text);
    const native = new Float32Array(bytes, index * size * 4, size);
    const bits = new Uint32Array(bytes, index * size * 4, size);
    const ourBits = new Uint32Array(ours.buffer, ours.byteOffset, ours.length);
    const others =
      ourBits.length === size ? bits.filter((b, id) => b !== ourBits[id]).length : size;
    const largest = native.reduce((worst, x, id) => Math.max(worst, Math.abs(x - ours[id])), 0);
    found.push({ name, same, others, largest });
  }
  model.close();
  return { build: model.info.build, threads: model.info.threads, found };
}
