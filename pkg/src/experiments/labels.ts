import { random } from '../math/random.js';
import type { Model } from '../model/model.js';
import { renderPrompt } from '../prompt/render.js';
import type { Prompt, Task } from '../prompt/task.js';
import { type Label, labelIndex } from '../scoring/classify.js';
import type { Step } from '../util/step.js';
import { integer, invalid, oneOf, only } from '../util/validate.js';
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

/**
 * The outputs of the demonstrations (after Min et al. 2022), and the words that are scored after the
 * query:
 *
 * | variant | outputs of the demonstrations | scored |
 * |---|---|---|
 * | `gold` | as given | the label words |
 * | `random` | a label drawn uniformly from all | the label words |
 * | `flipped` | the label after the given one, cyclically | the label words |
 * | `abstract` | `foo`, `bar`, … for the first, the second, … label | `foo`, `bar`, … |
 * | `none` | none: only `inputPrefix input demonstrationSeparator` remains | the label words |
 *
 * The query is rendered the same way in all variants. A label is written as its first word, without the
 * template's `outputSeparator`. The instruction stays the same, even if it names labels.
 */
export type LabelVariant = 'gold' | 'random' | 'flipped' | 'abstract' | 'none';

/** All variants. */
export const labelVariants: readonly LabelVariant[] = [
  'gold',
  'random',
  'flipped',
  'abstract',
  'none',
];

/** Options of {@link labels}. */
export interface LabelsOptions extends ShownOptions {
  /** The variants to run. Default: {@link labelVariants}. */
  variants?: readonly LabelVariant[] | undefined;
  /** Seed of the random labels, an integer of at least 0. Default 0. */
  seed?: number | undefined;
}

/** The prompt of one variant. */
export interface PlannedLabels extends PlannedPrompt {
  variant: LabelVariant;
}

/**
 * The result of one variant. The labels have the same names and order in every variant, even if other
 * words were scored. With an `error` the variant was not run (`prompt-too-long`, `empty-prompt`,
 * `merged-continuation`).
 */
export type LabelsReading = { variant: LabelVariant } & Outcome;

/** How the answer depends on the labels in the demonstrations. */
export interface LabelsResult {
  /** The results so far, in the order of `variants`. */
  readings: LabelsReading[];
}

/** Words without meaning here, which are single tokens behind a space in many vocabularies. */
const abstractNames = [
  'foo',
  'bar',
  'baz',
  'qux',
  'quux',
  'corge',
  'grault',
  'garply',
  'waldo',
  'fred',
  'plugh',
  'xyzzy',
  'thud',
];

/**
 * The prompts of {@link labels}, one for each variant. Needs no model.
 *
 * @throws {@link ShotglassError} `invalid-option` if the output of a shown demonstration is not a label,
 * if there are more than 13 labels for `abstract`, or if the variants, seed, shots, task, query or labels
 * are invalid.
 */
export function planLabels(task: Task, options: LabelsOptions = {}): PlannedLabels[] {
  only(options, { shots: true, variants: true, seed: true, ...queryOptions });
  const { labels, shown } = checked(task, options);
  const seed = integer('seed', options.seed ?? 0, 0);
  const { variants = labelVariants } = options;
  if (!Array.isArray(variants) || variants.length === 0) {
    throw invalid('variants', 'an array of at least one variant');
  }
  const render = { shots: shown.length };
  return variants.map((each: unknown) => {
    const variant = oneOf('variants', each, labelVariants);
    if (variant === 'none') return { variant, ...planNone(task, labels, options, shown.length) };
    const changed = changedLabels(variant, task, labels, shown, seed);
    return { variant, ...plan(changed.task, changed.labels, options, render) };
  });
}

/**
 * The same query after demonstrations with correct, random, flipped, abstract or no labels (Min et al.
 * 2022; for a different view Yoo et al. 2022): does the model learn from the labels, or only from the
 * format? There is one step for each variant.
 *
 * @throws {@link ShotglassError} as {@link planLabels} and {@link classify}, from the loop. After `aborted`, the
 * steps before it remain valid.
 */
export async function* labels(
  model: Pick<Model, 'score'>,
  task: Task,
  options: LabelsOptions = {},
): AsyncGenerator<Step<LabelsResult>, void, undefined> {
  yield* attemptEach(model, planLabels(task, options), ({ variant }) => ({ variant }), options);
}

/** The task with other labels in the demonstrations that are shown, and the labels to score. */
function changedLabels(
  variant: Exclude<LabelVariant, 'none'>,
  task: Task,
  labels: readonly Label[],
  shown: readonly number[],
  seed: number,
): { task: Task; labels: readonly Label[] } {
  const written = labels.map(({ words }) => bareWord(words[0] ?? '', task.template));
  const abstract = variant === 'abstract' ? abstractNamesFor(labels) : [];
  const draw = random(seed);
  const outputs: Record<typeof variant, (index: number) => string | undefined> = {
    gold: (index) => task.demonstrations[index]?.output,
    random: () => written[draw.integer(labels.length)],
    flipped: (index) => written[(labelOf(task, labels, index) + 1) % labels.length],
    abstract: (index) => abstract[labelOf(task, labels, index)],
  };
  const demonstrations = [...task.demonstrations];
  for (const index of shown) {
    const input = demonstrations[index]?.input ?? '';
    demonstrations[index] = { input, output: outputs[variant](index) ?? '' };
  }
  const scored =
    variant === 'abstract'
      ? labels.map(({ name }, i) => ({
          name,
          words: [`${task.template.outputSeparator}${abstract[i]}`],
        }))
      : labels;
  return { task: { ...task, demonstrations }, labels: scored };
}

function abstractNamesFor(labels: readonly Label[]): readonly string[] {
  if (labels.length <= abstractNames.length) return abstractNames;
  throw invalid(
    'variants',
    `without 'abstract', which has words for ${abstractNames.length} labels; the task has ${labels.length}`,
  );
}

/** Which label a demonstration's output is, by name or by word. */
function labelOf({ template, demonstrations }: Task, labels: readonly Label[], at: number): number {
  const output = demonstrations[at]?.output ?? '';
  const index = labelIndex(labels, output, template);
  if (index !== -1) return index;
  throw invalid(
    'labels',
    `all labels that occur in the demonstrations: the output ${JSON.stringify(output)} of demonstration ${at} is missing`,
  );
}

/** As `plan`, without outputs. */
function planNone(
  task: Task,
  labels: readonly Label[],
  options: LabelsOptions,
  shots: number,
): PlannedPrompt {
  const { comparison } = options;
  const planned = plan(task, labels, options, { shots });
  return {
    ...planned,
    prompt: withoutOutputs(task, shots, options.query),
    reference:
      comparison && 'inputs' in comparison
        ? comparison.inputs.map((input) => withoutOutputs(task, shots, input))
        : planned.reference,
  };
}

/**
 * Demonstrations of inputs alone, as `no_labels` in MetaICL: an output goes with what joins it to its
 * input, so that the separator of the demonstrations follows the input. The query keeps its ending.
 */
function withoutOutputs(task: Task, shots: number, query: string | undefined): Prompt {
  const { template } = task;
  const inputs: Task = {
    ...task,
    template: { ...template, inputSuffix: '', outputPrefix: '', outputSeparator: '' },
    demonstrations: task.demonstrations.map(({ input }) => ({ input, output: '' })),
  };
  const { text, spans } = renderPrompt(inputs, { shots, query });
  const ending = template.inputSuffix + template.outputPrefix;
  if (ending === '') return { text, spans };
  const start = text.length;
  const span = {
    role: 'template',
    start,
    end: start + ending.length,
    demonstration: null,
  } as const;
  return { text: text + ending, spans: [...spans, span] };
}
