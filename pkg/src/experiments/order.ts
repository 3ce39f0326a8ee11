import { random } from '../math/random.js';
import { entropy } from '../math/statistics.js';
import type { Model } from '../model/model.js';
import type { Task } from '../prompt/task.js';
import type { Classification } from '../scoring/classify.js';
import type { Step } from '../util/step.js';
import { integer, invalid, only } from '../util/validate.js';
import {
  byBeginning,
  checked,
  goldIndex,
  type PlannedPrompt,
  plan,
  queryOptions,
  read,
  type ShownOptions,
  showing,
} from './planned.js';

/** Options of {@link order}. */
export interface OrderOptions extends ShownOptions {
  /** Name of the correct label of the query. Default: unknown. */
  gold?: string | undefined;
  /** Queries over which GlobalE and LocalE are computed. Default: the query itself. */
  probes?: readonly string[] | undefined;
  /** Seed that selects the orders of more than four demonstrations, an integer of at least 0. Default 0. */
  seed?: number | undefined;
}

/** The prompts of one order. */
export interface PlannedOrder {
  /** Indices into `task.demonstrations`, in the order shown. */
  order: number[];
  /** The prompt of the query. */
  query: PlannedPrompt;
  /** One prompt for each probe. */
  probes: PlannedPrompt[];
}

/** The result for one order of the demonstrations. */
export interface OrderReading {
  /** Indices into `task.demonstrations`, in the order shown. */
  order: number[];
  /** The labels' probabilities for the query. */
  classification: Classification;
  /** The posterior of the gold label for the query, 0 to 1; null if none was named. */
  pGold: number | null;
  /**
   * Entropy of the predicted labels over the probes, in nats (Lu et al. 2022, §3): 0 if all predictions
   * are the same, ln(number of labels) if all labels are predicted equally often. A label that is never
   * predicted counts as 1e-5 predictions. A low value means that the order leads to the same answer
   * whatever the probe. With a single probe it is close to 0 and says nothing.
   */
  globalE: number;
  /** Mean entropy of the labels' posteriors over the probes, in nats (Lu et al. 2022, §3). */
  localE: number;
}

/** How the answer depends on the order of the demonstrations. */
export interface OrderResult {
  /** The results so far; the first is that of the given order. */
  readings: OrderReading[];
  /** How many orders predict a different label for the query than the given order. */
  flips: number;
}

/** As many orders as Lu et al. 2022 run: all of four demonstrations. */
const mostOrders = 24;

/**
 * The prompts of {@link order}: all orders of up to four demonstrations, otherwise 24 different orders
 * selected by the seed, including the given one. They are sorted by their indices, so the given order
 * comes first and neighbors share their beginnings. Needs no model.
 *
 * @throws {@link ShotglassError} `invalid-option` if the seed, probes, gold label, shots, task, query or
 * labels are invalid.
 */
export function planOrder(task: Task, options: OrderOptions = {}): PlannedOrder[] {
  only(options, { shots: true, gold: true, probes: true, seed: true, ...queryOptions });
  const { labels, shown } = checked(task, options);
  goldIndex(labels, options.gold);
  const seed = integer('seed', options.seed ?? 0, 0);
  const probes = options.probes ?? [options.query ?? task.query ?? ''];
  if (!Array.isArray(probes) || probes.length === 0) {
    throw invalid('probes', 'an array of at least one query');
  }
  return orders(shown, seed).map((order) => ({
    order,
    query: plan(task, labels, options, showing(task, order)),
    probes: probes.map((query) => plan(task, labels, options, { ...showing(task, order), query })),
  }));
}

/**
 * The same query after the same demonstrations in different orders (Lu et al. 2022): does the answer
 * depend on the order? There is one step for each order.
 *
 * @throws {@link ShotglassError} as {@link planOrder} and {@link classify}, from the loop. After `aborted`, the
 * steps before it remain valid.
 */
export async function* order(
  model: Pick<Model, 'score'>,
  task: Task,
  options: OrderOptions = {},
): AsyncGenerator<Step<OrderResult>, void, undefined> {
  const all = planOrder(task, options);
  const gold = goldIndex(all[0]?.query.labels ?? [], options.gold);
  const readings: OrderReading[] = [];
  for (const { order, query, probes } of all) {
    const classification = await read(model, query, options);
    const ofProbes: Classification[] = [];
    for (const probe of probes) {
      const isQuery = probe.prompt.text === query.prompt.text;
      ofProbes.push(isQuery ? classification : await read(model, probe, options));
    }
    readings.push({
      order,
      classification,
      pGold: gold === undefined ? null : (classification.labels[gold]?.p ?? null),
      globalE: globalEntropy(ofProbes),
      localE: localEntropy(ofProbes),
    });
    yield { done: readings.length, total: all.length, result: resultOf(readings) };
  }
}

/** The first reading is that of the given order. */
function resultOf(readings: readonly OrderReading[]): OrderResult {
  const given = readings[0]?.classification.predicted;
  const flipped = readings.filter(({ classification }) => classification.predicted !== given);
  return { readings: [...readings], flips: flipped.length };
}

function orders(shown: readonly number[], seed: number): number[][] {
  if (shown.length <= 4) return permutations(shown);
  const { shuffled } = random(seed);
  const drawn = new Map([[String(shown), [...shown]]]);
  while (drawn.size < mostOrders) {
    const order = shuffled(shown);
    drawn.set(String(order), order);
  }
  return [...drawn.values()].sort(byBeginning);
}

/** All orders, sorted as their first is. */
function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((first) =>
    permutations(items.filter((item) => item !== first)).map((rest) => [first, ...rest]),
  );
}

/** `GlobalE = −Σ_v q_v ln q_v`, where q is the histogram of the predicted labels. */
function globalEntropy(classifications: readonly Classification[]): number {
  const labels = classifications[0]?.labels ?? [];
  const counts = labels.map((_, i) => {
    const count = classifications.filter(({ predicted }) => predicted === i).length;
    return count === 0 ? 1e-5 : count;
  });
  const total = counts.reduce((sum, count) => sum + count, 0);
  return entropy(counts.map((count) => count / total));
}

/** `LocalE = 1/n Σ_i −Σ_v p_iv ln p_iv`, where p_i is the posterior of probe i. */
function localEntropy(classifications: readonly Classification[]): number {
  const each = classifications.map(({ labels }) => entropy(labels.map(({ p }) => p)));
  return each.reduce((sum, one) => sum + one, 0) / each.length;
}
