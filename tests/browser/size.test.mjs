// What the page weighs without the engine: every script and style of it, the second language and what is fetched late included.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

const dist = new URL('../../www/dist/', import.meta.url);
const bound = 250_000;

test('all code of the page is at most 250 kB gzipped', () => {
  const code = readdirSync(dist, { recursive: true }).filter((name) =>
    ['.js', '.css', '.html'].includes(extname(name)),
  );
  assert.ok(code.length > 5, 'the page was not built');
  const sizes = code.map((name) => gzipSync(readFileSync(new URL(name, dist))).length);
  const sum = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(sum <= bound, `${sum} bytes in ${code.length} files`);
  console.log(`${sum} bytes gzipped in ${code.length} files`);
});
