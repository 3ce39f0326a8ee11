import type { Model } from '../model/model.js';
import type { Task, Template } from '../prompt/task.js';
import type { Label } from '../scoring/classify.js';
import type { Step } from '../util/step.js';
import { invalid, only, text } from '../util/validate.js';
import {
  attemptEach,
  bareWord,
  checked,
  type Outcome,
  type PlannedPrompt,
  plan,
  queryOptions,
  type ShownOptions,
} from './planned.js';

/** A template with a name to know it by. */
export interface NamedTemplate {
  name: string;
  template: Template;
}

export interface FormatOptions extends ShownOptions {
  /** At least one; no name twice. */
  templates: readonly NamedTemplate[];
}

/** The prompt under one template. */
export interface PlannedFormat extends PlannedPrompt {
  /** The template's name. */
  name: string;
}

/**
 * What the model thought under one template. With an `error` that one was not run
 * (`prompt-too-long`, `empty-prompt`, `merged-continuation`).
 */
export type FormatReading = { name: string } & Outcome;

/** How the answer depends on the template. */
export interface FormatResult {
  /** Those that are done, in the order in which they were given. */
  readings: FormatReading[];
}

/**
 * The prompts of {@link format}. The label words, of the task or given for it, have the
 * `outputSeparator` of each template in the place of that of `task.template`. Needs no model.
 *
 * @throws {@link ShotglassError} `invalid-option`: no templates, a name that is there twice, a label
 * word that does not begin with the task's `outputSeparator`; templates, shots, a task, query or
 * labels that are wrong.
 */
export function planFormat(task: Task, options: FormatOptions): PlannedFormat[] {
  only(options, { shots: true, templates: true, ...queryOptions });
  const { labels, shown } = checked(task, options);
  const bare = labels.map(({ name, words }) => ({
    name,
    words: words.map((word) => bareWord(word, task.template)),
  }));
  return checkedTemplates(options.templates).map(({ name, template }) => ({
    name,
    ...plan({ ...task, template }, behind(template.outputSeparator, bare), options, {
      shots: shown.length,
    }),
  }));
}

/**
 * The same query and demonstrations under several templates (Sclar et al. 2024 on how much that
 * matters): is the answer one to the question, or to its form? One step for each template.
 *
 * @throws as {@link planFormat} and {@link classify}, from the loop; `aborted` leaves the steps that
 * came before it.
 */
export async function* format(
  model: Pick<Model, 'score'>,
  task: Task,
  options: FormatOptions,
): AsyncGenerator<Step<FormatResult>, void, undefined> {
  yield* attemptEach(model, planFormat(task, options), ({ name }) => ({ name }), options);
}

function behind(separator: string, labels: readonly Label[]): Label[] {
  return labels.map(({ name, words }) => ({ name, words: words.map((word) => separator + word) }));
}

function checkedTemplates(templates: readonly NamedTemplate[]): readonly NamedTemplate[] {
  const names = new Set<string>();
  if (Array.isArray(templates) && templates.length > 0) {
    for (const each of templates) {
      names.add(text('templates', each?.name));
      text('template.outputSeparator', each.template?.outputSeparator);
    }
    if (names.size === templates.length) return templates;
  }
  throw invalid('templates', 'a non-empty array of { name, template } with distinct names');
}
