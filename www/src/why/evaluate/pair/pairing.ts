/** Whether the pinned prompt and the present one can be asked the same rows, and which. */
import type { Demonstration, Label, Task } from 'shotglass';
import { offeredShots } from '../offered.ts';

/** One of two prompts that are to be asked the same rows. */
export interface Side {
  /** What the page calls its task. */
  name: string;
  task: Task;
  /** All demonstrations of its table that are not excluded. */
  pool: readonly Demonstration[];
  isFree: boolean;
  /** Empty in free text. */
  labels: readonly Label[];
  /** Whether it is written as text, which has no demonstrations to draw. */
  isText: boolean;
  /** Rows that are known of its task; null of the reader's own. */
  rows: readonly Demonstration[] | null;
}

/** Why two prompts cannot be asked the same rows, or would only repeat each other. */
export type Obstacle =
  | { kind: 'text' }
  | { kind: 'free'; which: 'a' | 'now' }
  | { kind: 'labels'; a: readonly string[]; now: readonly string[] }
  | { kind: 'rows'; a: string; now: string }
  | { kind: 'same' };

/** The pinned prompt, on the rows that the present one is asked, too. */
export interface PinnedQuestion extends Omit<Side, 'isText' | 'rows'> {
  /** What the page calls the present task. */
  against: string;
  /** The demonstrations that its prompts show. */
  train: readonly Demonstration[];
  /** The rows of both. */
  rows: readonly Demonstration[];
  /** Numbers of shots that both have the demonstrations for. */
  shots: readonly number[];
  /** Null where nothing is in the way. */
  obstacle: Obstacle | null;
}

/** What the reader chose for both. */
interface Chosen {
  /** The rows that are held out of the present table, and the demonstrations that stay there. */
  test: readonly Demonstration[] | null;
  train: readonly Demonstration[];
  rows: readonly Demonstration[] | null;
  shots: readonly number[];
}

/** `a` is the pinned prompt. */
export function pinnedQuestion(a: Side, now: Side, chosen: Chosen): PinnedQuestion {
  const { isText: _, rows: own, ...side } = a;
  const { test } = chosen;
  // What is held out is held out of both.
  const inputs = new Set(test?.map(({ input }) => input.trim()));
  const train = test ? a.pool.filter(({ input }) => !inputs.has(input.trim())) : a.pool;
  const offered = offeredShots(Math.min(train.length, chosen.train.length));
  return {
    ...side,
    against: now.name,
    train,
    rows: test ?? chosen.rows ?? now.rows ?? own ?? [],
    shots: chosen.shots.filter((k) => offered.includes(k)),
    obstacle: obstacleOf(a, now, test ?? chosen.rows),
  };
}

function obstacleOf(a: Side, now: Side, brought: readonly Demonstration[] | null): Obstacle | null {
  if (a.isText) return { kind: 'text' };
  if (a.isFree !== now.isFree) return { kind: 'free', which: a.isFree ? 'a' : 'now' };
  const [ofA, ofNow] = [namesOf(a), namesOf(now)];
  if (!a.isFree && JSON.stringify([...ofA].sort()) !== JSON.stringify([...ofNow].sort()))
    return { kind: 'labels', a: ofA, now: ofNow };
  if (askedOf(a) === askedOf(now)) return { kind: 'same' };
  const isOther = a.rows !== null && now.rows !== null && a.rows !== now.rows;
  return brought === null && isOther ? { kind: 'rows', a: a.name, now: now.name } : null;
}

const namesOf = ({ labels }: Side) => labels.map(({ name }) => name);

/** All that an evaluation of a prompt depends on: which query and how many shots it shows does not matter. */
function askedOf({ task, pool, labels }: Side): string {
  const { instruction, template } = task;
  return JSON.stringify([instruction, Object.entries(template).sort(), pool, labels]);
}
