// What every subject is given to read: the same text, of a known count of tokens, and the few-shot
// job.

// Each of them is one token of SmolLM2's vocabulary when a space stands before it. A subject that
// counts otherwise is not measured.
const words =
  'time year people way day man thing woman life child world school state family student group ' +
  'country problem hand part place case week company system program question work government ' +
  'number night point home water room mother area money story fact month lot right study book ' +
  'eye job word business issue side kind head house service friend father power hour game line ' +
  'end member law car city community name president team minute idea body information back ' +
  'parent face others level office door health person art war history party result change ' +
  'morning reason research girl guy moment air teacher force education';
const vocabulary = words.split(' ');

/**
 * A text of `count` tokens: sixteen words that come again and again, so that a model goes on with
 * them and does not end its answer. Texts of different seeds begin with different words, as far as
 * there are words, so that no cache has a part of one from another.
 */
export function text(count, seed) {
  const word = (i) => vocabulary[(seed + 7 * (i % 16)) % vocabulary.length];
  return Array.from({ length: count }, (_, i) => ` ${word(i)}`).join('');
}

const demonstrations = [
  ['The soup was warm, rich and worth the wait.', 'Positive'],
  ['The screen cracked on the second day.', 'Negative'],
  ['We laughed all the way home.', 'Positive'],
  ['Two hours of my life that I want back.', 'Negative'],
  ['Nobody answered the phone for a week.', 'Negative'],
  ['The staff remembered our names.', 'Positive'],
  ['It does what it says, and does it well.', 'Positive'],
  ['The handle came off in my hand.', 'Negative'],
];
const things = ['The film', 'This jacket', 'The hotel', 'Her new novel', 'The train ride'];
const verdicts = [
  'was a joy from start to finish.',
  'fell apart before the end.',
  'is the best that I have had in years.',
  'was cold, late and far too expensive.',
  'made me smile more than once.',
  'left everyone bored and tired.',
  'was better than all that I had read about it.',
  'is not worth half of what I paid for it.',
  'surprised us in the nicest way.',
  'was a mistake that I will not repeat.',
];

/** An 8-shot task with 50 queries and two labels: the prompts up to the label, and the labels. */
export const fewShot = {
  labels: [' Positive', ' Negative'],
  contexts: things.flatMap((thing) =>
    verdicts.map((verdict) => {
      const shots = demonstrations.map(([review, label]) => prompt(review, ` ${label}\n\n`));
      return `${shots.join('')}${prompt(`${thing} ${verdict}`, '')}`;
    }),
  ),
};

function prompt(review, label) {
  return `Review: ${review}\nSentiment:${label}`;
}

/**
 * How many tokens an engine that forgets nothing has to run for these sequences of ids: each
 * position counts once, however many sequences begin with it.
 */
export function newTokens(sequences) {
  const seen = new Set();
  for (const ids of sequences) {
    let prefix = '';
    for (const id of ids) {
      prefix += `${id},`;
      seen.add(prefix);
    }
  }
  return seen.size;
}
