// The kernels of the build that runs everywhere against their slow twins, and a training run against the native engine, in
// Node.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { mustExist, trainedFolder } from '../support/files.mjs';
import { checks, folder } from './checks.mjs';

let module;
before(async () => {
  mustExist(join(folder, 'simd128/tests.js'), 'cargo xtask test --only wasm');
  module = await import(pathToFileURL(join(folder, 'simd128/tests.js')).href);
  module.initSync({ module: readFileSync(join(folder, 'simd128/tests_bg.wasm')) });
});

test('simd128 in Node', () => {
  for (const [check, [seed, cases]] of Object.entries(checks)) {
    assert.equal(module[check](seed, cases), undefined);
  }
  assert.equal(module.pool(1, 1000), undefined);
});

test('training in Node has the bits of the native engine', () => {
  mustExist(trainedFolder, 'cargo xtask test --only rust');
  const model = readFileSync(join(trainedFolder, 'model.gguf'));
  assert.equal(module.training(model), readFileSync(join(trainedFolder, 'run.txt'), 'utf8'));
});

test('a caller can stop soon, whatever the sizes of the network', () => {
  assert.equal(module.budgets(), undefined);
});

test('what is wrong is told', () => {
  assert.match(module.pool(2, 1), /^1 threads where 2 were asked for$/);
});
