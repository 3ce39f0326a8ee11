// The folders of the package and of the lab: each imports only from those below it, and no files import each other in a
// circle, not even for a type.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { circles, importsIn, sideways, upward } from './imports.mjs';

/** From the top down; folders beside each other are one layer. */
const layersOfPackage = [
  'index.ts',
  'cli',
  'element',
  'transfer',
  'experiments',
  'records',
  'snapshot',
  'scoring',
  'model',
  'worker',
  'spawn',
  'protocol.ts',
  'adapters',
  'models',
  'files',
  'data',
  'presets',
  'prompt',
  'format',
  'math',
  'util',
  'types.ts',
  'errors.ts',
  'version.ts',
];

/** Of the lab: panels lie side by side, and none knows another. */
const panels = [
  'prompt',
  'tokens',
  'answer',
  'why',
  'share',
  'story',
  'lessons',
  'models',
  'transfer',
];
const layersOfLab = [
  'main.ts',
  'service-worker.ts',
  'shell',
  'lab',
  panels,
  'figure',
  'elements',
  'app',
  'recorded',
  'presets',
  'ui',
  'strings',
  'measured',
  'util',
];

for (const [folder, layers] of [
  ['pkg/src', layersOfPackage],
  ['www/src', layersOfLab],
]) {
  const imports = importsIn(folder);

  test(`${folder}: a folder imports only from those below it`, () => {
    assert.ok(imports.size > 100, `${imports.size} files were found`);
    assert.deepEqual(upward(imports, layers), []);
  });

  test(`${folder}: no files import each other in a circle`, () => {
    assert.deepEqual(circles(imports), []);
  });
}

test('no panel of the lab imports another', () => {
  assert.deepEqual(sideways(importsIn('www/src'), panels), []);
});

test('what is wrong is found and named', () => {
  const imports = new Map([
    ['low/a.ts', ['high/b.ts']],
    ['high/b.ts', ['low/a.ts', 'other/c.ts']],
    ['other/c.ts', []],
  ]);
  assert.deepEqual(upward(imports, ['high', 'other', 'low']), [
    'low/a.ts imports high/b.ts, which lies above it',
  ]);
  assert.deepEqual(sideways(imports, ['high', 'other']), [
    'high/b.ts imports other/c.ts, which is another panel',
  ]);
  assert.deepEqual(circles(imports), ['low/a.ts → high/b.ts → low/a.ts']);
  assert.throws(() => upward(imports, ['high', 'low']), /other\/c\.ts lies in none of the layers/);
});
