import type { Model } from 'shotglass';

/** What a word is scored with. */
export type WordReader = Pick<Model, 'score' | 'logprobs' | 'vocabulary'>;

/** A token that goes on with a word: letters after letters, and anything but white space after a sign. */
const goesOn = { letters: /^['’_\ufffd\p{L}\p{M}\p{N}]/u, signs: /^\S/u };
type End = keyof typeof goesOn;

/** Which tokens go on with a word, for each way a word may end. */
type Table = Record<End, readonly boolean[]>;

/** That of each model: its vocabulary never changes. */
const tables = new WeakMap<WordReader, Table>();

/**
 * Log-probability, in nats, that a continuation follows and is whole: that of all its tokens, and of everything that may
 * come after them but more of the same word. `' sheep'` does not count where `' sheeps'` is what the model says.
 */
export async function wholeWord(
  model: WordReader,
  prompt: string,
  continuation: string,
  options: { signal?: AbortSignal } = {},
): Promise<number> {
  const [score] = await model.score(prompt, [continuation], options);
  if (!score) throw new Error('A continuation has a score.');
  const appended = score.tokens.map(({ id }) => id);
  const after = await model.logprobs(prompt, { ...options, appended });
  const more = (await tableOf(model, options))[endOf(continuation)];
  const ends = after.reduce((sum, logprob, id) => (more[id] ? sum : sum + Math.exp(logprob)), 0);
  return score.logprob + Math.log(Math.min(1, ends));
}

function endOf(word: string): End {
  return goesOn.letters.test(word.at(-1) ?? '') ? 'letters' : 'signs';
}

async function tableOf(model: WordReader, options: { signal?: AbortSignal }): Promise<Table> {
  const before = tables.get(model);
  if (before) return before;
  const vocabulary = await model.vocabulary(options);
  const after = (end: End) => vocabulary.map(({ text }) => goesOn[end].test(text));
  const table = { letters: after('letters'), signs: after('signs') };
  tables.set(model, table);
  return table;
}
