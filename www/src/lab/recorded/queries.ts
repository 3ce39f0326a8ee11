import type { Preset } from '../../presets/preset.ts';
import type { RecordedLadder, RecordedShots, RecordedWord } from '../../recorded/types.ts';
import { recordedText } from './reading.ts';

/** What is recorded of one query of a preset. */
export interface RecordedQuery {
  query: string;
  /** The right answer; null where none is right. */
  output: string | null;
  /** After 0, 1, 2, … demonstrations, up to all. */
  results: readonly QueryResult[];
}

/** What is recorded of one prompt. Of the default query it is more: {@link RecordedShots}. */
export interface QueryResult {
  /** The most probable next words, best first. */
  words: readonly RecordedWord[];
  /** Log-probability of the right answer, in nats; null where none is right. */
  answer: number | null;
  /** Of the labels, where the task has some and they are recorded. */
  classification?: RecordedShots['classification'];
}

/** Where a prompt stands in a record. */
export interface Place {
  /** Index of the query; 0 for the default one. */
  query: number;
  shots: number;
}

/** All queries that are recorded of a preset; the first is its default one. */
export function recordedQueries(
  { task, answer }: Preset,
  { results, queries }: RecordedLadder,
): RecordedQuery[] {
  return [{ query: task.query ?? '', output: answer, results }, ...queries];
}

/**
 * Which of some queries of a preset, and after how many shots, this prompt asks; null where it asks none of them. An
 * answer depends on the text of the prompt alone, however the reader came to it.
 */
export function placeOf(
  preset: Preset,
  queries: readonly Pick<RecordedQuery, 'query'>[],
  text: string,
): Place | null {
  const all = preset.task.demonstrations.length;
  for (const [query, one] of queries.entries()) {
    for (let shots = 0; shots <= all; shots++) {
      if (recordedText(preset, shots, one.query) === text) return { query, shots };
    }
  }
  return null;
}

/** A possible next word with its probability, which is a lower bound. */
export interface NextWord {
  text: string;
  p: number;
}

/** The most probable next words of a prompt, and what all others come to at most. */
export interface NextWords {
  /** The prompt. */
  of: string;
  words: readonly NextWord[];
  rest: number;
}

/** The recorded words of a prompt. */
export function nextWords({ words }: Pick<QueryResult, 'words'>, of: string): NextWords {
  const rest = Math.max(0, 1 - words.reduce((sum, [, p]) => sum + p, 0));
  return { of, words: words.map(([text, p]) => ({ text, p })), rest };
}
