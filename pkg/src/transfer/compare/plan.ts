import { codeOf, type ShotglassError } from '../../errors.js';
import { orderOf, planned } from '../../experiments/evaluate/plan.js';
import type { Plan } from '../../experiments/evaluate/types.js';
import { planProbe } from '../../experiments/probe/plan.js';
import type { Demonstration, Task } from '../../prompt/task.js';
import { taskLabels } from '../../scoring/classify.js';
import { integer, invalid, oneOf, only } from '../../util/validate.js';
import { isTrained, stepsOf, type TrainSettings, trainSettings } from './settings.js';
import {
  ways as allWays,
  type ComparedModel,
  type CompareOptions,
  type LeftOut,
  type Way,
} from './types.js';

/** What is measured in one go. */
export interface PlannedRun {
  /** One way, or prototypes and the probe, which read the same states. */
  ways: Way[];
  /** Number of examples: 0, 1 or `k`. */
  shots: number;
  seed: number;
  /** The examples: indices into the pool, in the order of the draw. */
  examples: number[];
  /** The rows of the pool whose inputs a teacher answers: those that come next in the order of the draw. */
  others: number[];
  /** Units of progress. */
  units: number;
}

/** Everything that is decided before the model is asked. */
export interface ComparePlan {
  /** The rows under test, the labels and the warnings, as {@link evaluate} has them. */
  evaluation: Plan;
  runs: PlannedRun[];
  /** What cannot be measured. */
  leftOut: LeftOut[];
  training: TrainSettings;
  maxTokens: number | undefined;
}

/** Checks everything, draws the rows and the examples. Asks the model nothing. */
export function planComparison(
  model: Pick<ComparedModel, 'info' | 'score' | 'generate' | 'train'>,
  task: Task,
  rows: readonly Demonstration[],
  options: CompareOptions,
): ComparePlan {
  only(options, {
    shots: true,
    ways: true,
    seeds: true,
    train: true,
    limit: true,
    labels: true,
    training: true,
    inputs: true,
    maxTokens: true,
    neutral: true,
    signal: true,
  });
  const { shots, seeds = [0], limit, maxTokens, train } = options;
  const { labels = task.labels ? taskLabels(task) : null } = options;
  const evaluation = planned(model, task, rows, { shots, seeds, limit, maxTokens, labels, train });
  for (const k of shots) integer('shots', k, 1);
  const asked = askedWays(options.ways);
  const most = integer('inputs', options.inputs ?? 16, 1);
  const training = trainSettings(options);
  const steps = new Map(asked.map((way) => [way, stepsOf(model, training, way)]));

  const possible = asked.filter((way) => labels !== null || !isProbe(way));
  const why = 'The task has no labels to choose from.';
  const leftOut: LeftOut[] = asked
    .filter((way) => !possible.includes(way))
    .map((way) => ({ way, shots: null, seed: null, why }));
  const runs: PlannedRun[] = [];
  for (const [nth, seed] of seeds.entries()) {
    const order = orderOf(evaluation.train.length, seed);
    for (const { ways, k } of groupsOf(possible, shots, nth === 0)) {
      const [examples, others] = [order.slice(0, k), order.slice(k, k + most)];
      const before = ways.some(isProbe) ? k + model.info.layers + 1 : (steps.get(ways[0]) ?? 0);
      const units = before + evaluation.rows.length;
      const run = { ways, shots: k, seed, examples, others, units };
      const why = obstacle(evaluation, task, run);
      if (why === null) runs.push(run);
      else leftOut.push(...leftOutOf(run, why));
    }
  }
  return { evaluation, runs, leftOut, training, maxTokens };
}

/** What is not measured of a run. */
export function leftOutOf({ ways, shots, seed }: PlannedRun, why: string): LeftOut[] {
  return ways.map((way) => ({ way, shots, seed, why }));
}

export function isProbe(way: Way): boolean {
  return way === 'prototypes' || way === 'probe';
}

/** In the order of a table. */
function askedWays(given: readonly Way[] = allWays): Way[] {
  if (!Array.isArray(given) || given.length === 0) throw invalid('ways', 'a non-empty array');
  for (const way of given) oneOf('ways', way, allWays);
  return allWays.filter((way) => given.includes(way));
}

/** Ways that are measured together, and the number of their examples. */
type Group = { ways: [Way, ...Way[]]; k: number };

/** What is measured with the examples of a seed. Without any there is nothing to draw: the first stands for all. */
function groupsOf(ways: readonly Way[], shots: readonly number[], isFirst: boolean): Group[] {
  const [firstProbe, ...otherProbes] = ways.filter(isProbe);
  const alone = (only: Way, k: number): Group[] =>
    ways.includes(only) ? [{ ways: [only], k }] : [];
  return [
    ...(isFirst ? alone('zero-shot', 0) : []),
    ...alone('one-shot', 1),
    ...shots.flatMap((k): Group[] => [
      ...alone('few-shot', k),
      ...(firstProbe ? [{ ways: [firstProbe, ...otherProbes], k } satisfies Group] : []),
      ...ways.filter(isTrained).flatMap((way) => alone(way, k)),
    ]),
  ];
}

/** Why a run cannot be; null if it can. */
function obstacle({ train, rows, labels }: Plan, task: Task, run: PlannedRun): string | null {
  if (run.ways.includes('distilled') && run.others.length === 0) {
    return 'The pool has no inputs beyond the examples for the teacher to answer.';
  }
  if (labels === null || !run.ways.some(isProbe)) return null;
  try {
    const drawn = run.examples.map((index) => train[index] as Demonstration);
    planProbe(task, rows, { train: drawn, labels, shots: [] });
    return null;
  } catch (error) {
    if (codeOf(error) !== 'invalid-option') throw error;
    return (error as ShotglassError).message;
  }
}
