// Two tasks of 240 rows each, made here from lists of words, in the formats of multiple choice and of LAMBADA; and what
// `evaluate` says of them.

import { evaluate } from 'shotglass/experiments';
import { presets } from 'shotglass/presets';
import { seeded } from '../support/seeded.mjs';

const ROWS = 240;
const SHOTS = 2;

const list = (words) => words.split(' ');
const things = list('film story book concert meal room hotel play song game');
const praise = list(
  'wonderful charming brilliant delightful superb lovely moving perfect great happy',
);
const blame = list('terrible boring awful dreadful clumsy dull ugly stupid bad sad');
const ends = list('again twice before today tonight alone');
const names = list('Anna Ben Clara David Emma Frank Grace Henry');
const objects = list('key letter lamp coat guitar ladder map ticket basket camera');
const places = list('kitchen garden school station market office library forest');

/** Draws so many rows with different inputs. */
function drawn(seed, count, row) {
  const random = seeded(seed);
  const of = (words) => words[Math.floor(random() * words.length)];
  const rows = new Map();
  while (rows.size < count) {
    const { input, output } = row(of);
    rows.set(input, { input, output });
  }
  return [...rows.values()];
}

/** So many reviews, up to 1,200, each with one of two labels. */
export function reviews(count) {
  return drawn(1, count, (of) => {
    const isGood = of([true, false]);
    const word = of(isGood ? praise : blame);
    return {
      input: `It was a ${word} ${of(things)}, and I would say so ${of(ends)}.`,
      output: isGood ? 'Positive' : 'Negative',
    };
  });
}

const { task: sentiment } = presets.find(({ id }) => id === 'sentiment');

/** The reviews as a task. */
export const choice = {
  name: 'shotglass_choice',
  task: { ...sentiment, labels: ['Negative', 'Positive'] },
  shots: SHOTS,
  labels: ['Negative', 'Positive'],
  rows: reviews(ROWS),
};

const bare = {
  instructionSeparator: '',
  inputPrefix: '',
  inputSuffix: '',
  outputPrefix: '',
  outputSeparator: ' ',
  demonstrationSeparator: '\n\n',
};

/** Stories whose last word stands in them already, as in LAMBADA. */
export const lastWord = {
  name: 'shotglass_last_word',
  task: { instruction: '', template: bare, demonstrations: [] },
  shots: 0,
  labels: null,
  rows: drawn(2, ROWS, (of) => {
    const [name, thing, place] = [of(names), of(objects), of(places)];
    return {
      input: `${name} had left the ${thing} in the ${place}. In the evening ${name} went back to the ${place} to look for the`,
      output: thing,
    };
  }),
};

/**
 * What `evaluate` says of each row: its prompt, the texts that are scored after it without the space, the index of the right
 * one, and of each the logprob and whether it is the greedy answer.
 */
export async function evaluated(model, { task, shots, labels, rows }) {
  let result;
  const options = { shots: [shots], labels, maxTokens: labels ? undefined : 1 };
  for await (const step of evaluate(model, task, rows, options)) result = step.result;
  const [cell] = result.cells;
  return {
    accuracy: cell.accuracy.accuracy,
    rows: cell.rows.map(({ prompt, output, classification, answer }) => {
      const scores = classification
        ? classification.labels.map((label) => label.scores[0])
        : [answer.gold];
      return {
        prompt,
        texts: labels ?? [output],
        gold: labels ? labels.indexOf(output) : 0,
        scores: scores.map(({ logprob, isGreedy }) => ({ logprob, isGreedy })),
      };
    }),
  };
}
