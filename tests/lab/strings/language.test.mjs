import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';

const { pickLanguage } = await labModule('strings/index.ts');
const { en } = await labModule('strings/en/index.ts');
const { zh } = await labModule('strings/zh/index.ts');

test('a language is picked by what is asked for, region and script aside', () => {
  assert.equal(pickLanguage(['zh-CN', 'en']), 'zh-Hans');
  assert.equal(pickLanguage(['zh']), 'zh-Hans');
  assert.equal(pickLanguage(['fr', 'de-AT', 'zh-Hans-SG']), 'zh-Hans');
  assert.equal(pickLanguage(['en-GB', 'zh-CN']), 'en');
  assert.equal(pickLanguage(['fr']), 'en');
  assert.equal(pickLanguage([]), 'en');
});

/** Every string of a catalogue with its path; of a function the path alone. */
function* entries(catalogue, path = '') {
  for (const [key, value] of Object.entries(catalogue)) {
    const at = path ? `${path}.${key}` : key;
    if (typeof value === 'object' && value !== null) yield* entries(value, at);
    else yield [at, typeof value === 'string' ? value : null];
  }
}

// Names, and what the model reads, which is English in both. A section ends in a dot.
const alike = [
  'title',
  'keep.formats.markdown.name',
  'keep.formats.json.name',
  'keep.formats.html.name',
  'keep.formats.javascript.name',
  'formatNames.',
  'labels.fieldEmpty',
  'why.effects.lime',
  'evaluate.placeholder',
  'evaluate.paper.metrics.BLEU',
];
// A sign or a letter is no English.
const isWord = (text) => /[a-z]{4}/i.test(text);
const isAlike = (key) =>
  alike.some((one) => key === one || (one.endsWith('.') && key.startsWith(one)));

test('both catalogues hold the same keys, and none is left in English', () => {
  const [english, chinese] = [new Map(entries(en)), new Map(entries(zh))];
  assert.deepEqual([...chinese.keys()].sort(), [...english.keys()].sort());
  const left = [...chinese].filter(
    ([key, text]) => text !== null && text === english.get(key) && isWord(text) && !isAlike(key),
  );
  assert.deepEqual(left, []);
});
