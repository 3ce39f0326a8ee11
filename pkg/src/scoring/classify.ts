import { ShotglassError } from '../errors.js';
import type { Model } from '../model/model.js';
import type { Reference, RunOptions } from '../model/options.js';
import { renderPrompt } from '../prompt/render.js';
import type { Prompt, RenderOptions, Task, Template } from '../prompt/task.js';
import type { Forms, Score } from '../types.js';
import { names as optionNames } from '../util/option-names.js';
import { invalid, oneOf, only, text } from '../util/validate.js';
import {
  type AnyLabel,
  type Label,
  type Normalization,
  namedLabels,
  normalizations,
} from './labels.js';

export {
  type AnyLabel,
  type Label,
  type Normalization,
  normalizations,
  taskLabels,
} from './labels.js';

/** @deprecated Use {@link Normalization}. This name will be removed in the next release. */
export type Rule = Normalization;

/** @deprecated Use {@link normalizations}. This name will be removed in the next release. */
export const rules: readonly Normalization[] = normalizations;

/** Options of {@link classify}. */
export interface ClassifyOptions extends RunOptions {
  /** The normalization of the labels' scores. Default `'sum'`. */
  rule?: Normalization | undefined;
  /** What to compare the scores with. Default: nothing. */
  reference?: Reference | undefined;
}

/** One label's part of a {@link Classification}. */
export interface LabelReading {
  /** The label's name. */
  label: string;
  /** The scores of its words, in order. */
  scores: Score[];
  /** `ln Σ p(word | context)`, in nats. */
  logprob: number;
  /** What labels are compared by, in nats: the normalized logprob, minus that of the reference. */
  score: number;
  /** The posterior, 0 to 1: the softmax of `score` over the labels. */
  p: number;
}

/** The probabilities of labels after a context. */
export interface Classification {
  /** The labels, in the order given. */
  labels: LabelReading[];
  /** Index of the label with the highest score; the first one in case of a tie. */
  predicted: number;
  /**
   * The label-space mass, 0 to 1: the total probability of the label words in the model's distribution.
   * If one word begins with another, it is part of the shorter one and is not counted twice.
   */
  mass: number;
}

/** Content-free inputs (Zhao et al. 2021, §5). */
export const contentFree: readonly string[] = ['N/A', '', '[MASK]'];

/** The prompts of a task with content-free queries: the reference of contextual calibration. */
export function contentFreePrompts(task: Task, options: RenderOptions = {}): Prompt[] {
  return contentFree.map((query) => renderPrompt(task, { ...options, query }));
}

/**
 * Which label a model chooses after a context, and with what probability. Every word of every label is
 * scored in full, whatever its length.
 *
 * @throws {@link ShotglassError} `invalid-option` for fewer than two labels, a label without words, or a
 * word that occurs twice; and the errors of {@link Model.score}.
 */
export async function classify(
  model: Pick<Model, 'score'>,
  context: string | Prompt,
  labels: readonly AnyLabel[],
  options: ClassifyOptions = {},
): Promise<Classification> {
  only(options, { rule: true, reference: true, ...optionNames.run });
  const { rule = 'sum', ...scoreOptions } = options;
  const known = checkedLabels(labels);
  const words = known.flatMap((label) => label.words);
  oneOf('rule', rule, normalizations);
  return readLabels(known, await model.score(context, words, scoreOptions), rule);
}

/**
 * Classification in the channel direction (Min et al. 2021): the probability of the query after each
 * label, with demonstrations that also have the label first. The posterior assumes that all labels are
 * equally probable beforehand. `mass` is the mass of the queries and says nothing about labels.
 *
 * @throws {@link ShotglassError} as {@link classify}.
 */
export async function classifyByChannel(
  model: Pick<Model, 'score'>,
  task: Task,
  labels: readonly AnyLabel[],
  options: Omit<RenderOptions & ClassifyOptions, 'reference'> = {},
): Promise<Classification> {
  only(options, { shots: true, query: true, order: true, rule: true, ...optionNames.run });
  const { rule = 'sum', shots, order, query = task.query ?? '', ...runOptions } = options;
  oneOf('rule', rule, normalizations);
  const scores: Score[] = [];
  const known = checkedLabels(labels, task.template.outputSeparator);
  for (const { words } of known) {
    for (const word of words) {
      const context = channelContext(task, word, { shots, order });
      scores.push(...(await model.score(context, [query], runOptions)));
    }
  }
  return readLabels(known, scores, rule);
}

/** The prompt of the channel direction: labels before inputs, up to the input that is scored. */
export function channelContext(task: Task, word: string, options: RenderOptions): string {
  const { instruction, template, demonstrations } = task;
  const ofQuery = template.outputPrefix + word + template.inputSuffix + template.inputPrefix;
  const turned: Task = {
    instruction,
    template: {
      ...template,
      inputPrefix: '',
      inputSuffix: '',
      outputPrefix: '',
      outputSeparator: '',
    },
    demonstrations: demonstrations.map(({ input, output }) => ({
      input: template.outputPrefix + template.outputSeparator + output + template.inputSuffix,
      output: template.inputPrefix + input,
    })),
  };
  return renderPrompt(turned, { ...options, query: ofQuery }).text;
}

/**
 * The classification that follows from scores.
 *
 * @param scores The scores of all words of all labels, in order, as {@link Model.score} returns them.
 */
export function readLabels(
  labels: readonly Label[],
  scores: readonly Score[],
  rule: Normalization,
): Classification {
  const form = rule === 'sum' ? 'logprob' : rule;
  let next = 0;
  const readings = labels.map(({ name, words }) => {
    const own = scores.slice(next, next + words.length);
    next += words.length;
    const references = own.flatMap(({ reference }) => reference ?? []);
    const score = logSum(own, form) - (references.length > 0 ? logSum(references, form) : 0);
    return { label: name, scores: own, logprob: logSum(own, 'logprob'), score };
  });
  const best = Math.max(...readings.map(({ score }) => score));
  const total = readings.reduce((sum, { score }) => sum + Math.exp(score - best), 0);
  return {
    labels: readings.map((reading) => ({ ...reading, p: Math.exp(reading.score - best) / total })),
    predicted: readings.findIndex(({ score }) => score === best),
    mass: mass(scores),
  };
}

/** `ln Σ e^form`. */
function logSum(forms: readonly Forms[], form: keyof Forms): number {
  const most = Math.max(...forms.map((each) => each[form]));
  return most + Math.log(forms.reduce((sum, each) => sum + Math.exp(each[form] - most), 0));
}

/** The probability of all texts that no other begins. */
function mass(scores: readonly Score[]): number {
  const begins = (short: Score, long: Score) =>
    short !== long &&
    short.tokens.length < long.tokens.length &&
    short.tokens.every(({ id }, i) => id === long.tokens[i]?.id);
  return scores
    .filter((long) => !scores.some((short) => begins(short, long)))
    .reduce((sum, { logprob }) => sum + Math.exp(logprob), 0);
}

/** Index of the label that an output of a task stands for, by its name or else by a word; or −1. */
export function labelIndex(
  labels: readonly Label[],
  output: string,
  { outputSeparator }: Template,
): number {
  const byName = labels.findIndex(({ name }) => name === output);
  return byName >= 0
    ? byName
    : labels.findIndex(({ words }) => words.includes(outputSeparator + output));
}

/** Labels that can be told apart. The word of one that is a name is the name after a separator. */
export function checkedLabels(labels: readonly AnyLabel[], separator = ' '): readonly Label[] {
  if (!Array.isArray(labels) || labels.length < 2) {
    throw invalid('labels', 'an array of at least two labels');
  }
  const seen = new Set<string>();
  const known = namedLabels(labels, separator);
  for (const label of known) {
    const { name, words } = Object(label) as Label;
    if (typeof words === 'string') {
      throw invalid('labels', `objects whose words are an array: write [${JSON.stringify(words)}]`);
    }
    text('labels', name);
    if (!Array.isArray(words) || words.length === 0 || words.includes('')) {
      throw invalid('labels', `objects with non-empty words, which '${name}' does not have`);
    }
    for (const word of words) {
      if (seen.has(text('labels', word))) {
        throw new ShotglassError(
          'invalid-option',
          `labels: the word ${JSON.stringify(word)} occurs twice. Each word can stand for only one label.`,
        );
      }
      seen.add(word);
    }
  }
  return known;
}
