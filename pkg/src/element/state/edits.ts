/** What a reader has changed, and the way back. */
import type { Task } from '../../prompt/task.js';

/** A task with the number of shots that are used of it. */
export interface Edited {
  task: Task;
  shots: number;
}

/** The edits of one reader. */
export class Edits {
  #past: Edited[] = [];
  #field: string | null = null;
  /** The task as the reader has it; null while it is as it was declared. */
  task: Task | null = null;

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  /** Goes on from `before` to `task`. What is typed into one field is one edit. */
  change(before: Edited, task: Task, field: string | null): void {
    if (field === null || field !== this.#field) this.#past.push(before);
    this.#field = field;
    this.task = task;
  }

  /** Back by one edit; null where there is none. */
  undo(): Edited | null {
    const before = this.#past.pop() ?? null;
    this.#field = null;
    if (before) this.task = this.#past.length === 0 ? null : before.task;
    return before;
  }

  /** The declared task has changed: what was changed of the one before is void. */
  clear(): void {
    this.#past = [];
    this.#field = null;
    this.task = null;
  }
}
