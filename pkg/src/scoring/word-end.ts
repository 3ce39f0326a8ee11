/**
 * Where a word ends. A word is white space, then signs, then letters and digits, each as far as
 * they go, and none of them needed: `' fromage'`, `' 143'`, `' "Bonjour'`, `'\nQ'`, `'...'`. It is
 * defined on characters and not on tokens, so that no way to spell it matters. An apostrophe behind
 * a letter belongs to the word (`" don't"`), a hyphen or a full stop does not.
 */

/** How far a text has come that may still be one word. */
export type WordStage = 'space' | 'signs' | 'letters';

const SIGNS = String.raw`[^\s\p{L}\p{M}\p{N}_]*`;
/** An apostrophe in front of any letter is one of the signs. */
const LETTERS = String.raw`['’\p{L}\p{M}\p{N}_]*`;

/** What may still come, from each stage on. */
const still: Readonly<Record<WordStage, RegExp>> = {
  space: new RegExp(String.raw`^\s*${SIGNS}${LETTERS}`, 'u'),
  signs: new RegExp(`^${SIGNS}${LETTERS}`, 'u'),
  letters: new RegExp(`^${LETTERS}`, 'u'),
};

/**
 * How many UTF-16 code units of a text still belong to a word that has come to this stage: all of
 * them where the word may go on behind it.
 */
export function wordLength(text: string, stage: WordStage = 'space'): number {
  return still[stage].exec(text)?.[0].length ?? 0;
}

/** How far a text has come that is a word, or the beginning of one. */
export function stageOf(word: string): WordStage {
  if (/^\s*$/.test(word)) return 'space';
  return new RegExp(String.raw`^\s*${SIGNS}$`, 'u').test(word) ? 'signs' : 'letters';
}

/** Whether a text that follows a word, or its beginning, is more of the same word, as {@link continuations} cuts words. */
export function wordGoesOn(word: string, text: string): boolean {
  return wordLength(text, stageOf(word)) > 0;
}

/** How far the word has come with which a text ends; null where white space ends it. */
export function lastStage(text: string): Exclude<WordStage, 'space'> | null {
  if (!/\S$/.test(text)) return null;
  return new RegExp(`${LETTERS.slice(0, -1)}$`, 'u').test(text) ? 'letters' : 'signs';
}
