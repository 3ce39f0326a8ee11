import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { modelFile, mustExist } from '../support/files.mjs';
import { packAndInstall } from './installed.mjs';

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
    'LICENSE-MIT',
    'LICENSE-APACHE',
    'THIRD-PARTY-NOTICES.txt',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/worker/worker.js',
    'dist/data/index.js',
    'dist/data/index.d.ts',
    'dist/prompt/jinja/index.js',
    'dist/experiments/index.js',
    'dist/experiments/index.d.ts',
    'dist/presets/index.js',
    'dist/records/index.js',
    'dist/records/plural.json',
    'dist/format/index.js',
    'dist/format/index.d.ts',
    'dist/cli/index.js',
    'lab/engine.json',
    'lab/index.html.gz',
    'lab/third-party-notices.txt.gz',
    'dist/presets/index.d.ts',
    'dist/element/index.js',
    'dist/element/index.d.ts',
    'dist/element/define.js',
    'dist/element/define.d.ts',
    'custom-elements.json',
    'wasm/simd128/shotglass.js',
    'wasm/simd128/shotglass_bg.wasm',
    'wasm/relaxed/shotglass_bg.wasm',
    'wasm/threads/shotglass.js',
    'wasm/threads/shotglass_bg.wasm',
    'wasm/threads/shotglass_memory.js',
    'wasm/simd128-threads/shotglass_bg.wasm',
  ];
  for (const path of needed) assert.ok(files.includes(path), `${path} is missing`);
  const known = [
    /^(package\.json|custom-elements\.json|README\.md|LICENSE-MIT|LICENSE-APACHE|THIRD-PARTY-NOTICES\.txt)$/,
    /^lab\/(assets\/)?[\w.-]+$/,
    /^wasm\/(simd128|relaxed|threads|simd128-threads)\/shotglass(\.d\.ts|\.js|_bg\.wasm|_bg\.wasm\.d\.ts)$/,
    /^wasm\/(threads|simd128-threads)\/shotglass_memory(\.d\.ts|\.js)$/,
  ];
  // What lies in `dist` was compiled from a source of the same name.
  const sources = new URL('../../pkg/src/', import.meta.url);
  const isCompiled = (path) => {
    const [, name] = path.match(/^dist\/([a-z0-9/-]+\.(?:d\.ts|js|json))$/) ?? [];
    return name && existsSync(new URL(name.replace(/\.(d\.ts|js)$/, '.ts'), sources));
  };
  for (const path of files) {
    assert.ok(
      isCompiled(path) || known.some((pattern) => pattern.test(path)),
      `${path} is not to be published`,
    );
  }
  assert.ok(packed.size < 3_000_000, `${packed.size} bytes are too many`);
});

test('the licences are those of the project', async () => {
  for (const name of ['LICENSE-MIT', 'LICENSE-APACHE']) {
    const packed = await readFile(join(installed.folder, 'node_modules/shotglass', name), 'utf8');
    assert.equal(packed, await readFile(join(root, name), 'utf8'));
  }
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
