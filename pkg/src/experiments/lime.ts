import { type Random, random } from '../math/random.js';
import { ridge } from '../math/ridge.js';
import type { Model } from '../model/model.js';
import type { Task } from '../prompt/task.js';
import type { Step } from '../util/step.js';
import { integer, invalid, only } from '../util/validate.js';
import {
  type Answer,
  answerOf,
  type DemonstrationInfluence,
  effectOf,
  nameOf,
  type PlannedInfluence,
  shapley,
  subsets,
} from './influence.js';
import {
  byBeginning,
  checked,
  goldIndex,
  plan,
  queryOptions,
  read,
  type ShownOptions,
  showing,
} from './planned.js';

/** Options of {@link lime}. */
export interface LimeOptions extends ShownOptions {
  /**
   * Name of the label whose probability is measured. Default: the label predicted with all
   * demonstrations.
   */
  gold?: string | undefined;
  /**
   * Number of prompts to score, from 2 to 1,000, if there are more than 32 subsets of the demonstrations.
   * Up to 32, all are scored. Default 64.
   */
  samples?: number | undefined;
  /** Seed of the samples, an integer of at least 0. Default 0. */
  seed?: number | undefined;
  /** Width `σ` of the kernel, above 0. Default 0.25. */
  width?: number | undefined;
  /** Penalty `α` of the regression, above 0. Default 0.01. */
  alpha?: number | undefined;
}

/** A prompt with a subset `S` of the `k` demonstrations. */
export interface PlannedMask extends PlannedInfluence {
  /**
   * How much it counts in the regression, from 0 to 1: `exp(−D² / σ²)`, where `D = 1 − √(|S| / k)` is the
   * cosine distance of the mask from that of the whole prompt.
   */
  weight: number;
}

/** The effect of one demonstration, by regression and by the other measures where they are known. */
export interface LimeInfluence extends DemonstrationInfluence {
  /** Its coefficient in the regression, in nats; null until there are more prompts than coefficients. */
  coefficient: number | null;
}

/** A linear model of how the demonstrations contribute to the answer. */
export interface LimeResult {
  /** Name of the measured label. */
  label: string;
  /** The answer with all demonstrations. */
  all: Answer;
  /** The answer without demonstrations; null if that prompt has not been scored. */
  none: Answer | null;
  /** What the linear model gives without demonstrations, in nats; null until it is known. */
  intercept: number | null;
  /** The weighted share of the variance that it explains, at most 1; null until it is known. */
  r2: number | null;
  /** One entry for each demonstration shown, in order. */
  influences: LimeInfluence[];
}

/** Where there are so few subsets, all are scored. */
const fewSubsets = 32;

/**
 * The prompts of {@link lime}: first the one with all demonstrations, then those with some left out, sorted
 * so that neighbors share their beginnings. All are distinct. As in the authors' code, the number of
 * demonstrations left out of a sample is drawn uniformly from 1 to all, and then which. Needs no model.
 *
 * @throws {@link ShotglassError} `invalid-option` if an option, the gold label, shots, task, query or labels
 * are invalid.
 */
export function planLime(task: Task, options: LimeOptions = {}): PlannedMask[] {
  const own = {
    shots: true,
    gold: true,
    samples: true,
    seed: true,
    width: true,
    alpha: true,
  } as const;
  only(options, { ...own, ...queryOptions });
  const { labels, shown } = checked(task, options);
  goldIndex(labels, options.gold);
  const samples = integer('samples', options.samples ?? 64, 2, 1000);
  const width = aboveZero('width', options.width ?? 0.25);
  aboveZero('alpha', options.alpha ?? 0.01);
  const randomness = random(options.seed ?? 0);
  const isFew = 2 ** shown.length <= Math.max(fewSubsets, samples);
  const sets = isFew ? subsets(shown) : sampled(shown, samples, randomness);
  return sets.sort(byBeginning).map((set) => {
    const distance = 1 - Math.sqrt(set.length / shown.length || 0);
    const weight = Math.exp(-(distance ** 2) / width ** 2);
    return { shown: set, weight, ...plan(task, labels, options, showing(task, set)) };
  });
}

/**
 * How much each demonstration contributes to an answer, by LIME (Ribeiro et al. 2016): a ridge regression of
 * the label's log-probability on which demonstrations the prompt shows, in which prompts that show more of
 * them count more. With up to five demonstrations all subsets are scored, and the exact Shapley values and
 * leave-one-out effects of {@link influence} come from the same prompts. There is one step for each prompt.
 *
 * @throws {@link ShotglassError} as {@link planLime} and {@link classify}, from the loop. After `aborted`,
 * the steps before it remain valid.
 */
export async function* lime(
  model: Pick<Model, 'score'>,
  task: Task,
  options: LimeOptions = {},
): AsyncGenerator<Step<LimeResult>, void, undefined> {
  const masks = planLime(task, options);
  const answers = new Map<string, Answer>();
  let measured: { index: number; label: string } | undefined;
  for (const mask of masks) {
    const classification = await read(model, mask, options);
    const index = goldIndex(mask.labels, options.gold) ?? classification.predicted;
    measured ??= { index, label: nameOf(classification, index) };
    answers.set(String(mask.shown), answerOf(classification, measured.index));
    const { label } = measured;
    const result = { label, ...fitted(masks, answers, options.alpha ?? 0.01) };
    yield { done: answers.size, total: masks.length, result };
  }
}

/** What is known from the answers to the first masks. */
function fitted(
  masks: readonly PlannedMask[],
  answers: ReadonlyMap<string, Answer>,
  alpha: number,
): Omit<LimeResult, 'label'> {
  const { shown } = masks[0] as PlannedMask;
  const all = answers.get(String(shown)) as Answer;
  const known = masks.slice(0, answers.size);
  const isWhole = answers.size === 2 ** shown.length;
  const fit =
    known.length > shown.length
      ? ridge(
          known.map((mask) => shown.map((j) => (mask.shown.includes(j) ? 1 : 0))),
          known.map((mask) => (answers.get(String(mask.shown)) as Answer).logprob),
          known.map(({ weight }) => weight),
          alpha,
        )
      : null;
  const influences = shown.map((demonstration, column) => {
    const without = answers.get(String(shown.filter((j) => j !== demonstration)));
    return {
      demonstration,
      coefficient: fit?.coefficients[column] ?? null,
      leaveOneOut: without ? effectOf(all, without) : null,
      shapley: isWhole ? shapley(shown, demonstration, answers) : null,
    };
  });
  const { intercept = null, r2 = null } = fit ?? {};
  return { all, none: answers.get('') ?? null, intercept, r2, influences };
}

/** Distinct subsets, the whole one among them. There are more subsets than `count`. */
function sampled(shown: readonly number[], count: number, randomness: Random): number[][] {
  const sets = new Map([[String(shown), [...shown]]]);
  while (sets.size < count) {
    const left = randomness.integer(shown.length);
    const kept = new Set(randomness.shuffled(shown).slice(0, left));
    const set = shown.filter((j) => kept.has(j));
    sets.set(String(set), set);
  }
  return [...sets.values()];
}

function aboveZero(name: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw invalid(name, 'a number above 0');
}
