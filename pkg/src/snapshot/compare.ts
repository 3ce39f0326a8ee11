import { englishOneIn, formatCount, formatProbability } from '../format/numbers.js';
import { pieces } from '../format/visible.js';
import * as check from '../util/validate.js';
import { type CompareOptions, compareResults, type ResultFigure } from './figures.js';
import type { Snapshot, SnapshotShots, SnapshotToken } from './index.js';
import { TOLERANCE } from './limits.js';
import { textOf } from './token.js';

/** A difference between two snapshots. */
export interface SnapshotDifference {
  /** Number of shots at which it occurs; null if it concerns the whole snapshot. */
  shots: number | null;
  /** What differs. `'model'` and `'task'` come alone, because then no numbers can be compared. */
  what:
    | 'model'
    | 'task'
    | 'shots'
    | 'tokens'
    | 'token'
    | 'rest'
    | 'entropy'
    | 'text'
    | 'label'
    | 'mass'
    | 'answer';
  /** The token, with visible whitespace, or the label; null if it is neither. */
  name: string | null;
  /** The recorded number: a probability, a count, or an entropy in nats. Null if there is none. */
  recorded: number | null;
  /** The new number. Null if there is none, or it is not known. */
  fresh: number | null;
  /** The difference as an English sentence. */
  message: string;
}

/**
 * The differences between a recorded snapshot and a fresh one. The list is empty if all recorded numbers still hold.
 * Tokens are compared by id, not by rank, so two equally probable tokens may swap places.
 *
 * @throws {@link ShotglassError} `invalid-option` for a tolerance below 0.
 */
export function compareSnapshots(
  recorded: Snapshot,
  fresh: Snapshot,
  options: CompareOptions = {},
): SnapshotDifference[] {
  check.number('tolerance', options.tolerance ?? TOLERANCE, 0);
  const other = otherModel(recorded, fresh);
  if (other !== null) return [of('model', other)];
  if (JSON.stringify(queryOf(recorded)) !== JSON.stringify(queryOf(fresh))) {
    return [of('task', 'The two snapshots are of different tasks and cannot be compared.')];
  }
  const byShots = new Map(fresh.results.map((result) => [result.shots, result]));
  return recorded.results.flatMap((result) => {
    const now = byShots.get(result.shots);
    return now === undefined
      ? [
          of('shots', `The new snapshot has no result for ${after(result.shots)}.`, {
            shots: result.shots,
          }),
        ]
      : compareShots(result, now, options);
  });
}

function otherModel({ model: one }: Snapshot, { model: two }: Snapshot): string | null {
  if (one.sha256 !== two.sha256) {
    return `It was recorded with another model: ${one.name} (sha256 ${one.sha256.slice(0, 8)}…), not ${two.name} (sha256 ${two.sha256.slice(0, 8)}…).`;
  }
  if (one.activationBits !== two.activationBits) {
    return `It was recorded with ${one.activationBits}-bit activations, not with ${two.activationBits}-bit ones.`;
  }
  return null;
}

/** What the numbers depend on, its fields in one order. */
function queryOf({ task }: Snapshot): unknown[] {
  const { instruction, template: t, demonstrations, labels = null, query = '' } = task;
  return [
    instruction,
    [t.instructionSeparator, t.inputPrefix, t.inputSuffix],
    [t.outputPrefix, t.outputSeparator, t.demonstrationSeparator],
    demonstrations.map(({ input, output }) => [input, output]),
    labels,
    query,
  ];
}

function compareShots(
  recorded: SnapshotShots,
  fresh: SnapshotShots,
  options: CompareOptions,
): SnapshotDifference[] {
  const { shots } = recorded;
  if (recorded.tokens !== fresh.tokens) {
    const change = changeOf(recorded.tokens, fresh.tokens, formatCount);
    const message = `After ${after(shots)}, ${subjects.tokens} was ${change}.`;
    return [of('tokens', message, { shots, recorded: recorded.tokens, fresh: fresh.tokens })];
  }
  const isOtherRule = recorded.classification?.rule !== fresh.classification?.rule;
  const comparable = isOtherRule ? { ...recorded, classification: null } : recorded;
  const figures = compareResults(comparable, fresh, options);
  return [
    ...figures.flatMap((figure) => movedFigure(figure, recorded, fresh, options)),
    ...compareTexts(recorded, fresh),
    ...(isOtherRule && recorded.classification ? [otherRule(shots, recorded.classification)] : []),
  ];
}

function movedFigure(
  { what, name, recorded: before, fresh: now, differs }: ResultFigure,
  { shots }: SnapshotShots,
  { candidates }: SnapshotShots,
  { tolerance = TOLERANCE }: CompareOptions,
): SnapshotDifference[] {
  if (!differs) return [];
  const subject = name === null ? subjects[what] : `${subjects[what]} ${name}`;
  const about = { shots, name, recorded: before, fresh: now };
  if (now === null) {
    // Of two that are as good as equal, one may have taken the last place of the list.
    const least = Math.min(...candidates.map(({ logprob }) => Math.exp(logprob)));
    if (what === 'token' && before - least <= tolerance) return [];
    const place = what === 'token' ? `among the ${candidates.length} most probable` : 'there';
    const message = `After ${after(shots)}, ${subject} was ${percent(before)} and is no longer ${place}.`;
    return [of(what, message, about)];
  }
  const write = what === 'entropy' ? (nats: number) => nats.toFixed(4) : percent;
  const message = `After ${after(shots)}, ${subject} was ${changeOf(before, now, write)}.`;
  return [of(what, message, about)];
}

function otherRule(
  shots: number,
  { rule }: NonNullable<SnapshotShots['classification']>,
): SnapshotDifference {
  const message = `After ${after(shots)}, the labels are no longer compared by ${rule}.`;
  return of('label', message, { shots });
}

function compareTexts(recorded: SnapshotShots, fresh: SnapshotShots): SnapshotDifference[] {
  const [before, now] = [recorded.text, fresh.text].map((tokens) => tokens.map(({ id }) => id));
  if (String(before) === String(now)) return [];
  const { shots } = recorded;
  const message = `After ${after(shots)}, the text was ${spelt(recorded.text)} and is ${spelt(fresh.text)}.`;
  return [of('text', message, { shots })];
}

const subjects: Record<SnapshotDifference['what'], string> = {
  model: 'the model',
  task: 'the task',
  shots: 'the number of shots',
  tokens: 'the number of tokens in the prompt',
  token: 'the token',
  rest: 'all other tokens together',
  entropy: 'the entropy in nats',
  text: 'the text',
  label: 'the label',
  mass: 'the label-space mass',
  answer: 'the right answer',
};

/** Two numbers as they are shown, with more digits where these would be the same. */
function changeOf(a: number, b: number, write: (value: number) => string): string {
  if (write(a) !== write(b)) return `${write(a)} and is ${write(b)}`;
  return `${a.toPrecision(6)} and is ${b.toPrecision(6)}`;
}

/** A probability in a sentence. */
const percent = (p: number) => formatProbability(p, englishOneIn);

function after(shots: number): string {
  return shots === 1 ? '1 shot' : `${shots} shots`;
}

function spelt(tokens: readonly SnapshotToken[]): string {
  return `“${pieces(textOf(tokens))
    .map((piece) => piece.text)
    .join('')}”`;
}

function of(
  what: SnapshotDifference['what'],
  message: string,
  rest: Partial<SnapshotDifference> = {},
): SnapshotDifference {
  return { shots: null, name: null, recorded: null, fresh: null, ...rest, what, message };
}
