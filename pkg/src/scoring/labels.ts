/** The labels of a task, by themselves: a page that shows recorded numbers needs no more of the scoring. */
import type { Task } from '../prompt/task.js';
import { invalid } from '../util/validate.js';

/** A label, and the words that stand for it. */
export interface Label {
  /** Name for display and lookup. */
  name: string;
  /**
   * The label words: the texts that continue the prompt, including the space before them. The
   * probabilities of several words add up.
   */
  words: readonly string[];
}

/** A label, or its name alone: its word is then the name after a space, or after the task's `outputSeparator`. */
export type AnyLabel = Label | string;

/** Labels, with words for those that are names alone. */
export function namedLabels(labels: readonly AnyLabel[], separator: string): readonly Label[] {
  return labels.map((label) =>
    typeof label === 'string' ? { name: label, words: [separator + label] } : label,
  );
}

/**
 * How log-probabilities of different lengths are compared: the sum over the tokens, or that sum per
 * token, character or byte. See {@link Forms}.
 */
export type Normalization = 'sum' | 'perToken' | 'perCharacter' | 'perByte';

/** All normalizations. The first, `'sum'`, is none. */
export const normalizations: readonly Normalization[] = [
  'sum',
  'perToken',
  'perCharacter',
  'perByte',
];

/**
 * The labels of a task: `task.labels`, or else the outputs of its demonstrations in order of first
 * occurrence. The word of a label is the template's `outputSeparator` followed by the name.
 *
 * @throws {@link ShotglassError} `invalid-option` if `task.labels` is not an array.
 */
export function taskLabels(task: Task): Label[] {
  if (task.labels !== undefined && !Array.isArray(task.labels)) {
    throw invalid('task.labels', 'an array of strings');
  }
  const names = task.labels ?? [...new Set(task.demonstrations.map(({ output }) => output))];
  return [...namedLabels(names, task.template.outputSeparator)];
}
