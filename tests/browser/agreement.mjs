// What a browser is asked in order to compare it with the native engine.

import { fileURLToPath } from 'node:url';
import { modelFile, nativeFile, promptsFile } from '../support/files.mjs';
import { isolated, serve } from '../support/serve.mjs';

/** The package as it is, without a bundler, beside the model and what the native engine says of the golden prompts. */
export function serveAgreement() {
  return serve(fileURLToPath(new URL('../../pkg', import.meta.url)), {
    headers: isolated,
    files: { '/model.gguf': modelFile, '/native.f32': nativeFile, '/prompts.json': promptsFile },
    html: '<!doctype html><link rel="icon" href="data:,"><title>agreement</title>',
  });
}

/** Runs in the page: for each prompt, the largest difference between its logprobs and the native engine's. */
export async function compareWithNative({ size, options }) {
  const { Model } = await import('/dist/index.js');
  const texts = await (await fetch('/prompts.json')).json();
  const native = new Float32Array(await (await fetch('/native.f32')).arrayBuffer());
  const model = await Model.load('/model.gguf', options);
  const found = [];
  for (const [index, { name, text, ids }] of texts.entries()) {
    const tokens = await model.tokenize(text);
    const same = tokens.length === ids.length && tokens.every(({ id }, i) => id === ids[i]);
    const logprobs = await model.logprobs(text);
    let difference = 0;
    for (let id = 0; id < size; id++) {
      difference = Math.max(difference, Math.abs(logprobs[id] - native[index * size + id]));
    }
    found.push({ name, same, difference });
  }
  model.close();
  return { build: model.info.build, threads: model.info.threads, found };
}
