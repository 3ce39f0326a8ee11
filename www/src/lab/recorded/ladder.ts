import type { Column, Ladder } from '../../answer/ladder/ladder.ts';
import { predictionOf } from '../../recorded/index.ts';
import type { RecordedLadder } from '../../recorded/types.ts';
import { tokenLabel } from '../../ui/visible.ts';

/** The recorded ladder. `solution` is the right output, whose probability is recorded wherever it ranks. */
export function ladderOf(
  recorded: RecordedLadder,
  current: number,
  solution: string | null,
): Ladder {
  const ofLabels = recorded.results[current]?.classification != null;
  const columns = ofLabels ? ofLabel(recorded, current) : ofToken(recorded, current, solution);
  return { columns, current, answer: columns[current]?.name ?? '', ofLabels };
}

function ofLabel({ results }: RecordedLadder, current: number): Column[] {
  const first = (k: number) =>
    results[k]?.classification?.labels.reduce((best, label) => (label.p > best.p ? label : best));
  const answer = first(current)?.label;
  return results.map(({ classification }, k) => ({
    k,
    p: classification?.labels.find(({ label }) => label === answer)?.p ?? null,
    mass: classification?.mass ?? null,
    name: first(k)?.label ?? '',
  }));
}

function ofToken(recorded: RecordedLadder, current: number, solution: string | null) {
  const answer = predictionOf(recorded, current).candidates[0];
  return recorded.results.map(({ answer: logprob }, k): Column => {
    const { candidates } = predictionOf(recorded, k);
    const listed = candidates.find(({ id }) => id === answer?.id);
    // Where the solution is one token, its logprob is that token's.
    const isSolution = solution !== null && answer?.text === ` ${solution}`;
    const solved = isSolution && logprob !== null ? Math.exp(logprob) : null;
    const first = candidates[0];
    return {
      k,
      p: listed?.p ?? solved,
      mass: null,
      name: first ? tokenLabel(first.bytes) : '',
    };
  });
}
