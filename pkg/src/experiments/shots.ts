import type { Model } from '../model/model.js';
import type { Task } from '../prompt/task.js';
import type { Step } from '../util/step.js';
import { only } from '../util/validate.js';
import {
  ascendingShots,
  attemptEach,
  checked,
  type Outcome,
  type PlannedPrompt,
  plan,
  type QueryOptions,
  queryOptions,
} from './planned.js';

/** Options of {@link shots}. */
export interface ShotsOptions extends QueryOptions {
  /** Distinct numbers of demonstrations to show. Default: 0, 1, … up to all. */
  shots?: readonly number[] | undefined;
}

/** A prompt with `k` demonstrations. */
export interface PlannedShots extends PlannedPrompt {
  /** Number of demonstrations. */
  k: number;
}

/**
 * The result after `k` demonstrations. With an `error` it was not run, because its prompt does not fit
 * into the context (`prompt-too-long`) or cannot be scored (`empty-prompt`, `merged-continuation`).
 */
export type ShotsReading = { k: number } & Outcome;

/** How the answer changes with the number of demonstrations. */
export interface ShotsResult {
  /** The results so far, in ascending order of k. */
  readings: ShotsReading[];
}

/**
 * The prompts of {@link shots}, in ascending order of k. Each begins with the demonstrations of the one
 * before it. Needs no model.
 *
 * @throws {@link ShotglassError} `invalid-option` if a k occurs twice or exceeds the number of
 * demonstrations, or if the task, query or labels are invalid.
 */
export function planShots(task: Task, options: ShotsOptions = {}): PlannedShots[] {
  only(options, { shots: true, ...queryOptions });
  const { labels } = checked(task, { query: options.query, labels: options.labels });
  return ascendingShots(task, options.shots).map((k) => ({
    k,
    ...plan(task, labels, options, { shots: k }),
  }));
}

/**
 * The same query after 0, 1, … K demonstrations (Brown et al. 2020, Figure 1.2): how much does each
 * shot help? There is one step for each k. If a prompt does not fit, that is reported and the others run.
 *
 * @throws {@link ShotglassError} as {@link planShots} and {@link classify}, from the loop. After `aborted`, the
 * steps before it remain valid.
 */
export async function* shots(
  model: Pick<Model, 'score'>,
  task: Task,
  options: ShotsOptions = {},
): AsyncGenerator<Step<ShotsResult>, void, undefined> {
  yield* attemptEach(model, planShots(task, options), ({ k }) => ({ k }), options);
}
