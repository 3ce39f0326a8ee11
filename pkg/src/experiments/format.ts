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

/** A template with a name. */
export interface NamedTemplate {
  name: string;
  template: Template;
}

/** Options of {@link format}. */
export interface FormatOptions extends ShownOptions {
  /** At least one template; the names are distinct. */
  templates: readonly NamedTemplate[];
}

/** The prompt rendered with one template. */
export interface PlannedFormat extends PlannedPrompt {
  /** The template's name. */
  name: string;
}

/**
 * The result with one template. With an `error` it was not run (`prompt-too-long`, `empty-prompt`,
 * `merged-continuation`).
 */
export type FormatReading = { name: string } & Outcome;

/** How the answer depends on the template. */
export interface FormatResult {
  /** The results so far, in the order of `templates`. */
  readings: FormatReading[];
}

/**
 * The prompts of {@link format}. In the label words, the `outputSeparator` of each template replaces that
 * of `task.template`. Needs no model.
 *
 * @throws {@link ShotglassError} `invalid-option` if there are no templates, a name occurs twice, or a
 * label word does not begin with the task's `outputSeparator`, or if the templates, shots, task, query or
 * labels are invalid.
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
 * The same query and demonstrations with several templates (for how much that matters see Sclar et al.
 * 2024): does the answer depend on the format? There is one step for each template.
 *
 * @throws {@link ShotglassError} as {@link planFormat} and {@link classify}, from the loop. After `aborted`, the
 * steps before it remain valid.
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
