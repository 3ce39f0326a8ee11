import { antonym } from './antonym.ts';
import { arithmetic } from './arithmetic.ts';
import { badExample } from './bad-example.ts';
import { capital } from './capital.ts';
import { cloze } from './cloze.ts';
import { code } from './code.ts';
import { doubleSpace } from './double-space.ts';
import { extract } from './extract.ts';
import { flipped } from './flipped.ts';
import { imbalanced } from './imbalanced.ts';
import { pastTense } from './past-tense.ts';
import { plural } from './plural.ts';
import type { PresetContent } from './preset.ts';
import { qa } from './qa.ts';
import { questionType } from './question-type.ts';
import { sentiment } from './sentiment.ts';
import { table } from './table.ts';
import { topics } from './topics.ts';
import { translate } from './translate.ts';
import { unscramble } from './unscramble.ts';
import { writing } from './writing.ts';

/** All presets, in the order of the page. The first is the one the lab opens with: see `src/DESIGN.md`. */
export const contents: readonly [PresetContent, ...PresetContent[]] = [
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
  doubleSpace,
  badExample,
  flipped,
  imbalanced,
];
