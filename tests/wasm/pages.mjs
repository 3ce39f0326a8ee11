// What the tests in browsers share.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mustExist, trainedFolder } from '../support/files.mjs';
import { isolated, serve } from '../support/serve.mjs';
import { folder } from './checks.mjs';

/** The builds of the engine that differ: `threads` has all of `relaxed`. */
export const builds = ['simd128', 'threads'];

/** The tests that were compiled to WebAssembly, and the model that a run was recorded with. */
export function serveTests() {
  mustExist(join(folder, 'threads/tests.js'), 'cargo xtask test --only wasm');
  mustExist(trainedFolder, 'cargo xtask test --only rust');
  return serve(folder, {
    headers: isolated,
    files: {
      '/thread.mjs': fileURLToPath(new URL('./thread.mjs', import.meta.url)),
      '/model.gguf': join(trainedFolder, 'model.gguf'),
    },
    html: '<!doctype html><link rel="icon" href="data:,"><title>kernels</title>',
  });
}

/** Runs in the page: the bits of the run with a build. */
export async function trainedWith(build) {
  const module = await import(`/${build}/tests.js`);
  await module.default({ module_or_path: fetch(`/${build}/tests_bg.wasm`) });
  const file = await fetch('/model.gguf');
  return module.training(new Uint8Array(await file.arrayBuffer()));
}
