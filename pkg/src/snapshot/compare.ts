import { formatCount, formatProbability } from '../format/numbers.js';
import { pieces, tokenLabel } from '../format/visible.js';
import * as check from '../util/validate.js';
import type { Snapshot, SnapshotShots, SnapshotToken } from './index.js';
import { bytesOf, textOf } from './token.js';

/** Options of {@link compareSnapshots}. */
export interface CompareOptions {
  /** How much a probability, or an entropy in nats, may differ from its record. Default 1e-4. */
  tolerance?: number | undefined;
}

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
    | 'mass';
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
  const tolerance = check.number('tolerance', options.tolerance ?? 1e-4, 0);
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
      : compareShots(result, now, tolerance);
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
  tolerance: number,
): SnapshotDifference[] {
  const { shots } = recorded;
  const isFar = (a: number, b: number) => !(Math.abs(a - b) <= tolerance);
  const moved = (
    what: SnapshotDifference['what'],
    name: string | null,
    [a, b]: [number, number],
    write: (value: number) => string = formatProbability,
  ): SnapshotDifference[] => {
    if (!isFar(a, b)) return [];
    const subject = name === null ? subjects[what] : `${subjects[what]} ${name}`;
    const message = `After ${after(shots)}, ${subject} was ${changeOf(a, b, write)}.`;
    return [of(what, message, { shots, name, recorded: a, fresh: b })];
  };

  if (recorded.tokens !== fresh.tokens) {
    const pair: [number, number] = [recorded.tokens, fresh.tokens];
    return moved('tokens', null, pair, formatCount);
  }
  return [
    ...compareCandidates(recorded, fresh, moved, tolerance),
    ...moved('entropy', null, [recorded.entropy, fresh.entropy], (nats) => nats.toFixed(4)),
    ...compareTexts(recorded, fresh),
    ...compareLabels(recorded, fresh, moved),
  ];
}

type Moved = (
  what: SnapshotDifference['what'],
  name: string | null,
  pair: [number, number],
) => SnapshotDifference[];

function compareCandidates(
  recorded: SnapshotShots,
  fresh: SnapshotShots,
  moved: Moved,
  tolerance: number,
): SnapshotDifference[] {
  const now = new Map(fresh.candidates.map((token) => [token.id, token]));
  const least = Math.min(...fresh.candidates.map(({ logprob }) => Math.exp(logprob)));
  const tokens = recorded.candidates.flatMap((token) => {
    const p = Math.exp(token.logprob);
    const same = now.get(token.id);
    if (same) return moved('token', nameOf(token), [p, Math.exp(same.logprob)]);
    // Of two that are as good as equal, one may have taken the last place of the list.
    if (p - least <= tolerance) return [];
    const { shots } = recorded;
    const message = `After ${after(shots)}, the token ${nameOf(token)} was ${formatProbability(p)} and is no longer among the ${fresh.candidates.length} most probable.`;
    return [of('token', message, { shots, name: nameOf(token), recorded: p })];
  });
  return recorded.candidates.length === fresh.candidates.length
    ? [...tokens, ...moved('rest', null, [recorded.rest.p, fresh.rest.p])]
    : tokens;
}

function compareTexts(recorded: SnapshotShots, fresh: SnapshotShots): SnapshotDifference[] {
  const [before, now] = [recorded.text, fresh.text].map((tokens) => tokens.map(({ id }) => id));
  if (String(before) === String(now)) return [];
  const { shots } = recorded;
  const message = `After ${after(shots)}, the text was ${spelt(recorded.text)} and is ${spelt(fresh.text)}.`;
  return [of('text', message, { shots })];
}

function compareLabels(
  { shots, classification: recorded }: SnapshotShots,
  { classification: fresh }: SnapshotShots,
  moved: Moved,
): SnapshotDifference[] {
  if (recorded === null) return [];
  if (fresh === null || fresh.rule !== recorded.rule) {
    return [
      of('label', `After ${after(shots)}, the labels are no longer compared by ${recorded.rule}.`, {
        shots,
      }),
    ];
  }
  const labels = recorded.labels.flatMap(({ label, p }) => {
    const same = fresh.labels.find((reading) => reading.label === label);
    return same ? moved('label', label, [p, same.p]) : [];
  });
  return [...labels, ...moved('mass', null, [recorded.mass, fresh.mass])];
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
};

/** Two numbers as they are shown, with more digits where these would be the same. */
function changeOf(a: number, b: number, write: (value: number) => string): string {
  if (write(a) !== write(b)) return `${write(a)} and is ${write(b)}`;
  return `${a.toPrecision(6)} and is ${b.toPrecision(6)}`;
}

function after(shots: number): string {
  return shots === 1 ? '1 shot' : `${shots} shots`;
}

function spelt(tokens: readonly SnapshotToken[]): string {
  return `“${pieces(textOf(tokens))
    .map((piece) => piece.text)
    .join('')}”`;
}

/** The token as it is shown. */
function nameOf(token: SnapshotToken): string {
  return tokenLabel(bytesOf(token));
}

function of(
  what: SnapshotDifference['what'],
  message: string,
  rest: Partial<SnapshotDifference> = {},
): SnapshotDifference {
  return { shots: null, name: null, recorded: null, fresh: null, ...rest, what, message };
}
