/** The guessing game: what is asked. */
import type { GuessQuestion } from '../../app/lesson.ts';
import type { RecordedQuery } from '../recorded/queries.ts';

/** With how many examples one may guess. */
export const shotChoices: readonly number[] = [0, 1, 2, 4];
const fewestQuestions = 6;
const mostQuestions = 10;

/**
 * The questions of a round: every recorded query whose right answer is one word. Where these are fewer than six, the first
 * of them are asked again with twice as many examples (one after none). Empty where nothing can be asked.
 */
export function questionsOf(queries: readonly RecordedQuery[], shots: number): GuessQuestion[] {
  const first = queries.flatMap((query) => questionOf(query, shots) ?? []);
  const missing = Math.max(0, fewestQuestions - first.length);
  const again = queries.flatMap((query) => questionOf(query, shots * 2 || 1) ?? []);
  const all = [...first, ...again.slice(0, missing)].slice(0, mostQuestions);
  return all.length < fewestQuestions ? [] : all;
}

function questionOf(
  { query, output, results }: RecordedQuery,
  shots: number,
): GuessQuestion | null {
  const result = results[shots];
  const word = result?.words[0]?.[0].trim();
  // Whether an answer of several words comes first cannot be told from the first word.
  if (!result || !word || result.answer === null || output === null || /\s/.test(output))
    return null;
  const isFirst = word === output;
  return { query, answer: output, shots, p: Math.exp(result.answer), word, isFirst };
}
