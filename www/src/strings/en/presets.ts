import { formatProbability } from 'shotglass/format';
import type { PresetId } from 'shotglass/presets';
import {
  begun,
  calibrated,
  mass,
  right,
  said,
  shots,
  sizeOf,
  sure,
  withoutAnother,
} from '../../measured/figures.ts';
import type { Measured } from '../../measured/types.ts';
import { words } from './words.ts';

const percent = (p: number) => formatProbability(p, words.oneIn);

/** What the page says of a preset. */
interface PresetWords {
  name: string;
  /** What it shows, in a few sentences. Every number in them comes from what was measured. */
  shows: (measured: Measured) => string;
}

/** The presets: one that is missing does not compile. */
export const presets: Record<PresetId, PresetWords> = {
  antonym: {
    name: 'Opposites',
    shows: (m) =>
      `No instruction, and yet the demonstrations say enough. Of ${sizeOf(m)} words it gets ${right(m, 0)} right with none, ${right(m, 1)} with 1, ${right(m, 4)} with 4 and ${right(m, 8)} with 8.`,
  },
  arithmetic: {
    name: 'Arithmetic',
    shows: (m) =>
      `An honest limit. Demonstrations bring the form, a number, but not the sum: of ${sizeOf(m)} it gets ${right(m, 0)} right with none, ${right(m, 4)} with 4 and ${right(m, 8)} with 8. With 4 the first digit is right in ${begun(m, 4)}. This tokenizer writes numbers digit by digit, after a space of its own.`,
  },
  'bad-example': {
    name: 'Trap: one wrong demonstration',
    shows: (m) =>
      `One demonstration calls a red apple a vegetable. With it the model gets ${right(m, 5)} of ${sizeOf(m)} right and takes a green apple for a fruit at ${percent(shots(m, 5).p)}; without it ${right(m, 4, 'mended')}, at ${percent(shots(m, 4, 'mended').p)}. Leaving out any other brings ${percent(withoutAnother(m, 2))} at most: see Examples under Why.`,
  },
  capital: {
    name: 'Capitals',
    shows: (m) =>
      `Demonstrations do not bring knowledge, but they reach what is there: of ${sizeOf(m)} capitals it names ${right(m, 0)} with none, ${right(m, 1)} with 1, ${right(m, 2)} with 2, ${right(m, 4)} with 4 and ${right(m, 8)} with 8. What it does not know, no demonstration tells it.`,
  },
  cloze: {
    name: 'Fill in the blank',
    shows: (m) =>
      `The last word of a story. Brown et al. found that a blank needs several demonstrations before it is understood. So it is here: of ${sizeOf(m)} it gets ${right(m, 0)} right with none, ${right(m, 1)} with 1 and ${right(m, 8)} with 8.`,
  },
  code: {
    name: 'Code',
    shows: (m) =>
      `A condition in words, then in Python. Syntax comes readily, some of it without a demonstration; more of them are not always better: of ${sizeOf(m)} it gets ${right(m, 0)} right with none, ${right(m, 4)} with 4 and ${right(m, 8)} with 8.`,
  },
  'double-space': {
    name: 'Trap: two spaces',
    shows: (m) =>
      `The demonstrations have two spaces before the output, and the answer is scored behind one. With 4 shots “climbed” has ${percent(shots(m, 4).p)}; with one space everywhere ${percent(shots(m, 4, 'mended').p)}. Of ${sizeOf(m)} answers ${begun(m, 4)} begin with the right token instead of ${begun(m, 4, 'mended')}. Trimmed, the text hides it: ${right(m, 4)} are right, and ${right(m, 4, 'mended')}.`,
  },
  extract: {
    name: 'Extraction',
    shows: (m) =>
      `The answer stands in the text; the demonstrations say what of it is wanted, and in how many words. Of ${sizeOf(m)} it gets ${right(m, 0)} right with none, ${right(m, 1)} with 1 and ${right(m, 2)} with 2.`,
  },
  flipped: {
    name: 'Trap: flipped labels',
    shows: (m) =>
      `Every demonstration says the contrary of what is true. The model hardly follows: with 4 shots it gives the true label to ${right(m, 4)} of ${sizeOf(m)}, and to ${right(m, 4, 'mended')} where the labels are right; with 8 to ${right(m, 8)} and ${right(m, 8, 'mended')}. It takes the form from them, and a bias, more than the meaning.`,
  },
  imbalanced: {
    name: 'Trap: one label only',
    shows: (m) =>
      `The first 4 demonstrations are all Positive, and it says Positive to ${said(m, 4, 1)} of ${sizeOf(m)}. Calibration does not mend it: ${calibrated(m, 4)} right instead of ${right(m, 4)}. Nor do 2 of each kind: the bad review has ${percent(shots(m, 4, 'mended').p)} for Negative instead of ${percent(shots(m, 4).p)}, still with ${said(m, 4, 1, 'mended')} times Positive. With 8 shots the last ones are Negative, and it says Negative to ${said(m, 8, 0)}.`,
  },
  'past-tense': {
    name: 'Past tense',
    shows: (m) =>
      `Nothing says what is wanted; only the demonstrations do. Of ${sizeOf(m)} verbs, irregular ones among them, it gets ${right(m, 0)} right with none, ${right(m, 1)} with 1, ${right(m, 2)} with 2 and ${right(m, 4)} with 4.`,
  },
  plural: {
    name: 'Plural',
    shows: (m) =>
      `Nothing says what is wanted; only the demonstrations do. Of ${sizeOf(m)} nouns it gets ${right(m, 0)} right with none, ${right(m, 1)} with 1, ${right(m, 2)} with 2 and ${right(m, 4)} with 4.`,
  },
  qa: {
    name: 'Questions and answers',
    shows: (m) =>
      `Demonstrations bring its answers into the form that counts as right: of ${sizeOf(m)} it gets ${right(m, 0)} with none and ${right(m, 4)} with 4. But to be sure is not to be right: with 4 its right answers have ${percent(sure(m, 4, 'sureRight'))} on average, and its wrong ones ${percent(sure(m, 4, 'sureWrong'))}.`,
  },
  'question-type': {
    name: 'Question types',
    shows: (m) =>
      `Six classes, each named by one token: “Ab” begins “Abbreviation”. The first demonstration helps, more of them mislead: of ${sizeOf(m)} it gets ${right(m, 0)} right with none, ${right(m, 1)} with 1 and ${right(m, 6)} with 6, where it says Ab to ${said(m, 6, 5)}.`,
  },
  sentiment: {
    name: 'Sentiment',
    shows: (m) =>
      `Demonstrations teach first that the answer is one of two words: these have ${percent(mass(m, 0))} of all probability with none, and ${percent(mass(m, 4))} with 4. Which of the two is another matter: of ${sizeOf(m)} it gets ${right(m, 0)} right with none, ${right(m, 4)} with 4, where it says Positive to ${said(m, 4, 1)}, and ${right(m, 8)} with 8.`,
  },
  table: {
    name: 'Next cell of a table',
    shows: (m) =>
      `Rows to go on with, under a heading. A pattern that copies from its own row is learned at once: of ${sizeOf(m)} it gets ${right(m, 0)} right with the heading alone, ${right(m, 1)} with 1 row above and ${right(m, 2)} with 2.`,
  },
  topics: {
    name: 'News topics',
    shows: (m) =>
      `Four classes, named in the instruction. With 1 shot, which is Business, it says Business to ${said(m, 1, 2)} of ${sizeOf(m)}: ${right(m, 1)} are right. What it says without an article is that bias, and divided by it (Calibrate) ${calibrated(m, 1)} are. With 4 shots ${right(m, 4)} are right.`,
  },
  translate: {
    name: 'Translation',
    shows: (m) =>
      `The picture that made few-shot prompts famous, with other words. A model this small does not have the vocabulary: of ${sizeOf(m)} it gets ${right(m, 0)} right with no demonstrations, ${right(m, 4)} with 4 and ${right(m, 8)} with 8.`,
  },
  unscramble: {
    name: 'Unscramble',
    shows: (m) =>
      `An honest limit: a word whose letters were moved in a circle. The model reads tokens and not letters. Of ${sizeOf(m)} it gets ${right(m, 0)} right with none, ${right(m, 4)} with 4 and ${right(m, 8)} with 8.`,
  },
  writing: {
    name: 'Writing',
    shows: () =>
      'No answer is the right one, so nothing was counted. Two lines set the tone; generate with another temperature or seed, and see what comes. The bars stay those of temperature one.',
  },
};
