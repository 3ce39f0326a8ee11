import assert from 'node:assert/strict';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { modelFile, mustExist } from '../support/files.mjs';
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
    'LICENSE-MIT',
    'LICENSE-APACHE',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/worker.js',
    'dist/data.js',
    'dist/data.d.ts',
    'dist/jinja.js',
    'dist/experiments/index.js',
    'dist/experiments/index.d.ts',
    'dist/presets/index.js',
    'dist/format.js',
    'dist/format.d.ts',
    'dist/cli/index.js',
    'lab/engine.json',
    'lab/index.html.gz',
    'dist/presets/index.d.ts',
    'dist/element/index.js',
    'dist/element/index.d.ts',
    'dist/element/define.js',
    'dist/element/define.d.ts',
    'custom-elements.json',
    'wasm/simd128/shotglass.js',
    'wasm/simd128/shotglass_bg.wasm',
    'wasm/relaxed/shotglass.js',
    'wasm/relaxed/shotglass_bg.wasm',
    'wasm/threads/shotglass.js',
    'wasm/threads/shotglass_bg.wasm',
  ];
  for (const path of needed) assert.ok(files.includes(path), `${path} is missing`);
  const known = [
    /^(package\.json|custom-elements\.json|README\.md|LICENSE-MIT|LICENSE-APACHE)$/,
    /^lab\/(assets\/)?[\w.-]+$/,
    /^dist\/((cli|element|experiments|presets)\/)?[a-z-]+(\.d\.ts|\.js)$/,
    /^wasm\/(simd128|relaxed|threads)\/shotglass(\.d\.ts|\.js|_bg\.wasm|_bg\.wasm\.d\.ts)$/,
  ];
  for (const path of files) {
    assert.ok(
      known.some((pattern) => pattern.test(path)),
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

/** What both pages do: the same as the example, and what is not the same in a browser as in Node. */
const page = (specifier) => `
import { Model } from '${specifier}';

async function checks() {
  const model = await Model.load('model.gguf');
  const { candidates } = await model.predict('Q: walk\\nA: walked\\n\\nQ: jump\\nA:', { topK: 1 });

  const long = 'The quick brown fox jumps over the lazy dog. '.repeat(30);
  const controller = new AbortController();
  const onProgress = ({ tokensDone }) => tokensDone > 60 && controller.abort();
  const abort = await model.predict(long, { signal: controller.signal, onProgress }).catch((e) => e);
  const { cachedTokens, tokens } = await model.predict(long);
  model.close();

  const file = await (await fetch('model.gguf')).blob();
  const again = await Model.load(file);
  again.close();
  const streamed = await Model.load((await fetch('model.gguf')).body);
  streamed.close();
  const missing = await Model.load('missing.gguf').catch((e) => e);

  return [
    candidates[0].text,
    abort.name,
    cachedTokens > 60 && cachedTokens < tokens,
    again.info.sha256 === model.info.sha256 && streamed.info.sha256 === model.info.sha256,
    missing.code,
    model.info.build,
  ];
}
checks().then(JSON.stringify, String).then((title) => { document.title = title; });
`;
const passed = (build) =>
  JSON.stringify([' jumped', 'AbortError', true, true, 'download-failed', build]);
/** On one core there is nothing to share. */
const fastest = availableParallelism() > 1 ? 'threads' : 'relaxed';
const html = '<!doctype html><script type="module" src="./main.js"></script>';

async function writePage(name, specifier) {
  const folder = join(installed.folder, name);
  await mkdir(join(folder, 'public'), { recursive: true });
  await writeFile(join(folder, 'index.html'), html);
  await writeFile(join(folder, 'main.js'), page(specifier));
  return folder;
}

/** With one thread, and where the page is isolated with more. */
async function passesEverywhere(folder) {
  for (const [isIsolated, build] of [
    [false, 'relaxed'],
    [true, fastest],
  ]) {
    assert.deepEqual(await titleOf(folder, { isIsolated }), {
      title: passed(build),
      complaints: [],
    });
  }
}

test('a page without a bundler, under a strict security policy', async () => {
  const folder = await writePage('plain', './shotglass/dist/index.js');
  await installed.copy('node_modules/shotglass', 'plain/shotglass');
  await symlink(modelFile, join(folder, 'model.gguf'));
  await passesEverywhere(folder);
});

test('a page built by Vite as it comes', async () => {
  const folder = await writePage('bundled', 'shotglass');
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  await installed.run(process.execPath, vite, 'build', 'bundled', '--logLevel', 'warn');
  await symlink(modelFile, join(folder, 'dist/model.gguf'));
  await passesEverywhere(join(folder, 'dist'));
});
