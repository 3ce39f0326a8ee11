/** A ladder of which some columns are live: what is shown of it, and what is asked for next. */

import type { Asked } from '../state/ask.js';
import { drawnName, type Ladder, type Rung, withRungs } from '../state/ladder.js';
import type { Recorded } from '../state/recorded.js';
import type { LiveAnswer } from './session.js';

/** With more demonstrations than these, only the columns that a reader visits are run. */
const MOST_FILLED = 32;

/** The live rungs in front of those recorded with the same model. */
export function mergedLadder(
  { task, shots, answer }: Asked,
  { reading, info }: LiveAnswer,
  recorded: Recorded | null,
): Ladder {
  const isSameModel = recorded?.sha256 == null || recorded.sha256 === info.sha256;
  return {
    view: 'ladder',
    answer: answer === null ? null : drawnName(answer),
    shots,
    most: task.demonstrations.length,
    rungs: withRungs(isSameModel ? rungsIn(recorded?.reading) : [], rungsIn(reading)),
  };
}

/** What to ask now: the present prompt or, of a ladder where that is known, the next column that has no number. */
export function nextToAsk(asked: Asked, live: LiveAnswer | null, recorded: Recorded | null): Asked {
  const most = asked.task.demonstrations.length;
  const isAnswered = rungsIn(live?.reading).some(({ shots }) => shots === asked.shots);
  if (live === null || !isAnswered || most > MOST_FILLED) return asked;
  const { rungs } = mergedLadder(asked, live, recorded);
  const isKnown = ({ answer, isLive }: Rung) => isLive || asked.answer === null || answer !== null;
  const known = new Set(rungs.filter(isKnown).map(({ shots }) => shots));
  const all = Array.from({ length: most + 1 }, (_, shots) => shots);
  const missing = all.find((shots) => !known.has(shots));
  return missing === undefined ? asked : { ...asked, shots: missing };
}

function rungsIn(reading: LiveAnswer['reading'] | undefined): readonly Rung[] {
  return reading?.view === 'ladder' ? reading.rungs : [];
}
