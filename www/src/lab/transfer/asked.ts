import type { Asked } from '../../app/transfer.ts';
import type { Question } from '../../why/figure.ts';

/** The task as trainings see it: all its examples, and how many of them the prompt has. */
export function askedOfQuestion(question: Question, isChat: boolean): Asked {
  const { pool, query, isFree, right, rows, task } = question;
  return {
    task: { ...task, demonstrations: [...pool] },
    ...{ query, isFree, rows, answer: right, shots: task.demonstrations.length, isChat },
  };
}
