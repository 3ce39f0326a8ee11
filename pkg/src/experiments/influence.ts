import { ShotglassError } from '../errors.js';
import type { Model } from '../model/model.js';
import type { Task } from '../prompt/task.js';
import type { Classification, LabelReading } from '../scoring/classify.js';
import type { Step } from '../util/step.js';
import { oneOf, only } from '../util/validate.js';
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

/** Options of {@link influence}. */
export interface InfluenceOptions extends ShownOptions {
  /**
   * Name of the label whose probability is measured. Default: the label predicted with all
   * demonstrations.
   */
  gold?: string | undefined;
  /**
   * `'leaveOneOut'` scores k + 1 prompts. `'shapley'` scores 2^k prompts, for k up to 5, and also has
   * the leave-one-out effects. Default `'leaveOneOut'`.
   */
  method?: 'leaveOneOut' | 'shapley' | undefined;
}

/** How probable one label is after a prompt. */
export interface Answer {
  /** `s = ln P(label | prompt)`, in nats, over all words of the label, without normalization. */
  logprob: number;
  /** Its posterior among the labels under the given normalization and comparison, 0 to 1. */
  p: number;
}

/**
 * The effect of a part of the prompt on the answer: the value with it minus the value without it. A
 * positive effect makes the answer more probable.
 */
export interface Effect {
  /** Difference of `logprob`, in nats. */
  nats: number;
  /** Difference of the posterior, in percentage points. */
  points: number;
}

/** A prompt with a subset of the demonstrations. */
export interface PlannedInfluence extends PlannedPrompt {
  /** Indices into `task.demonstrations` of those shown, in order. */
  shown: number[];
}

/** The effect of one demonstration on the answer. */
export interface DemonstrationInfluence {
  /** Index into `task.demonstrations`. */
  demonstration: number;
  /** `s(D) − s(D∖j)`; null until it is known. */
  leaveOneOut: Effect | null;
  /**
   * `φ_j = Σ_{S ⊆ D∖j} |S|! (k − |S| − 1)! / k! · (s(S ∪ j) − s(S))` (Shapley 1953), where the
   * demonstrations keep their order. The values of all demonstrations sum to `s(D) − s(∅)`. Null until it
   * is known, and if it was not requested.
   */
  shapley: Effect | null;
}

/** How much each demonstration contributes to the answer. */
export interface InfluenceResult {
  /** Name of the measured label. */
  label: string;
  /** The answer with all demonstrations. */
  all: Answer;
  /** The answer without demonstrations; null if that prompt has not been scored. */
  none: Answer | null;
  /** One entry for each demonstration shown, in order. */
  influences: DemonstrationInfluence[];
}

/** The most demonstrations whose subsets, 32 then, are all scored. */
const mostPlayers = 5;

/**
 * The prompts of {@link influence}: first the one with all demonstrations, then those with some left out,
 * sorted so that neighbors share their beginnings. Each is rendered, not cut from another. Needs no
 * model.
 *
 * @throws {@link ShotglassError} `invalid-option` for Shapley values of more than five demonstrations, or
 * if the method, gold label, shots, task, query or labels are invalid.
 */
export function planInfluence(task: Task, options: InfluenceOptions = {}): PlannedInfluence[] {
  only(options, { shots: true, gold: true, method: true, ...queryOptions });
  const { labels, shown } = checked(task, options);
  goldIndex(labels, options.gold);
  const method = oneOf('method', options.method ?? 'leaveOneOut', ['leaveOneOut', 'shapley']);
  if (method === 'shapley' && shown.length > mostPlayers) {
    throw new ShotglassError(
      'invalid-option',
      `method: Shapley values need 2^k prompts and are limited to ${mostPlayers} demonstrations; the prompt has ${shown.length}. Use 'leaveOneOut', or lower shots.`,
    );
  }
  const sets = method === 'shapley' ? subsets(shown) : [shown, ...shown.map((j) => but(shown, j))];
  return sets
    .sort(byBeginning)
    .map((set) => ({ shown: set, ...plan(task, labels, options, showing(task, set)) }));
}

/**
 * How much each demonstration changes the probability of an answer: by leaving it out, or by its Shapley
 * value, the mean over all ways to add the demonstrations one by one. There is one step for each prompt.
 *
 * @throws {@link ShotglassError} as {@link planInfluence} and {@link classify}, from the loop. After `aborted`, the
 * steps before it remain valid.
 */
export async function* influence(
  model: Pick<Model, 'score'>,
  task: Task,
  options: InfluenceOptions = {},
): AsyncGenerator<Step<InfluenceResult>, void, undefined> {
  const prompts = planInfluence(task, options);
  const isShapley = options.method === 'shapley';
  const [whole, ...others] = prompts as [PlannedInfluence, ...PlannedInfluence[]];
  const total = prompts.length;
  const classification = await read(model, whole, options);
  const index = goldIndex(whole.labels, options.gold) ?? classification.predicted;
  const all = answerOf(classification, index);
  const answers = new Map([[String(whole.shown), all]]);

  const result = (): InfluenceResult => ({
    label: nameOf(classification, index),
    all,
    none: answers.get('') ?? null,
    influences: whole.shown.map((demonstration) => ({
      demonstration,
      leaveOneOut: difference(all, answers.get(String(but(whole.shown, demonstration)))),
      shapley: isShapley ? shapley(whole.shown, demonstration, answers) : null,
    })),
  });

  yield { done: answers.size, total, result: result() };
  for (const planned of others) {
    const after = await read(model, planned, options);
    answers.set(String(planned.shown), answerOf(after, index));
    yield { done: answers.size, total, result: result() };
  }
}

/** How probable one of the labels is. */
export function answerOf({ labels }: Classification, index: number): Answer {
  const { logprob, p } = labels[index] as LabelReading;
  return { logprob, p };
}

/** The name of one of the labels. */
export function nameOf({ labels }: Classification, index: number): string {
  return (labels[index] as LabelReading).label;
}

/** What is there with something, less what is there without it. */
export function effectOf(withIt: Answer, without: Answer): Effect {
  return { nats: withIt.logprob - without.logprob, points: 100 * (withIt.p - without.p) };
}

function difference(withIt: Answer, without: Answer | undefined): Effect | null {
  return without ? effectOf(withIt, without) : null;
}

/** The Shapley value of one demonstration; null until the answers to all subsets are there. */
export function shapley(
  all: readonly number[],
  j: number,
  answers: ReadonlyMap<string, Answer>,
): Effect | null {
  const k = all.length;
  const value: Effect = { nats: 0, points: 0 };
  for (const without of subsets(but(all, j))) {
    const withIt = all.filter((index) => index === j || without.includes(index));
    const [larger, smaller] = [answers.get(String(withIt)), answers.get(String(without))];
    if (!larger || !smaller) return null;
    const { nats, points } = effectOf(larger, smaller);
    const weight = (factorial(without.length) * factorial(k - without.length - 1)) / factorial(k);
    value.nats += weight * nats;
    value.points += weight * points;
  }
  return value;
}

/** All subsets, their items in the given order. */
export function subsets([first, ...rest]: readonly number[]): number[][] {
  if (first === undefined) return [[]];
  const others = subsets(rest);
  return [...others, ...others.map((set) => [first, ...set])];
}

function but(items: readonly number[], left: number): number[] {
  return items.filter((item) => item !== left);
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}
