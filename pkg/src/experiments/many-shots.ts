import type { ShotglassError } from '../errors.js';
import type { Accuracy } from '../math/statistics.js';
import type { Demonstration, Task } from '../prompt/task.js';
import type { AnyLabel, Classification } from '../scoring/classify.js';
import type { Step } from '../util/step.js';
import { integer, invalid, only } from '../util/validate.js';
import { evaluate } from './evaluate/index.js';
import { type EvaluatedModel, type EvaluateOptions, orderOf, planned } from './evaluate/plan.js';
import {
  ascendingShots,
  attempt,
  checked,
  goldIndex,
  type PlannedPrompt,
  plan,
  type QueryOptions,
  queryOptions,
  read,
  showing,
} from './planned.js';

/** Options of {@link manyShots}. */
export interface ManyShotsOptions extends QueryOptions {
  /** The rows to take demonstrations from. Default: `task.demonstrations`. */
  pool?: readonly Demonstration[] | undefined;
  /** Distinct numbers of demonstrations. Default: 1, 2, 4, … 512, up to the whole pool. */
  shots?: readonly number[] | undefined;
  /** Name of the correct label of the query. Default: unknown. */
  gold?: string | undefined;
  /**
   * Fixes the order of the pool: an integer of at least 0. Seed 0 takes the pool as it stands, as in
   * {@link evaluate}. Default 0.
   */
  seed?: number | undefined;
  /** Held-out rows on which accuracy is measured after each number of demonstrations. Default: none. */
  rows?: readonly Demonstration[] | undefined;
  /**
   * The labels that the rows are answered with; null for free text, which is generated, as in {@link evaluate}.
   * Default: `labels`.
   */
  rowLabels?: readonly AnyLabel[] | null | undefined;
}

/** The query after `k` demonstrations. */
export interface PlannedManyShots extends PlannedPrompt {
  /** Number of demonstrations. */
  k: number;
  /** Indices into the pool, in the order shown: the `k` of the rung before it, and more behind them. */
  shown: number[];
}

/** What is known after `k` demonstrations. */
export interface ManyShotsReading {
  k: number;
  /** The labels' probabilities for the query. */
  classification: Classification;
  /** The posterior of the gold label, 0 to 1; null if none was named. */
  pGold: number | null;
  /** Of the held-out rows that are known so far; null without held-out rows. */
  accuracy: Accuracy | null;
}

/** How the answer changes up to as many demonstrations as fit. */
export interface ManyShotsResult {
  /** In ascending order of k. */
  readings: ManyShotsReading[];
  /**
   * The first number of demonstrations that was not run, and why: a prompt with it, of the query or of a
   * held-out row, does not fit into the context. There is no reading from it on. Null if all ran.
   */
  ended: { k: number; error: ShotglassError } | null;
}

/** The most demonstrations that are shown by default. */
const mostShots = 512;

/**
 * The prompts of {@link manyShots}, in ascending order of k. Each begins with the demonstrations of the one
 * before it. Needs no model.
 *
 * @throws {@link ShotglassError} `invalid-option` if the pool is empty, if a k occurs twice or exceeds the number
 * of rows, or if the seed, gold label, task, query or labels are invalid.
 */
export function planManyShots(task: Task, options: ManyShotsOptions = {}): PlannedManyShots[] {
  only(options, {
    pool: true,
    shots: true,
    gold: true,
    seed: true,
    rows: true,
    rowLabels: true,
    ...queryOptions,
  });
  const whole = withPool(task, options);
  const { labels } = checked(whole, { query: options.query, labels: options.labels });
  goldIndex(labels, options.gold);
  const size = whole.demonstrations.length;
  const order = orderOf(size, integer('seed', options.seed ?? 0, 0));
  return ascendingShots(whole, options.shots ?? powersOfTwo(size)).map((k) => {
    const shown = order.slice(0, integer('shots', k, 0, size));
    return { k, shown, ...plan(whole, labels, options, showing(whole, shown)) };
  });
}

/**
 * The same query after 1, 2, 4, … 512 demonstrations, or as many as fit into the context (Agarwal et al. 2024,
 * Many-Shot In-Context Learning, arXiv 2404.11018), and with held-out rows the accuracy. A prompt grows only
 * behind its last demonstration, so the model runs each demonstration once. There is a step for each k, and
 * with held-out rows for each row. The first prompt that does not fit ends the curve and is reported.
 *
 * @throws {@link ShotglassError} as {@link planManyShots}, {@link evaluate} (for held-out rows, before anything has
 * run) and {@link classify}, from the loop. After `aborted`, the steps before it remain valid.
 */
export async function* manyShots(
  model: EvaluatedModel,
  task: Task,
  options: ManyShotsOptions = {},
): AsyncGenerator<Step<ManyShotsResult>, void, undefined> {
  const prompts = planManyShots(task, options);
  const whole = withPool(task, options);
  const rows = plannedRows(model, whole, prompts, options);
  const each = 1 + (rows?.tested ?? 0);
  const total = prompts.length * each;
  const readings: ManyShotsReading[] = [];
  const step = (done: number, ended: ManyShotsResult['ended'] = null): Step<ManyShotsResult> => {
    return { done, total, result: { readings: [...readings], ended } };
  };

  for (const [at, { k, ...prompt }] of prompts.entries()) {
    const outcome = await attempt(async () => ({ read: await read(model, prompt, options) }));
    if ('error' in outcome) {
      yield step(total, { k, error: outcome.error });
      return;
    }
    const classification = outcome.read;
    const gold = goldIndex(prompt.labels, options.gold);
    const pGold = gold === undefined ? null : (classification.labels[gold]?.p ?? null);
    const reading: ManyShotsReading = { k, classification, pGold, accuracy: null };
    readings.push(reading);
    yield step(at * each + 1);
    if (!rows) continue;
    const asked = { ...rows.options, shots: [k] };
    for await (const { done, result } of evaluate(model, whole, rows.rows, asked)) {
      const [error] = result.notRun.map((notRun) => notRun.error);
      if (error) {
        readings.pop();
        yield step(total, { k, error });
        return;
      }
      readings[at] = { ...reading, accuracy: result.cells[0]?.accuracy ?? null };
      yield step(at * each + 1 + done);
    }
  }
}

/** The task with the pool as its demonstrations. */
function withPool(task: Task, { pool = task?.demonstrations }: ManyShotsOptions): Task {
  if (!Array.isArray(pool) || pool.length === 0) {
    throw invalid('pool', 'a non-empty array of demonstrations');
  }
  return { ...task, demonstrations: [...pool] };
}

/** The held-out rows, checked before anything runs, and the options of {@link evaluate} without the shots. */
function plannedRows(
  model: EvaluatedModel,
  task: Task,
  prompts: readonly PlannedManyShots[],
  { rows, rowLabels = prompts[0]?.labels, seed = 0, rule, comparison, signal }: ManyShotsOptions,
): {
  rows: readonly Demonstration[];
  tested: number;
  options: Omit<EvaluateOptions, 'shots'>;
} | null {
  if (rows === undefined) return null;
  const options = { seeds: [seed], labels: rowLabels, rule, comparison, signal };
  const shots = prompts.map(({ k }) => k);
  const { rows: tested } = planned(model, task, rows, { ...options, shots });
  return { rows, tested: tested.length, options };
}

/** 1, 2, 4, … up to 512 or to the size of the pool, which is the last one if it is smaller. */
function powersOfTwo(size: number): number[] {
  const most = Math.min(size, mostShots);
  const powers = Array.from({ length: 10 }, (_, i) => 2 ** i).filter((k) => k < most);
  return [...powers, most];
}
