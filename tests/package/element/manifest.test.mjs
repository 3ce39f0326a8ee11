// custom-elements.json is written by hand, and must say what the code does, no more and no less.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ShotGlassElement } from 'shotglass/element';

const folder = fileURLToPath(new URL('../../../pkg/', import.meta.url));
const manifest = JSON.parse(readFileSync(join(folder, 'custom-elements.json'), 'utf8'));
const [{ declarations }] = manifest.modules;
const [declaration] = declarations;
const sources = readdirSync(join(folder, 'src/element'), { recursive: true })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(folder, 'src/element', name), 'utf8'))
  .join('\n');

const names = (list) => list.map(({ name }) => name).sort();
const found = (pattern) =>
  [
    ...new Set(
      [...sources.matchAll(pattern)].flatMap(([, ...texts]) =>
        texts.flatMap((text) => text?.split(' ') ?? []),
      ),
    ),
  ].sort();

test('the class can be imported where there are no elements, and define does nothing there', async () => {
  assert.equal(declaration.name, ShotGlassElement.name);
  await import('shotglass/element/define');
  assert.equal(globalThis.customElements, undefined);
});

test('attributes: those that the class observes', () => {
  assert.deepEqual(names(declaration.attributes), [...ShotGlassElement.observedAttributes].sort());
});

test('fields: the accessors of the class, reflected where it is said', () => {
  const properties = Object.getOwnPropertyDescriptors(ShotGlassElement.prototype);
  const accessors = Object.entries(properties).filter(([, { get }]) => get);
  assert.deepEqual(names(declaration.members), accessors.map(([name]) => name).sort());
  for (const { name, attribute, reflects } of declaration.members) {
    if (!reflects) continue;
    assert.match(properties[name].set.toString(), new RegExp(`#reflect\\('${attribute}'`));
    const { fieldName } = declaration.attributes.find((one) => one.name === attribute);
    assert.equal(fieldName, name);
  }
});

test('events, parts and custom properties: those in the code', () => {
  assert.deepEqual(names(declaration.events), found(/'(shotglass-[a-z]+)'/g));
  // A part is written as a string after `part:`, or as one of two.
  const parts = found(/part: (?:\w+ \? '([a-z ]+)' : )?'([a-z ]+)'/g);
  assert.deepEqual(names(declaration.cssParts), parts);
  assert.deepEqual(names(declaration.cssProperties), found(/var\((--shotglass-[a-z-]+)/g));
});

test('the files that it names are in the package, which names it', () => {
  const { exports, customElements } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  assert.equal(customElements, './custom-elements.json');
  const exported = Object.values(exports).map((entry) => entry.default ?? entry);
  for (const { path } of manifest.modules) {
    assert.ok(exported.includes(`./${path}`), `${path} is not exported`);
    assert.ok(readFileSync(join(folder, dirname(path), 'index.js'), 'utf8').length > 0);
  }
});
