import type { PresetId } from '../presets/preset.js';

/**
 * Where each preset's record lies, beside this module; in the order of the lab. The addresses are written out, because
 * that is how bundlers find files.
 */
export const addresses: Readonly<Record<PresetId, URL>> = {
  plural: new URL('./plural.json', import.meta.url),
  'past-tense': new URL('./past-tense.json', import.meta.url),
  sentiment: new URL('./sentiment.json', import.meta.url),
  topics: new URL('./topics.json', import.meta.url),
  translate: new URL('./translate.json', import.meta.url),
  'question-type': new URL('./question-type.json', import.meta.url),
  cloze: new URL('./cloze.json', import.meta.url),
  unscramble: new URL('./unscramble.json', import.meta.url),
  arithmetic: new URL('./arithmetic.json', import.meta.url),
  qa: new URL('./qa.json', import.meta.url),
  capital: new URL('./capital.json', import.meta.url),
  antonym: new URL('./antonym.json', import.meta.url),
  table: new URL('./table.json', import.meta.url),
  code: new URL('./code.json', import.meta.url),
  extract: new URL('./extract.json', import.meta.url),
  writing: new URL('./writing.json', import.meta.url),
  'sentiment-zh': new URL('./sentiment-zh.json', import.meta.url),
  'double-space': new URL('./double-space.json', import.meta.url),
  'bad-example': new URL('./bad-example.json', import.meta.url),
  flipped: new URL('./flipped.json', import.meta.url),
  imbalanced: new URL('./imbalanced.json', import.meta.url),
};
