import type { Model } from '../model/model.js';
import type { AnswerExample, Training, TrainOptions } from '../model/training.js';
import { renderPrompt } from '../prompt/render.js';
import type { Demonstration, Task } from '../prompt/task.js';
import {
  type AnyLabel,
  checkedLabels,
  type Label,
  labelIndex,
  taskLabels,
} from '../scoring/classify.js';
import { invalid, text } from '../util/validate.js';
import { endOf, refuseSeen } from './rows.js';

/** Options of {@link finetune}. */
export interface FinetuneOptions extends Omit<TrainOptions, 'validation'> {
  /** Held-out rows, whose loss is measured. None may have the input of a training row. Default: none. */
  validation?: readonly Demonstration[] | undefined;
  /** The labels; null for free text. Default: those of the task, if it names any. */
  labels?: readonly AnyLabel[] | null | undefined;
}

/**
 * Fine-tunes an adapter on rows of a task: the output is to become probable after the prompt without
 * demonstrations. With labels it is the label's first word, and the words of the others are wrong answers;
 * for free text it ends as a demonstration ends.
 *
 * @throws {@link ShotglassError} `invalid-option`: an option is invalid; there are no rows; a row lacks one of
 * the two texts, or has an output that is not a label; a validation row has the input of a training row.
 */
export function finetune(
  model: Pick<Model, 'train'>,
  task: Task,
  rows: readonly Demonstration[],
  options: FinetuneOptions = {},
): Training {
  const { validation = [], labels: given, ...others } = options;
  const usual = given === undefined && task.labels ? taskLabels(task) : null;
  const labels = given ? checkedLabels(given, task.template.outputSeparator) : usual;
  const examples = examplesOf(task, rows, labels);
  const held = validation.length > 0 ? examplesOf(task, validation, labels, 'validation') : [];
  refuseSeen(rows, validation);
  return model.train(examples, { ...others, validation: held });
}

function examplesOf(
  task: Task,
  rows: readonly Demonstration[],
  labels: readonly Label[] | null,
  name = 'rows',
): AnswerExample[] {
  if (!Array.isArray(rows) || rows.length === 0) throw invalid(name, 'a non-empty array');
  return rows.map((row: Demonstration, index) => {
    const at = `${name === 'rows' ? 'row' : 'validation row'} ${index + 1}`;
    const input = text(`The input of ${at}`, row?.input);
    const output = text(`The output of ${at}`, row?.output);
    const prompt = renderPrompt(task, { shots: 0, query: input });
    if (labels === null) {
      if (output.trim() === '') throw invalid(`The output of ${at}`, 'non-empty text');
      return { prompt, answer: task.template.outputSeparator + output + endOf(task) };
    }
    const right = labelIndex(labels, output, task.template);
    if (right < 0) throw invalid(`The output of ${at}, '${output}',`, 'one of the labels');
    const words = labels.map(({ words }) => words[0] ?? '');
    return {
      prompt,
      answer: words[right] ?? '',
      others: words.filter((_, label) => label !== right),
    };
  });
}
