import type { Model } from '../model/model.js';
import type { Task } from '../prompt/task.js';
import type { Step } from '../util/step.js';
import { invalid, only } from '../util/validate.js';
import {
  attemptEach,
  checked,
  type Outcome,
  type PlannedPrompt,
  plan,
  type QueryOptions,
  queryOptions,
} from './planned.js';

export interface ShotsOptions extends QueryOptions {
  /** The numbers of demonstrations to show, each once. Default: 0, 1, … up to all. */
  shots?: readonly number[] | undefined;
}

/** The prompt with `k` demonstrations. */
export interface PlannedShots extends PlannedPrompt {
  k: number;
}

/**
 * What the model thought of the query after `k` demonstrations. With an `error` that k was not run,
 * for its prompt is more than the context holds (`prompt-too-long`) or cannot be scored
 * (`empty-prompt`, `merged-continuation`).
 */
export type ShotsReading = { k: number } & Outcome;

/** How the answer changes with the number of demonstrations. */
export interface ShotsResult {
  /** Those that are done, in ascending order of k. */
  readings: ShotsReading[];
}

/**
 * The prompts of {@link shots}, in ascending order of k: each begins with the demonstrations of the
 * one before it. Needs no model.
 *
 * @throws {@link ShotglassError} `invalid-option`: a k that is more than there are demonstrations,
 * or there twice; a task, query or labels that are wrong.
 */
export function planShots(task: Task, options: ShotsOptions = {}): PlannedShots[] {
  only(options, { shots: true, ...queryOptions });
  const { labels, shown } = checked(task, { query: options.query, labels: options.labels });
  const { shots = [...shown, shown.length] } = options;
  if (!Array.isArray(shots) || shots.length === 0 || new Set(shots).size < shots.length) {
    throw invalid('shots', 'a non-empty array of distinct numbers');
  }
  return [...shots]
    .sort((a, b) => a - b)
    .map((k) => ({ k, ...plan(task, labels, options, { shots: k }) }));
}

/**
 * The same query after 0, 1, … K demonstrations (Brown et al. 2020, Figure 1.2): how much does each
 * shot buy? One step for each k; a k whose prompt does not fit is reported, and the others run.
 *
 * @throws as {@link planShots} and {@link classify}, from the loop; `aborted` leaves the steps that
 * came before it.
 */
export async function* shots(
  model: Pick<Model, 'score'>,
  task: Task,
  options: ShotsOptions = {},
): AsyncGenerator<Step<ShotsResult>, void, undefined> {
  yield* attemptEach(model, planShots(task, options), ({ k }) => ({ k }), options);
}
