// The packed file as a thing to publish: what it weighs, what linters say of it, what a bundler leaves of it, and the
// long example of its README.

import assert from 'node:assert/strict';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { build } from 'vite';
import { modelFile, mustExist } from '../support/files.mjs';
import { packAndInstall } from './installed.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

let installed;
let tarball;
let manifest;

before(async () => {
  mustExist(modelFile, 'cargo xtask model');
  installed = await packAndInstall();
  tarball = await readFile(join(installed.folder, installed.packed.filename));
  manifest = JSON.parse(await readInstalled('package.json'));
  await symlink(modelFile, join(installed.folder, 'SmolLM2-135M-Instruct-Q4_1.gguf'));
});

after(() => installed?.remove());

const readInstalled = (path, encoding = 'utf8') =>
  readFile(join(installed.folder, 'node_modules/shotglass', path), encoding);

test('it is at most 5.9 MB unpacked, and an engine at most 700 kB gzipped', async (t) => {
  const { size, unpackedSize, files } = installed.packed;
  t.diagnostic(`${size} bytes packed, ${unpackedSize} unpacked`);
  assert.ok(unpackedSize <= 5_900_000, `${unpackedSize} bytes unpacked are too many`);
  const engines = files.map(({ path }) => path).filter((path) => path.endsWith('_bg.wasm'));
  const dist = engines.filter((path) => path.startsWith('wasm/'));
  assert.equal(dist.length, 4);
  for (const path of engines) {
    const module = await readInstalled(path, null);
    const gzipped = gzipSync(module, { level: 9 }).length;
    t.diagnostic(`${path}: ${module.length} bytes, ${gzipped} gzipped`);
    assert.ok(gzipped <= 700_000, `${path}: ${gzipped} bytes gzipped are too many`);
  }
});

test('no engine names a folder of the machine that it was built on', async () => {
  const folders = [homedir(), root, '.rustup'];
  for (const { path } of installed.packed.files) {
    if (!path.endsWith('.wasm')) continue;
    const module = await readInstalled(path, 'latin1');
    for (const folder of folders) assert.ok(!module.includes(folder), `${path}: ${folder}`);
  }
});

test('publint has nothing to say', async () => {
  const { messages, pkg } = await publint({ pack: { tarball: tarball.buffer } });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  );
});

/** Without the resolutions of CommonJS: the package has modules alone, which these cannot load. */
const modulesOnly = new Set(['node16-esm', 'bundler']);

test('are-the-types-wrong finds nothing wrong, for those who import modules', async () => {
  const { types, problems, entrypoints } = await checkPackage(
    createPackageFromTarballData(tarball),
  );
  assert.equal(types.kind, 'included');
  const wrong = problems.filter(
    ({ resolutionKind }) => resolutionKind === undefined || modulesOnly.has(resolutionKind),
  );
  assert.deepEqual(wrong, []);
  for (const [path, { types }] of Object.entries(manifest.exports)) {
    if (types === undefined) continue;
    for (const kind of modulesOnly) {
      assert.ok(entrypoints[path].resolutions[kind].resolution, `${path} has no types in ${kind}`);
    }
  }
});

test('every file that package.json names is there, and types come first', async () => {
  const files = installed.packed.files.map(({ path }) => `./${path}`);
  const exported = Object.values(manifest.exports).flatMap((target) => {
    if (typeof target === 'string') return [target];
    assert.equal(Object.keys(target)[0], 'types');
    return Object.values(target);
  });
  const named = [...exported, ...Object.values(manifest.bin), ...manifest.sideEffects];
  const matches = (path) => {
    const [before, behind = ''] = path.split('*');
    const isWhole = !path.includes('*');
    return isWhole
      ? files.includes(path)
      : files.some((file) => file.startsWith(before) && file.endsWith(behind));
  };
  for (const path of [...named, manifest.customElements]) {
    assert.ok(matches(path), `${path} is missing`);
  }
});

test('what needs no model is bundled without the worker and the engine', async (t) => {
  await writeFile(
    join(installed.folder, 'render.js'),
    "import { renderPrompt } from 'shotglass';\nconsole.log(renderPrompt);\n",
  );
  const { output } = await build({
    root: installed.folder,
    configFile: false,
    logLevel: 'error',
    build: { write: false, rollupOptions: { input: join(installed.folder, 'render.js') } },
  });
  const [{ code, modules }, ...others] = output;
  // Vite copies what a module names when it reads it, before it knows that nothing of it is left; nothing fetches it.
  assert.ok(others.every(({ type }) => type === 'asset'));
  for (const { fileName } of others) assert.ok(!code.includes(fileName), fileName);
  assert.doesNotMatch(code, /Worker|WebAssembly|\.wasm|fetch\(/);
  assert.match(code, /console\.log/);
  const left = Object.keys(modules).filter((id) => modules[id].renderedLength > 0);
  t.diagnostic(`${code.length} bytes of ${left.length} modules, ${gzipSync(code).length} gzipped`);
  assert.ok(code.length < 8_000, `${code.length} bytes are left`);
});

test('the forty lines of the README print what it says', async () => {
  const readme = await readFile(join(root, 'pkg/README.md'), 'utf8');
  const [, section] = readme.match(/^## The whole path, in forty lines$(.*?)^## /ms);
  const [, example] = section.match(/```js\n(.*?)```/s);
  const [, output] = section.match(/```text\n(.*?)```/s);
  assert.ok(example.trimEnd().split('\n').length <= 40, 'more than 40 lines');
  await writeFile(join(installed.folder, 'forty-lines.mjs'), example);
  assert.equal(await installed.run(process.execPath, 'forty-lines.mjs'), output);
});
