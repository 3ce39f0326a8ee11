// What every subject is given to read: the same text, of a known count of tokens, and the few-shot job.

// Each of them is one token of SmolLM2's vocabulary when a space stands before it. A subject that counts otherwise is not measured.
const words =
  'time year people way day man thing woman life child world school state family student group country problem hand part place case ' +
  'week company system program question work government number night point home water room mother area money story fact month lot ' +
  'right study book eye job word business issue side kind head house service friend father power hour game line end member law car ' +
  'city community name president team minute idea body information back parent face others level office door health person art war ' +
  'history party result change morning reason research girl guy moment air teacher force education';
const vocabulary = words.split(' ');

/**
 * A text of `count` tokens. Texts of different seeds begin with different words, as far as there are
 * words, so that no cache has a part of one from another.
 */
export function text(count, seed) {
  // The constants of Knuth's MMIX generator, kept to 31 bits; its upper bits choose the word.
  let state = BigInt(seed);
  let result = ` ${vocabulary[seed % vocabulary.length]}`;
  for (let i = 1; i < count; i++) {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffff_ffff_ffff_ffffn;
    result += ` ${vocabulary[Number(state >> 33n) % vocabulary.length]}`;
  }
  return result;
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
 * How many tokens an engine that forgets nothing has to run for these sequences of ids: each position
 * counts once, however many sequences begin with it.
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
