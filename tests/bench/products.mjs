// How many multiplications a second the products of matrices make, in 10⁹, in each build in Node: those of the forward
// pass, with activations of 16 bits, and the transposed ones of training. `cargo xtask test --only wasm` makes the modules.
//
//     node tests/bench/products.mjs [--only simd128,relaxed,threads]

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import v8 from 'node:v8';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { mustExist } from '../support/files.mjs';

// Node 20 has relaxed SIMD, but asks for it.
v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
const folder =
  process.env.SHOTGLASS_WASM_TESTS ??
  fileURLToPath(new URL('../../target/wasm-tests', import.meta.url));
const load = (build, file) => import(pathToFileURL(join(folder, build, file)).href);

if (isMainThread) {
  mustExist(join(folder, 'threads/tests.js'), 'cargo xtask test --only wasm');
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const builds = values.only?.split(',') ?? ['simd128', 'relaxed', 'threads'];
  for (const build of builds) {
    console.log(`${build}, ${build === 'threads' ? 2 : 1} threads\n${await speed(build)}`);
  }
  process.exit();
} else {
  const tests = await load('threads', 'tests.js');
  tests.initSync(workerData);
  parentPort.postMessage('joined');
  tests.work();
}

async function speed(build) {
  const tests = await load(build, 'tests.js');
  const module = new WebAssembly.Module(readFileSync(join(folder, build, 'tests_bg.wasm')));
  if (build !== 'threads') {
    tests.initSync({ module });
    return tests.speed(1);
  }
  const { INITIAL_PAGES } = await load(build, 'tests_memory.js');
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: 65_536, shared: true });
  tests.initSync({ module, memory });
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { module, memory } });
  await new Promise((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
  });
  return tests.speed(2);
}
