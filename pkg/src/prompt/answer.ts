import type { Task } from './task.js';

/**
 * The text of an answer as it follows the prompt: behind the separator of the task, unless it begins with white space of
 * its own.
 */
export function answerText({ template }: Pick<Task, 'template'>, answer: string): string {
  return /^\s/.test(answer) ? answer : template.outputSeparator + answer;
}
