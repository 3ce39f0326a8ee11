import { presetOf } from '../../app/own-task.ts';
import type { Draft } from '../../app/state.ts';
import type { RecordedQuery } from './queries.ts';

/**
 * The right answer to a draft's query, as the preset or its record gives it; null where none is known: of a task of the
 * reader's own, and of a prompt that goes on after the query.
 */
export function solutionOf(draft: Draft, recorded: readonly RecordedQuery[]): string | null {
  const { query, appended } = draft;
  const preset = presetOf(draft);
  if (!preset || appended.length > 0) return null;
  if (query === preset.task.query) return preset.answer;
  const known = recorded.find((one) => one.query === query);
  return known ? known.output : (preset.rows.find((row) => row.input === query)?.output ?? null);
}
