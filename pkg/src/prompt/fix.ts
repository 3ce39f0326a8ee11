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

/** A task or a text with the changes of a mend. What is given stays as it is. */
export function applyMend(task: Task, mend: readonly Change<TaskPlace>[]): Task;
export function applyMend(text: string, mend: readonly Change<TextPlace>[]): string;
export function applyMend(
  subject: Task | string,
  mend: readonly Change<TaskPlace>[] | readonly Change<TextPlace>[],
): Task | string {
  if (typeof subject !== 'string') {
    return (mend as readonly Change<TaskPlace>[]).reduce(changed, subject);
  }
  const fromTheEnd = [...(mend as readonly Change<TextPlace>[])].sort((a, b) => b.start - a.start);
  return fromTheEnd.reduce(
    (all, { start, end, text }) => all.slice(0, start) + text + all.slice(end),
    subject,
  );
}

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
