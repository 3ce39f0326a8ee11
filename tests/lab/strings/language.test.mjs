import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { labModule } from '../module.mjs';

const { pickLanguage } = await labModule('strings/index.ts');
const apart = [
  ['inside', 'inside'],
  ['transfer', 'transfer'],
  ['models', 'models'],
  ['lessons', 'lessons/index'],
];
/** Every word of a language, those that only a part of the page imports too. */
async function catalogueOf(folder, name) {
  const all = { ...(await labModule(`strings/${folder}/index.ts`))[name] };
  for (const [key, file] of apart)
    all[key] = (await labModule(`strings/${folder}/${file}.ts`))[key];
  return all;
}
const [en, zh] = [await catalogueOf('en', 'en'), await catalogueOf('zh', 'zh')];

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
  'transfer.form.lora',
  'transfer.form.dropout',
  'transfer.comparison.ways.lora',
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

const sources = fileURLToPath(new URL('../../../www/src/strings/zh/', import.meta.url));

/** What the files of Chinese words say, with an `x` where something is put in. */
function* chinese() {
  const files = readdirSync(sources, { recursive: true }).filter((name) => name.endsWith('.ts'));
  for (const file of files) {
    let source = readFileSync(sources + file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '');
    for (const [, text] of source.matchAll(/'((?:[^'\\\n]|\\.)*)'/g)) yield [file, text];
    for (let before = ''; before !== source; ) {
      before = source;
      source = source.replaceAll(/\$\{[^{}]*\}/g, 'x');
    }
    for (const [, text] of source.matchAll(/`([^`]*)`/g)) yield [file, text];
  }
}

test('Chinese has the punctuation of Chinese, and one word for each thing', () => {
  const halfWidth = /\p{Script=Han} ?[,;:!?(]|[,;:!?] ?\p{Script=Han}|\p{Script=Han}\.$/u;
  const spaced = /[（）。，；：？！] | [（）。，；：？！]/;
  // The word of the page is the second.
  const others = [
    ['加载', '载入'],
    ['Wilson 区间', '威尔逊区间'],
    ['nat 数', '奈特'],
  ];
  const wrong = [...chinese()].filter(
    ([, text]) =>
      halfWidth.test(text) || spaced.test(text) || others.some(([other]) => text.includes(other)),
  );
  assert.deepEqual(wrong, []);
});
