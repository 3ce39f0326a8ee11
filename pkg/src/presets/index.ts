/**
 * `shotglass/presets`: ready-made tasks, each in the format of its source and with rows for evaluation.
 *
 * @packageDocumentation
 */
import { antonym } from './antonym.js';
import { arithmetic } from './arithmetic.js';
import { badExample } from './bad-example.js';
import { capital } from './capital.js';
import { cloze } from './cloze.js';
import { code } from './code.js';
import { doubleSpace } from './double-space.js';
import { extract } from './extract.js';
import { flipped } from './flipped.js';
import { imbalanced } from './imbalanced.js';
import { pastTense } from './past-tense.js';
import { plural } from './plural.js';
import type { Preset } from './preset.js';
import { qa } from './qa.js';
import { questionType } from './question-type.js';
import { sentiment } from './sentiment.js';
import { sentimentZh } from './sentiment-zh.js';
import { table } from './table.js';
import { topics } from './topics.js';
import { translate } from './translate.js';
import { unscramble } from './unscramble.js';
import { writing } from './writing.js';

/** All presets, in the order of the lab, which opens with the first. */
export const presets: readonly [Preset, ...Preset[]] = [
  plural,
  pastTense,
  sentiment,
  topics,
  translate,
  questionType,
  cloze,
  unscramble,
  arithmetic,
  qa,
  capital,
  antonym,
  table,
  code,
  extract,
  writing,
  sentimentZh,
  doubleSpace,
  badExample,
  flipped,
  imbalanced,
];

export type { Preset, PresetId } from './preset.js';
export { arrow, questionAnswer, review, templates } from './templates.js';
