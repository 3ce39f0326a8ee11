import { wordGoesOn } from 'shotglass';
import { pieces } from '../../ui/visible.ts';

/** A word as a label: without the space that belongs before it, and with other white space drawn. */
export function wordLabel(word: string): string {
  return pieces(word.replace(/^ /, ''))
    .map(({ text }) => text)
    .join('');
}

/** Whether an answer, which may be several words, begins with this word. */
export function beginsWith(answer: string, word: string): boolean {
  if (word === '' || !answer.startsWith(word)) return word === answer;
  return !wordGoesOn(word, answer.slice(word.length));
}
