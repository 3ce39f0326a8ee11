/** The evaluation of rows, of the present prompt or of the pinned one. */
import type { Label } from 'shotglass';
import { type Evaluation, evaluate, type Step } from 'shotglass/experiments';
import type { Question, Settled } from '../figure.ts';
import type { AskedModel } from '../tape.ts';
import { optionsOf as calibratedBy } from './calibrations.ts';
import { mostRows } from './rows.ts';

export const labelsIn = ({ isFree, labels }: Pick<Question, 'isFree' | 'labels'>) =>
  isFree ? null : labels;

/** What is evaluated: a task, and the demonstrations that its prompts show. */
type Side = Pick<Question, 'task' | 'train' | 'isFree'> & { labels: readonly Label[] };

export function evaluated(
  model: AskedModel,
  { rule, calibration, draws, signal }: Pick<Settled, 'rule' | 'calibration' | 'draws' | 'signal'>,
  side: Side,
  rows: Question['rows'],
  shots: readonly number[],
): AsyncGenerator<Step<Evaluation>, void, undefined> {
  const { task, train } = side;
  const labels = labelsIn(side);
  const compared = labels ? { rule, ...calibratedBy(calibration) } : {};
  return evaluate(model, { ...task, demonstrations: [...train] }, rows, {
    ...compared,
    labels,
    shots,
    seeds: Array.from({ length: draws.seeds }, (_, seed) => seed),
    orders: draws.orders,
    limit: mostRows,
    maxTokens: 32,
    signal,
  });
}
