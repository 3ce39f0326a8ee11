import { ShotglassError } from '../errors.js';
import type { Model } from '../model/model.js';
import type { AnswerExample, Training, TrainOptions } from '../model/training.js';
import { renderPrompt } from '../prompt/render.js';
import type { Task } from '../prompt/task.js';
import { integer, invalid, text } from '../util/validate.js';
import { endOf } from './rows.js';

/** Options of {@link distil}. */
export interface DistilOptions extends Omit<TrainOptions, 'validation' | 'loss'> {
  /** Inputs without outputs, on which the teacher is asked. None may be that of a demonstration. */
  inputs: readonly string[];
  /** How many demonstrations the teacher sees. Default: all of the task. */
  teacherShots?: number | undefined;
  /** Maximum number of tokens of a teacher's answer, 1 or more. Default 16. */
  maxTokens?: number | undefined;
}

/**
 * Distils a prompt's demonstrations into an adapter (context distillation, Snell et al. 2022, arXiv 2209.15189):
 * min KL(p(· | demonstrations, x) ‖ p_θ(· | x)), exact over all tokens, at each token of the teacher's answer.
 * The teacher is the model itself, without an adapter, after the prompt with demonstrations; its answers are generated
 * greedily before the first step.
 *
 * @throws {@link ShotglassError} `invalid-option`, and the errors of {@link Model.generate}.
 */
export async function distil(
  model: Pick<Model, 'train' | 'withAdapter'>,
  task: Task,
  options: DistilOptions,
): Promise<Training> {
  const { inputs, teacherShots: shots, maxTokens = 16, ...others } = options;
  integer('maxTokens', maxTokens, 1);
  if (!Array.isArray(inputs) || inputs.length === 0) throw invalid('inputs', 'a non-empty array');
  const end = endOf(task);
  const stop = end === '' ? [] : [end];
  const plain = model.withAdapter(null);
  const examples: AnswerExample[] = [];
  for (const [index, input] of inputs.entries()) {
    const query = text(`inputs[${index}]`, input);
    if (task.demonstrations.some((one) => one.input.trim() === query.trim())) {
      throw invalid(`inputs[${index}]`, 'the input of no demonstration');
    }
    const teacher = renderPrompt(task, { shots, query });
    let answer = '';
    const { signal } = options;
    for await (const step of plain.generate(teacher, {
      ...{ maxTokens, stop, temperature: 0, signal },
    })) {
      answer += step.textDelta;
    }
    if (answer === '') continue;
    examples.push({
      prompt: renderPrompt(task, { shots: 0, query }),
      answer: answer + end,
      teacher,
    });
  }
  if (examples.length > 0) return model.train(examples, others);
  throw new ShotglassError(
    'invalid-option',
    'The teacher answers none of the inputs: what it says first is the end of a demonstration.',
  );
}
