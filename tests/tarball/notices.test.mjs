// The packed file says whose work it holds. What it holds is asked here of others than those who wrote the notices: of
// the bundler, of cargo, and of the fonts themselves.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { build } from 'vite';
import { copyrightOf } from '../support/woff2.mjs';
import { pack } from './installed.mjs';

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

let folder;
let packed;
let notices;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shotglass-notices-'));
  await execute('tar', ['-xzf', await pack(folder), '-C', folder]);
  packed = join(folder, 'package');
  notices = await readFile(join(packed, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
});
after(() => rm(folder, { recursive: true }));

/** What stands above a text: those it belongs to, and where it has several holders, these too. */
const headOf = (text) => text.slice(0, text.indexOf('\n\n'));

const isNamed = (name) => notices.includes(`\n- ${name}: `);

/** The lab, built once more: every module and every other file that gets into it. */
async function buildLab() {
  const found = new Set();
  const watch = () => ({
    name: 'watch',
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        for (const id of file.moduleIds ?? file.originalFileNames) found.add(id);
      }
    },
  });
  await build({
    root: join(root, 'www'),
    logLevel: 'error',
    build: { write: false },
    plugins: [watch()],
    worker: { plugins: () => [watch()] },
  });
  return [...found];
}

let building = null;
const bundledFiles = () => {
  building ??= buildLab();
  return building;
};

test('every npm package of which the lab holds a file has a notice, with its version', async (t) => {
  const files = await bundledFiles();
  const names = new Set(
    files.map((file) => file.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]).filter(Boolean),
  );
  t.diagnostic([...names].join(', '));
  for (const name of [
    'lit-html',
    '@huggingface/jinja',
    'papaparse',
    '@fontsource-variable/inter',
  ]) {
    assert.ok(names.has(name), `${name} is not seen: the check is blind`);
  }
  for (const name of names) {
    const manifest = await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8');
    const { version } = JSON.parse(manifest);
    assert.ok(isNamed(`${name} ${version}`), `${name} ${version} has no notice`);
  }
});

test('every crate that cargo counts to the modules has a notice, with its version', async (t) => {
  const { stdout } = await execute(
    process.env.CARGO ?? 'cargo',
    [
      ...['tree', '--locked', '--offline', '--package', 'shotglass', '--features', 'threads'],
      ...['--target', 'wasm32-unknown-unknown', '--edges', 'normal,no-proc-macro'],
      ...['--prefix', 'none', '--no-dedupe', '--format', '{p}'],
    ],
    { cwd: root },
  );
  const crates = new Set(stdout.trim().split('\n'));
  t.diagnostic(`${crates.size} crates`);
  assert.ok(crates.size > 20, stdout);
  for (const line of crates) {
    const [name, version] = line.split(' ');
    if (name === 'shotglass') continue;
    assert.ok(isNamed(`${name} ${version.slice(1)}`), `${line} has no notice`);
  }
  assert.ok(isNamed('The Rust standard library'));
  assert.match(notices, /^- compiler_builtins \d/m);
});

test('each font has its copyright, by its own words, and the whole licence', async () => {
  const fonts = (await bundledFiles()).filter((file) => file.endsWith('.woff2'));
  assert.equal(fonts.length, 3);
  for (const font of fonts) {
    const copyright = copyrightOf(await readFile(join(root, 'www', font)));
    assert.ok(copyright.length > 10 && notices.includes(copyright), `${font}: ${copyright}`);
  }
  const licences = notices
    .split(`\n${'='.repeat(80)}\n`)
    .filter((text) => /^OFL-1\.1: /.test(text));
  const licensed = licences.flatMap((text) => [...headOf(text).matchAll(/^OFL-1\.1: /gm)]);
  assert.equal(licensed.length, fonts.length);
  for (const heading of ['PREAMBLE', 'PERMISSION & CONDITIONS', 'TERMINATION', 'DISCLAIMER']) {
    for (const text of licences) assert.ok(text.includes(`\n${heading}\n`), heading);
  }
});

test('every package that is named has a text, and every text is of one that is named', () => {
  const [list, ...texts] = notices.split(`\n${'='.repeat(80)}\n`);
  const named = [...list.matchAll(/^- (.*?): /gm)].map(([, title]) => title);
  const lines = texts.flatMap((text) => [
    ...headOf(text).matchAll(/^(?!Copyright\b).*?: (.*)$/gim),
  ]);
  const owners = new Set(lines.flatMap(([, titles]) => titles.split(', ')));
  assert.deepEqual([...owners].sort(), named.sort());
});

test('the lab in the package carries the same notices, marked as UTF-8', async (t) => {
  const file = await readFile(join(packed, 'lab/third-party-notices.txt.gz'));
  assert.equal(gunzipSync(file).toString(), `\uFEFF${notices}`);
  t.diagnostic(`${Buffer.byteLength(notices)} bytes, ${file.length} gzipped`);
});
