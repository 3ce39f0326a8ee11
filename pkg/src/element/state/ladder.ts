/** The probability of one answer over the number of shots: from recorded numbers, live ones, or both. */

import { tokenLabel } from '../../format/visible.js';
import { answerText } from '../../prompt/answer.js';
import { type Task, templateParts } from '../../prompt/task.js';
import type { Snapshot, SnapshotShots } from '../../snapshot/index.js';
import { bytesOf } from '../../snapshot/token.js';

/** What is known after one number of shots. Tokens and answers have their names as they are drawn. */
export interface Rung {
  shots: number;
  isLive: boolean;
  /** Probability of the right answer; null where that is not known. */
  answer: number | null;
  /** The most probable tokens. */
  tokens: readonly { name: string; p: number }[];
}

/** All rungs that are known, and the present one. */
export interface Ladder {
  view: 'ladder';
  /** The right answer as it is drawn; null if none is known. */
  answer: string | null;
  shots: number;
  /** Number of demonstrations that there are. */
  most: number;
  rungs: readonly Rung[];
}

/** One column of the figure. */
export interface LadderColumn {
  shots: number;
  /** Null where it is not known. */
  p: number | null;
  isLive: boolean;
}

/** What the figure shows: one answer, and a column for each number of shots. */
export interface LadderFigure {
  /** As it is drawn. */
  name: string;
  isRight: boolean;
  columns: LadderColumn[];
}

/** The figure of the right answer or, if none is known, of what ranks first at the present shots; null without that. */
export function ladderFigure({ answer, shots, most, rungs }: Ladder): LadderFigure | null {
  const present = rungs.find((rung) => rung.shots === shots);
  const name = answer ?? present?.tokens[0]?.name ?? null;
  if (name === null) return null;
  const byShots = new Map(rungs.map((rung) => [rung.shots, rung]));
  const columns = Array.from({ length: most + 1 }, (_, shots): LadderColumn => {
    const rung = byShots.get(shots);
    const ranked = rung?.tokens.find((token) => token.name === name)?.p;
    const p = (answer === null ? ranked : rung?.answer) ?? null;
    return { shots, p, isLive: rung?.isLive ?? false };
  });
  return columns.some(({ p }) => p !== null) ? { name, isRight: answer !== null, columns } : null;
}

/** The rungs of `under`, with those of `over` in their places. */
export function withRungs(under: readonly Rung[], over: readonly Rung[]): Rung[] {
  const shots = new Set(over.map((rung) => rung.shots));
  return [...under.filter((rung) => !shots.has(rung.shots)), ...over];
}

/** A text as its tokens are drawn. */
export function drawnName(text: string): string {
  return tokenLabel(new TextEncoder().encode(text));
}

/** What a snapshot says of the prompts of this task. */
export function snapshotRungs(snapshot: Snapshot, task: Task, answer: string | null): Rung[] {
  const agreed = agreedShots(snapshot.task, task);
  const isOf = answer !== null && answer === snapshotAnswer(snapshot);
  return snapshot.results
    .filter(({ shots }) => shots <= agreed)
    .map((result) => rungOf(result, isOf));
}

/** The right answer that a snapshot was taken with, as it follows the prompt. */
export function snapshotAnswer({ task, answer }: Pick<Snapshot, 'task' | 'answer'>): string | null {
  return answer === undefined ? null : answerText(task, answer);
}

/** What the table of a page says of the prompts of this task, written for the task in the page. */
export function pageRungs(
  { rows, head }: { rows: readonly { name: string; p: number }[] | null; head: string },
  inPage: Task,
  task: Task,
  answer: string | null,
): Rung[] {
  const agreed = agreedShots(inPage, task);
  const isOf = answer !== null && (head === '' || head === drawnName(answer));
  return (rows ?? [])
    .map(({ name, p }) => ({
      shots: shotsNamed(name) ?? Number.POSITIVE_INFINITY,
      isLive: false,
      answer: isOf ? p : null,
      tokens: head === '' ? [] : [{ name: head, p }],
    }))
    .filter(({ shots }) => shots <= agreed);
}

/** The number of shots in the first cell of a row; null if there is none. */
export function shotsNamed(name: string): number | null {
  const digits = name.replace(/[^\d]/g, '');
  return digits === '' ? null : Number(digits);
}

function rungOf({ shots, candidates, answer }: SnapshotShots, isOf: boolean): Rung {
  return {
    shots,
    isLive: false,
    answer: isOf && answer != null ? Math.exp(answer) : null,
    tokens: candidates.map((token) => ({
      name: tokenLabel(bytesOf(token)),
      p: Math.exp(token.logprob),
    })),
  };
}

/** Up to how many shots two tasks have the same prompts, because all their parts are the same; −1 for none. */
function agreedShots(one: Task, other: Task): number {
  const areAlike =
    one.instruction === other.instruction &&
    (one.query ?? '') === (other.query ?? '') &&
    templateParts.every((part) => one.template[part] === other.template[part]);
  if (!areAlike) return -1;
  const theirs = other.demonstrations;
  const differing = one.demonstrations.findIndex(
    ({ input, output }, i) => input !== theirs[i]?.input || output !== theirs[i]?.output,
  );
  return differing < 0 ? one.demonstrations.length : differing;
}
