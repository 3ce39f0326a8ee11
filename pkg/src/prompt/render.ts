import { ShotglassError } from '../errors.js';
import type { Prompt, RenderOptions, Span, Task } from './task.js';

/**
 * Renders the exact prompt of a task. Pure: the same arguments give the same prompt, and no model is
 * needed.
 *
 * @throws {@link ShotglassError} `invalid-option`: `shots` is not an integer from 0 to the number
 * of demonstrations, `order` is not a permutation of their indices, or a part of the task is not
 * a string.
 */
export function renderPrompt(task: Task, options: RenderOptions = {}): Prompt {
  checkTask(task);
  const { template, demonstrations } = task;
  const order = checkedOrder(options.order, demonstrations.length);
  const shots = checkedShots(options.shots, demonstrations.length);
  const writer = new PromptWriter();

  if (task.instruction !== '') {
    writer.write('instruction', 'instruction', task.instruction);
    writer.write('template', 'template.instructionSeparator', template.instructionSeparator);
  }

  for (const index of order.slice(0, shots)) {
    const demonstration = demonstrations[index];
    writer.write('template', 'template.inputPrefix', template.inputPrefix, index);
    writer.write('input', 'demonstration.input', demonstration?.input, index);
    writer.write('template', 'template.inputSuffix', template.inputSuffix, index);
    writer.write('template', 'template.outputPrefix', template.outputPrefix, index);
    writer.write('template', 'template.outputSeparator', template.outputSeparator, index);
    writer.write('output', 'demonstration.output', demonstration?.output, index);
    writer.write(
      'template',
      'template.demonstrationSeparator',
      template.demonstrationSeparator,
      index,
    );
  }

  writer.write('template', 'template.inputPrefix', template.inputPrefix);
  writer.write('query', 'query', options.query ?? task.query ?? '');
  writer.write('template', 'template.inputSuffix', template.inputSuffix);
  writer.write('template', 'template.outputPrefix', template.outputPrefix);
  return writer.prompt;
}

/** Grows the text and its spans together, so that they cannot disagree. */
class PromptWriter {
  readonly prompt: Prompt = { text: '', spans: [] };

  write(
    role: Span['role'],
    name: string,
    text: unknown,
    demonstration: number | null = null,
  ): void {
    if (typeof text !== 'string') {
      throw new ShotglassError('invalid-option', `task: ${name} must be a string.`);
    }
    if (text === '') return;
    const { prompt } = this;
    const start = prompt.text.length;
    prompt.text += text;
    const last = prompt.spans.at(-1);
    if (last?.role === role && last.demonstration === demonstration) {
      last.end = prompt.text.length;
    } else {
      prompt.spans.push({ role, start, end: prompt.text.length, demonstration });
    }
  }
}

/** What the type says, for callers without types; the strings are checked as they are written. */
function checkTask(task: Task): void {
  if (typeof task?.template === 'object' && Array.isArray(task.demonstrations)) return;
  throw new ShotglassError('invalid-option', 'task must have a template and demonstrations.');
}

function checkedShots(shots: number | undefined, all: number): number {
  if (shots === undefined) return all;
  if (Number.isInteger(shots) && shots >= 0 && shots <= all) return shots;
  throw new ShotglassError(
    'invalid-option',
    `shots must be an integer from 0 to ${all}, the number of demonstrations.`,
  );
}

function checkedOrder(order: readonly number[] | undefined, all: number): readonly number[] {
  const indices = Array.from({ length: all }, (_, index) => index);
  if (order === undefined) return indices;
  const rest = new Set(indices);
  if (Array.isArray(order) && order.length === all && order.every((i) => rest.delete(i))) {
    return order;
  }
  throw new ShotglassError(
    'invalid-option',
    `order must hold every demonstration index from 0 to ${all - 1} exactly once.`,
  );
}
