/** What all experiments share: planned prompts, and how they are scored. */

import { type ErrorCode, ShotglassError } from '../errors.js';
import type { Model } from '../model/model.js';
import type { Reference } from '../model/options.js';
import { renderPrompt } from '../prompt/render.js';
import type { Prompt, RenderOptions, Task, Template } from '../prompt/task.js';
import {
  type AnyLabel,
  type Classification,
  checkedLabels,
  classify,
  type Label,
  taskLabels,
} from '../scoring/classify.js';
import type { Step } from '../util/step.js';
import { invalid, oneOf, text } from '../util/validate.js';
import { type ExperimentOptions, referenceOf } from './compare.js';

/** Options of experiments on one query. */
export interface QueryOptions extends ExperimentOptions {
  /** The input to solve. Default: `task.query`, else `''`. */
  query?: string | undefined;
  /** The labels to choose from. Default: {@link taskLabels} of the task. */
  labels?: readonly AnyLabel[] | undefined;
}

/** The names of those, to be checked. */
export const queryOptions = {
  query: true,
  labels: true,
  rule: true,
  comparison: true,
  signal: true,
} as const;

/** Options of experiments on one query with a fixed number of demonstrations. */
export interface ShownOptions extends QueryOptions {
  /** Number of demonstrations to show, from the first. Default: all. */
  shots?: number | undefined;
}

/** A prompt that an experiment will score. */
export interface PlannedPrompt {
  prompt: Prompt;
  /** The labels whose words are scored after it. */
  labels: readonly Label[];
  /** What the scores are compared with; undefined for nothing. */
  reference: Reference | undefined;
}

/** The labels' probabilities after a prompt, or the error if that prompt could not be scored. */
export type Outcome = { classification: Classification } | { error: ShotglassError };

/**
 * What experiments start from: the labels, and the indices of the demonstrations that are shown.
 *
 * @throws {@link ShotglassError} `invalid-option` for a task, query, shots or labels that are wrong.
 */
export function checked(
  task: Task,
  options: Pick<ShownOptions, 'query' | 'labels' | 'shots'>,
): { labels: readonly Label[]; shown: number[] } {
  const { query, shots } = options;
  // Says what is wrong with the task, the query and the shots.
  renderPrompt(task, { query, shots });
  // Label words begin with it, also where no demonstration is shown.
  text('template.outputSeparator', task.template.outputSeparator);
  const labels = checkedLabels(options.labels ?? taskLabels(task), task.template.outputSeparator);
  return { labels, shown: [...task.demonstrations.keys()].slice(0, shots) };
}

/**
 * Distinct numbers of demonstrations in ascending order, so that each prompt begins with the demonstrations of
 * the one before it. Default: 0, 1, … up to all.
 */
export function ascendingShots(
  { demonstrations }: Task,
  shots: readonly number[] = [...demonstrations.keys(), demonstrations.length],
): number[] {
  if (!Array.isArray(shots) || shots.length === 0 || new Set(shots).size < shots.length) {
    throw invalid('shots', 'a non-empty array of distinct numbers');
  }
  return [...shots].sort((a, b) => a - b);
}

/** Distinct layers in ascending order; undefined for all. The model knows how many there are. */
export function ascendingLayers(layers: readonly number[] | undefined): number[] | undefined {
  if (layers === undefined) return undefined;
  if (!Array.isArray(layers) || layers.length === 0 || new Set(layers).size < layers.length) {
    throw invalid('layers', 'a non-empty array of distinct numbers');
  }
  return [...layers].sort((a, b) => a - b);
}

/** Index of the gold label; undefined where none is named. */
export function goldIndex(labels: readonly Label[], gold: string | undefined): number | undefined {
  if (gold === undefined) return undefined;
  const names = labels.map(({ name }) => name);
  return names.indexOf(oneOf('gold', gold, names));
}

/** The options with which `renderPrompt` shows these demonstrations, in this order. */
export function showing(task: Task, shown: readonly number[]): RenderOptions {
  const others = [...task.demonstrations.keys()].filter((index) => !shown.includes(index));
  return { shots: shown.length, order: [...shown, ...others] };
}

/** The prompt, with what it is compared with. */
export function plan(
  task: Task,
  labels: readonly Label[],
  { query, comparison }: QueryOptions,
  render: RenderOptions,
): PlannedPrompt {
  const asked = { query, ...render };
  const reference = referenceOf(comparison, task, asked);
  return { prompt: renderPrompt(task, asked), labels, reference };
}

/** What the model thinks after a planned prompt. */
export function read(
  model: Pick<Model, 'score'>,
  { prompt, labels, reference }: PlannedPrompt,
  { rule, signal }: ExperimentOptions,
): Promise<Classification> {
  return classify(model, prompt, labels, { rule, signal, reference });
}

/** Errors that are of one prompt: others of the same experiment may well run. */
export const ofOnePrompt: readonly ErrorCode[] = [
  'prompt-too-long',
  'empty-prompt',
  'merged-continuation',
];

/** What is found, with the errors of one prompt as an outcome. */
export async function attempt<Found>(
  work: () => Promise<Found>,
): Promise<Found | { error: ShotglassError }> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ShotglassError && ofOnePrompt.includes(error.code)) return { error };
    throw error;
  }
}

/**
 * Attempts the prompts one after the other, a step for each. `keyOf` tells their readings apart.
 */
export async function* attemptEach<Planned extends PlannedPrompt, Key extends object>(
  model: Pick<Model, 'score'>,
  all: readonly Planned[],
  keyOf: (planned: Planned) => Key,
  options: ExperimentOptions,
): AsyncGenerator<Step<{ readings: (Key & Outcome)[] }>, void, undefined> {
  const readings: (Key & Outcome)[] = [];
  for (const planned of all) {
    const outcome: Outcome = await attempt(async () => {
      return { classification: await read(model, planned, options) };
    });
    readings.push({ ...keyOf(planned), ...outcome });
    yield { done: readings.length, total: all.length, result: { readings: [...readings] } };
  }
}

/** The text of a prompt without the spaces at its end, which belong to the answer, as in `score`. */
export function withoutLastSpaces({ text }: Pick<Prompt, 'text'>): string {
  return text.replace(/ +$/, '');
}

/**
 * A label word without the separator before it: how it is written as the output of a demonstration.
 *
 * @throws {@link ShotglassError} `invalid-option` where the word does not begin with the separator.
 */
export function bareWord(word: string, { outputSeparator }: Template): string {
  if (typeof word === 'string' && word.startsWith(outputSeparator)) {
    return word.slice(outputSeparator.length);
  }
  throw invalid(
    'labels',
    `labels whose words begin with the template's outputSeparator ${JSON.stringify(outputSeparator)}: ${JSON.stringify(word)} does not`,
  );
}

/**
 * Sorts lists of demonstrations so that neighbours share long beginnings, which the model then does
 * not have to run again: by their items, and a list before its own beginnings.
 */
export function byBeginning(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? Number.POSITIVE_INFINITY) - (b[i] ?? Number.POSITIVE_INFINITY);
    if (difference !== 0) return difference;
  }
  return 0;
}
