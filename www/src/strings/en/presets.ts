import { formatProbability } from 'shotglass/format';
import type { PresetId } from 'shotglass/presets';
import {
  alsoName,
  alsoRight,
  begun,
  calibrated,
  mass,
  right,
  type Side,
  said,
  shots,
  sizeOf,
  sure,
  withoutAnother,
} from '../../measured/figures.ts';
import type { Measured } from '../../measured/types.ts';
import { words } from './words.ts';

const percent = (p: number) => formatProbability(p, words.oneIn);

/** How many it gets right, in a sentence: "none", "6", "all 24". */
const got = (measured: Measured, k: number, side?: Side): string => {
  const count = right(measured, k, side);
  if (count === 0) return 'none';
  return count === sizeOf(measured) ? `all ${count}` : String(count);
};

/** "20 with two and all 24 with four", or both at once where they are the same. */
const twoAndFour = (measured: Measured): string => {
  const [two, four] = [got(measured, 2), got(measured, 4)];
  return two === four ? `${two} with two or four` : `${two} with two and ${four} with four`;
};

/** How often it gives a label, in a sentence: "22 times", "all 24 times". */
const times = (measured: Measured, k: number, label: number, side?: Side): string => {
  const count = said(measured, k, label, side);
  return `${count === sizeOf(measured) ? 'all ' : ''}${count === 1 ? '1 time' : `${count} times`}`;
};

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
      `No instruction, only examples. Of ${sizeOf(m)} test words it gets ${got(m, 0)} right without examples, ${got(m, 1)} with one, ${got(m, 4)} with four and ${got(m, 8)} with eight.`,
  },
  arithmetic: {
    name: 'Arithmetic',
    shows: (m) =>
      `A real limit: examples teach it to answer with a number, not to add. Of ${sizeOf(m)} sums it gets ${got(m, 0)} right without examples, ${got(m, 4)} with four and ${got(m, 8)} with eight. With four, the first digit is right in ${begun(m, 4)}. This tokenizer writes numbers digit by digit, after a separate space.`,
  },
  'bad-example': {
    name: 'Trap: one wrong example',
    shows: (m) =>
      `One example calls a red apple a vegetable. With it the model gets ${got(m, 5)} of ${sizeOf(m)} right and gives “fruit” ${percent(shots(m, 5).p)} for a green apple. Without it the model gets ${got(m, 4, 'mended')} right, at ${percent(shots(m, 4, 'mended').p)}. Removing any other example brings at most ${percent(withoutAnother(m, 2))}: see Examples under Why.`,
  },
  capital: {
    name: 'Capitals',
    shows: (m) =>
      `Examples add no knowledge; they draw out what is there. Of ${sizeOf(m)} capitals it names ${got(m, 0)} without examples, ${got(m, 1)} with one, ${got(m, 2)} with two, ${got(m, 4)} with four and ${got(m, 8)} with eight.`,
  },
  cloze: {
    name: 'Fill in the blank',
    shows: (m) =>
      `The task is the last word of a story. Brown et al. found that a model needs several examples to understand a blank, and the same happens here. Of ${sizeOf(m)} stories it gets ${got(m, 0)} right without examples, ${got(m, 1)} with one and ${got(m, 8)} with eight.`,
  },
  code: {
    name: 'Code',
    shows: (m) =>
      `Each condition is given in words, then in Python. The model writes correct syntax easily, sometimes without examples, and more examples are not always better. Of ${sizeOf(m)} conditions it gets ${got(m, 0)} right without examples, ${got(m, 4)} with four and ${got(m, 8)} with eight.`,
  },
  'double-space': {
    name: 'Trap: two spaces',
    shows: (m) =>
      `The examples have two spaces before the output, but the answer is scored after one. With four examples “climbed” gets ${percent(shots(m, 4).p)}; with one space everywhere it gets ${percent(shots(m, 4, 'mended').p)}. The first token is right in ${begun(m, 4)} of ${sizeOf(m)} answers, instead of ${begun(m, 4, 'mended')}. Trimmed text hides the problem: ${right(m, 4)} are right with two spaces and ${right(m, 4, 'mended')} with one.`,
  },
  extract: {
    name: 'Extraction',
    shows: (m) =>
      `The answer is in the text. The examples show which part is wanted and in how many words. Of ${sizeOf(m)} texts it gets ${got(m, 0)} right without examples, ${got(m, 1)} with one and ${got(m, 2)} with two.`,
  },
  flipped: {
    name: 'Trap: flipped labels',
    shows: (m) =>
      `Every example has the wrong label. The model hardly follows: with four examples it still gives the true label to ${right(m, 4)} of ${sizeOf(m)}, compared with ${right(m, 4, 'mended')} when the labels are right. With eight it is ${right(m, 8)} and ${right(m, 8, 'mended')}. The model takes the format and a bias from the examples more than the meaning.`,
  },
  imbalanced: {
    name: 'Trap: one label only',
    shows: (m) =>
      `The first four examples are all Positive, and the model answers Positive ${times(m, 4, 1)}. Calibration does not fix it: ${calibrated(m, 4)} of ${sizeOf(m)} are right instead of ${right(m, 4)}. Two examples of each kind do not fix it either: the bad review gets ${percent(shots(m, 4, 'mended').p)} for Negative instead of ${percent(shots(m, 4).p)}, and the model answers Positive ${times(m, 4, 1, 'mended')}. With eight examples the last ones are Negative, and the model answers Negative ${times(m, 8, 0)}.`,
  },
  'past-tense': {
    name: 'Past tense',
    shows: (m) =>
      `No instruction, only examples. Of ${sizeOf(m)} test verbs, some of them irregular, it gets ${got(m, 0)} right without examples, ${got(m, 1)} with one, ${twoAndFour(m)}.`,
  },
  plural: {
    name: 'Plural',
    shows: (m) =>
      `No instruction, only examples. Of ${sizeOf(m)} test nouns it gets ${got(m, 0)} right without examples, ${got(m, 1)} with one, ${twoAndFour(m)}.`,
  },
  qa: {
    name: 'Questions and answers',
    shows: (m) =>
      `Examples teach it the form that counts as right: of ${sizeOf(m)} questions it gets ${got(m, 0)} right without examples and ${got(m, 4)} with four. But confidence does not mean accuracy: with four examples its right answers average ${percent(sure(m, 4, 'sureRight'))} and its wrong ones ${percent(sure(m, 4, 'sureWrong'))}.`,
  },
  'question-type': {
    name: 'Question types',
    shows: (m) =>
      `There are six classes, each named by one token (“Ab” begins “Abbreviation”). One example helps; more mislead. Of ${sizeOf(m)} questions it gets ${got(m, 0)} right without examples, ${got(m, 1)} with one and ${got(m, 6)} with six (it answered Ab ${times(m, 6, 5)}).`,
  },
  sentiment: {
    name: 'Sentiment',
    shows: (m) =>
      `Examples first teach it that the answer is one of two words: together these get ${percent(mass(m, 0))} of the probability without examples and ${percent(mass(m, 4))} with four. Choosing the right one is harder. Of ${sizeOf(m)} reviews it gets ${got(m, 0)} right without examples, ${got(m, 4)} with four (it answered Positive ${times(m, 4, 1)}) and ${got(m, 8)} with eight.`,
  },
  'sentiment-zh': {
    name: 'Sentiment in Chinese',
    shows: (m) =>
      `A task for models that read Chinese. Of ${sizeOf(m)} short reviews, ${alsoName(m)} gets ${alsoRight(m, 0)} right without examples, ${alsoRight(m, 1)} with one, ${alsoRight(m, 2)} with two and ${alsoRight(m, 4)} with four. SmolLM2-135M-Instruct, which was trained mostly on English, gets ${right(m, 4)} with four, as many as it would get by always giving the same label.`,
  },
  table: {
    name: 'Next cell of a table',
    shows: (m) =>
      `The prompt is a table with a header, and the model continues the last row. It learns at once to copy from the same row: of ${sizeOf(m)} rows it gets ${got(m, 0)} right with the header alone, ${got(m, 1)} with one row above and ${got(m, 2)} with two.`,
  },
  topics: {
    name: 'News topics',
    shows: (m) =>
      `The instruction names four classes. The first example is Business. With it alone the model answers Business ${times(m, 1, 2)} and gets ${got(m, 1)} of ${sizeOf(m)} right. An empty article measures that bias; after dividing it out (Calibrate) ${calibrated(m, 1)} are right. With four examples it gets ${got(m, 4)} right.`,
  },
  translate: {
    name: 'Translation',
    shows: (m) =>
      `The figure that made few-shot famous (GPT-3, Fig. 2.1), with other words. A model this small lacks the vocabulary: of ${sizeOf(m)} words it gets ${got(m, 0)} right without examples, ${got(m, 4)} with four and ${got(m, 8)} with eight.`,
  },
  unscramble: {
    name: 'Unscramble',
    shows: (m) =>
      `A real limit: the letters of a word are rotated, but the model reads tokens, not letters. Of ${sizeOf(m)} words it gets ${got(m, 0)} right without examples, ${got(m, 4)} with four and ${got(m, 8)} with eight.`,
  },
  writing: {
    name: 'Writing',
    shows: () =>
      'There is no right answer here, so nothing is scored. Two lines set the tone. Try another temperature or seed and see what the model writes. The bars always show temperature 1.',
  },
};
