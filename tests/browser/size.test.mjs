// What the page weighs without the engine: what the first screen needs, and that the rest comes in chunks of its own.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

const dist = new URL('../../www/dist/', import.meta.url);
const bound = 260_000;
const read = (name) => readFileSync(new URL(name, dist), 'utf8');
const assets = readdirSync(new URL('assets/', dist));

/** The chunk of a module that is fetched by `import()`. */
const chunkOf = (name) => {
  // Behind the name is a hash of eight signs; another name may begin like this one.
  const found = assets.filter((file) => new RegExp(`^${name}-.{8}\\.js$`).test(file));
  assert.equal(found.length, 1, `${name}: ${found}`);
  return `assets/${found[0]}`;
};

/** Files that a file imports whenever it is loaded. */
function importsOf(name) {
  const text = read(name);
  if (name.endsWith('.html')) {
    return [...text.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.(?:js|css))"/g)].map(
      ([, file]) => file,
    );
  }
  return [...text.matchAll(/(?:^|[;}])import(?:[\w*{}$\s,]+from)?"\.\/([^"]+\.js)"/g)].map(
    ([, file]) => `assets/${file}`,
  );
}

test('what the first screen needs is at most 260 kB gzipped', () => {
  // The lab comes by `import()` after the masthead has been painted, in one language.
  const files = new Set();
  const add = (name) => {
    if (files.has(name)) return;
    files.add(name);
    if (!name.endsWith('.css')) importsOf(name).forEach(add);
  };
  ['index.html', chunkOf('lab-app')].forEach(add);
  assert.ok([...files].filter((name) => name.endsWith('.js')).length >= 2, `${[...files]}`);
  assert.ok([...files].some((name) => name.endsWith('.css')));
  for (const late of [
    'zh',
    'sentiment',
    'chat-worker',
    'lessons',
    'lab-guide',
    'lab-models',
    'model-rows',
    'connect-server',
    'connect',
    'lab-transfer-bench',
  ]) {
    assert.ok(!files.has(chunkOf(late)), `${late} is fetched when it is needed`);
  }
  const sizes = [...files].map((name) => gzipSync(read(name)).length);
  const sum = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(sum <= bound, `${sum} bytes in ${files.size} files`);
  console.log(`${sum} bytes gzipped in ${files.size} files`);
});
