import type { Task, Template } from './task.js';

/** A field of a task, of its template, or of one of its demonstrations. */
export type TaskPlace =
  | { field: 'instruction' | 'query' | keyof Template }
  | { demonstration: number; field: 'input' | 'output' };

/** A range of a text, in UTF-16 code units. */
export interface TextPlace {
  start: number;
  end: number;
}

/** A place, and the text to put there. */
export type Change<Place> = Place & { text: string };

/**
 * A task or a text with the changes of a fix. The arguments are not modified.
 *
 * @param fix The `fix` of a {@link Finding} about this task or text.
 */
export function applyFix(task: Task, fix: readonly Change<TaskPlace>[]): Task;
export function applyFix(text: string, fix: readonly Change<TextPlace>[]): string;
export function applyFix(
  subject: Task | string,
  fix: readonly Change<TaskPlace>[] | readonly Change<TextPlace>[],
): Task | string {
  if (typeof subject !== 'string') {
    return (fix as readonly Change<TaskPlace>[]).reduce(changed, subject);
  }
  const fromTheEnd = [...(fix as readonly Change<TextPlace>[])].sort((a, b) => b.start - a.start);
  return fromTheEnd.reduce(
    (all, { start, end, text }) => all.slice(0, start) + text + all.slice(end),
    subject,
  );
}

/** @deprecated Use {@link applyFix}. This name will be removed in the next release. */
export const applyMend: typeof applyFix = applyFix;

function changed(task: Task, change: Change<TaskPlace>): Task {
  const { text } = change;
  if ('demonstration' in change) {
    const demonstrations = task.demonstrations.map((each, index) =>
      index === change.demonstration ? { ...each, [change.field]: text } : each,
    );
    return { ...task, demonstrations };
  }
  const { field } = change;
  if (field === 'instruction' || field === 'query') return { ...task, [field]: text };
  return { ...task, template: { ...task.template, [field]: text } };
}
