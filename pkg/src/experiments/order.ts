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

export interface OrderOptions extends ShownOptions {
  /** Name of the label that is right for the query. Default: not known. */
  gold?: string | undefined;
  /** Queries that GlobalE and LocalE are computed over. Default: the one query. */
  probes?: readonly string[] | undefined;
  /** Chooses the orders of more than four demonstrations: an integer, 0 or more. Default 0. */
  seed?: number | undefined;
}

/** The prompts of one order. */
export interface PlannedOrder {
  /** Indices into `task.demonstrations`, in the order in which they are shown. */
  order: number[];
  query: PlannedPrompt;
  /** One for each probe. */
  probes: PlannedPrompt[];
}

/** What the model thought with the demonstrations in one order. */
export interface OrderReading {
  /** Indices into `task.demonstrations`, in the order in which they were shown. */
  order: number[];
  /** Of the query. */
  classification: Classification;
  /** The posterior of the gold label for the query, 0 to 1; null where none was named. */
  pGold: number | null;
  /**
   * Entropy of the labels that were predicted for the probes, in nats (Lu et al. 2022, §3): 0
   * where all are alike, ln(number of labels) where each is predicted as often. A label that was
   * never predicted counts as 1e-5 predictions. Low: the order leads to the same answer whatever the
   * probe. One probe says nothing: its GlobalE is next to 0.
   */
  globalE: number;
  /** Mean entropy of the labels' posterior over the probes, in nats (Lu et al. 2022, §3). */
  localE: number;
}

/** How the answer depends on the order of the demonstrations. */
export interface OrderResult {
  /** Those that are done; the first is the given order. */
  readings: OrderReading[];
  /** How many of them predict another label for the query than the given order does. */
  flips: number;
}

/** As many orders as Lu et al. 2022 run: all of four demonstrations. */
const mostOrders = 24;

/**
 * The prompts of {@link order}: every order of up to four demonstrations, else 24 different ones that
 * the seed chooses, the given one among them. They are sorted by their indices, so that the given one
 * is the first and neighbours share their beginnings. Needs no model.
 *
 * @throws {@link ShotglassError} `invalid-option`: a seed, probes, gold, shots, task, query or labels
 * that are wrong.
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
 * The same query after the same demonstrations in other orders (Lu et al. 2022): does the answer
 * depend on it? One step for each order.
 *
 * @throws as {@link planOrder} and {@link classify}, from the loop; `aborted` leaves the steps that
 * came before it.
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
