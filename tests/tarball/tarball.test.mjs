import assert from 'node:assert/strict';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { modelFile, mustExist } from '../package/golden.mjs';
import { packAndInstall } from './installed.mjs';
import { titleOf } from './page.mjs';

const root = new URL('../..', import.meta.url).pathname;

let installed;

before(async () => {
  mustExist(modelFile, 'cargo xtask model');
  installed = await packAndInstall();
  await symlink(modelFile, join(installed.folder, 'SmolLM2-135M-Instruct-Q4_1.gguf'));
});

after(() => installed?.remove());

test('the tarball holds what a user needs and nothing else', (t) => {
  const { packed } = installed;
  t.diagnostic(`${packed.filename}: ${packed.size} bytes packed, ${packed.unpackedSize} unpacked`);
  const files = packed.files.map((file) => file.path);
  const needed = [
    'package.json',
    'README.md',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/worker.js',
    'wasm/simd128/shotglass.js',
    'wasm/simd128/shotglass_bg.wasm',
  ];
  for (const path of needed) assert.ok(files.includes(path), `${path} is missing`);
  const known = [
    /^(package\.json|README\.md|LICENSE-MIT|LICENSE-APACHE)$/,
    /^dist\/[a-z-]+(\.d\.ts|\.js)$/,
    /^wasm\/simd128\/shotglass(\.d\.ts|\.js|_bg\.wasm|_bg\.wasm\.d\.ts)$/,
  ];
  for (const path of files) {
    assert.ok(
      known.some((pattern) => pattern.test(path)),
      `${path} is not to be published`,
    );
  }
  assert.ok(packed.size < 3_000_000, `${packed.size} bytes are too many`);
});

test('the example of the README does what it says', async () => {
  const readme = await readFile(join(root, 'pkg/README.md'), 'utf8');
  const [, example] = readme.match(/```js\n(.*?)```/s);
  const [, output] = readme.match(/```text\n(.*?)```/s);
  await writeFile(join(installed.folder, 'example.mjs'), example);
  assert.equal(await installed.run(process.execPath, 'example.mjs'), output);
});

test('the types are whole, and say what the README does', async () => {
  const readme = await readFile(join(root, 'pkg/README.md'), 'utf8');
  const [, example] = readme.match(/```js\n(.*?)```/s);
  await writeFile(join(installed.folder, 'example.mts'), example);
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022'];
  await installed.run(process.execPath, tsc, ...flags, '--types', '', 'example.mts');
});

/** What both pages do: the same as the example, with the result in the title. */
const page = (specifier) => `
import { Model } from '${specifier}';
try {
  const model = await Model.load('model.gguf');
  const { candidates } = await model.predict('Q: walk\\nA: walked\\n\\nQ: jump\\nA:', { topK: 1 });
  model.close();
  document.title = JSON.stringify(candidates[0].text);
} catch (error) {
  document.title = String(error);
}`;
const html = '<!doctype html><script type="module" src="./main.js"></script>';

async function writePage(name, specifier) {
  const folder = join(installed.folder, name);
  await mkdir(join(folder, 'public'), { recursive: true });
  await writeFile(join(folder, 'index.html'), html);
  await writeFile(join(folder, 'main.js'), page(specifier));
  return folder;
}

test('a page without a bundler, under a strict security policy', async () => {
  const folder = await writePage('plain', './shotglass/dist/index.js');
  await installed.copy('node_modules/shotglass', 'plain/shotglass');
  await symlink(modelFile, join(folder, 'model.gguf'));
  assert.deepEqual(await titleOf(folder), { title: '" jumped"', complaints: [] });
});

test('a page built by Vite as it comes', async () => {
  const folder = await writePage('bundled', 'shotglass');
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  await installed.run(process.execPath, vite, 'build', 'bundled', '--logLevel', 'warn');
  await symlink(modelFile, join(folder, 'dist/model.gguf'));
  assert.deepEqual(await titleOf(join(folder, 'dist')), { title: '" jumped"', complaints: [] });
});
