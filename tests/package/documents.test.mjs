// What the documents say that a program can check.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { errorCodes } from '../../pkg/dist/errors.js';

const text = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const readme = text('pkg/README.md');

/** The part under a heading, up to the next one. */
function part(heading) {
  const [, after] = readme.split(`${heading}\n`);
  assert.ok(after, `no ${heading}`);
  return after.split(/^#/m)[0];
}

test('the types that are said to load are those that the engine reads', () => {
  const [, types] = text('src/gguf/types.rs').match(/pub enum TensorType \{(.*?)^\}/ms);
  const known = [...types.matchAll(/^ {4}(\w+),$/gm)].map(([, name]) => name);
  assert.ok(known.length > 10);
  const [, list] = part('## Models').match(/may have the types(.*?);/s);
  const said = [...list.matchAll(/`(\w+)`/g)].map(([, name]) => name);
  assert.deepEqual(said, known);
  for (const path of ['README.md', 'pkg/README.md']) {
    assert.doesNotMatch(text(path), /any\s+quantization/, path);
  }
});

test('the table of errors lists every code, and no other', () => {
  const rows = [...part('### Errors').matchAll(/^\| `([a-z-]+)` +\| (.+?) +\|$/gm)];
  assert.deepEqual(
    rows.map(([, code]) => code),
    [...errorCodes],
  );
});
