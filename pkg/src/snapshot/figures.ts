import { tokenLabel } from '../format/visible.js';
import * as check from '../util/validate.js';
import type { SnapshotShots } from './index.js';
import { TOLERANCE } from './limits.js';
import { bytesOf } from './token.js';

/** Options of {@link compareSnapshots} and {@link compareResults}. */
export interface CompareOptions {
  /** How much a probability may differ from its record; an entropy in nats, ten times as much. Default 1e-4. */
  tolerance?: number | undefined;
}

/** The recorded numbers of one prompt, wherever they are recorded. */
export type RecordedResult = Pick<
  SnapshotShots,
  'candidates' | 'rest' | 'entropy' | 'classification' | 'answer'
>;

/** A recorded number and the new one. */
export interface ResultFigure {
  what: 'token' | 'rest' | 'entropy' | 'label' | 'mass' | 'answer';
  /** The token, with visible whitespace, or the label; null if it is neither. */
  name: string | null;
  /** A probability, or an entropy in nats. */
  recorded: number;
  /** Null if the new result does not have it. */
  fresh: number | null;
  /** How far apart they are; infinite if there is no new number. */
  difference: number;
  /** Whether that is beyond the tolerance. */
  differs: boolean;
}

/**
 * Every number of a recorded result beside that of a fresh one. Tokens are found by id. The probability of all other
 * tokens is compared if both results list equally many.
 *
 * @throws {@link ShotglassError} `invalid-option` for a tolerance below 0.
 */
export function compareResults(
  recorded: RecordedResult,
  fresh: RecordedResult,
  options: CompareOptions = {},
): ResultFigure[] {
  const tolerance = check.number('tolerance', options.tolerance ?? TOLERANCE, 0);
  const figure = (
    what: ResultFigure['what'],
    name: string | null,
    before: number,
    now: number | undefined,
  ): ResultFigure => {
    const difference = now === undefined ? Number.POSITIVE_INFINITY : Math.abs(before - now);
    // An entropy gathers the differences of the whole vocabulary.
    const differs = !(difference <= (what === 'entropy' ? 10 * tolerance : tolerance));
    return { what, name, recorded: before, fresh: now ?? null, difference, differs };
  };
  const tokens = new Map(fresh.candidates.map(({ id, logprob }) => [id, Math.exp(logprob)]));
  const { classification } = recorded;
  const labels = new Map(fresh.classification?.labels.map(({ label, p }) => [label, p]));
  return [
    ...recorded.candidates.map((token) =>
      figure('token', tokenLabel(bytesOf(token)), Math.exp(token.logprob), tokens.get(token.id)),
    ),
    ...(recorded.candidates.length === fresh.candidates.length
      ? [figure('rest', null, recorded.rest.p, fresh.rest.p)]
      : []),
    figure('entropy', null, recorded.entropy, fresh.entropy),
    ...(classification?.labels.map(({ label, p }) =>
      figure('label', label, p, labels.get(label)),
    ) ?? []),
    ...(classification
      ? [figure('mass', null, classification.mass, fresh.classification?.mass)]
      : []),
    ...(recorded.answer == null
      ? []
      : [figure('answer', null, Math.exp(recorded.answer), probability(fresh.answer))]),
  ];
}

function probability(logprob: number | null | undefined): number | undefined {
  return logprob == null ? undefined : Math.exp(logprob);
}
