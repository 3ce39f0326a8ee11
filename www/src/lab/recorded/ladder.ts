import type { Demonstration } from 'shotglass';
import type { Column, Ladder } from '../../answer/ladder/ladder.ts';
import { beginsWith, wordLabel } from '../../answer/ladder/word-label.ts';
import { type Draft, included } from '../../app/state.ts';
import type { Preset } from '../../presets/preset.ts';
import type { QueryResult, RecordedQuery } from './queries.ts';

/**
 * The recorded ladder of a query. It follows the right answer, and where none is right what comes first at `current`.
 */
export function ladderOf({ output, results }: RecordedQuery, current: number): Ladder {
  const here = results[current];
  if (!here)
    throw new Error(`It is recorded for 0 to ${results.length - 1} shots, not ${current}.`);
  return here.classification
    ? ofLabel(results, current, output ?? firstLabel(here))
    : ofWord(results, current, output);
}

function ofLabel(results: readonly QueryResult[], current: number, answer: string): Ladder {
  const columns = results.map((result, k): Column => {
    const { labels = [], mass = 0 } = result.classification ?? {};
    const posterior = labels.find(({ label }) => label === answer)?.p ?? null;
    const name = firstLabel(result);
    return {
      k,
      p: posterior === null ? null : posterior * mass,
      posterior,
      mass,
      name,
      isFirst: name === answer,
    };
  });
  return { columns, current, answer, ofLabels: true };
}

function firstLabel({ classification }: QueryResult): string {
  const [first, ...others] = classification?.labels ?? [];
  return first ? others.reduce((best, one) => (one.p > best.p ? one : best), first).label : '';
}

function ofWord(results: readonly QueryResult[], current: number, output: string | null): Ladder {
  const top = results[current]?.words[0]?.[0] ?? '';
  const answer = output ?? wordLabel(top);
  const columns = results.map(({ words, answer: logprob }, k): Column => {
    const listed = words.find(([text]) => text === top)?.[1] ?? null;
    const name = wordLabel(words[0]?.[0] ?? '');
    return {
      k,
      p: output === null ? listed : logprob === null ? null : Math.exp(logprob),
      posterior: null,
      mass: null,
      name,
      isFirst: beginsWith(answer, name),
    };
  });
  return { columns, current, answer, ofLabels: false };
}

/** Whether each number of shots shows what was recorded for it: all rows of the preset, in their order. */
export function isInOrder({ task }: Draft, preset: Preset): boolean {
  const rows = included(task.demonstrations);
  const isAt = ({ input, output }: Demonstration, at: number) =>
    input === rows[at]?.input && output === rows[at]?.output;
  return (
    rows.length === preset.task.demonstrations.length && preset.task.demonstrations.every(isAt)
  );
}
