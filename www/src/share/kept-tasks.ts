/**
 * The reader's own tasks, kept in the site's storage beside the work that is open: each under a key of its own, so that
 * two tabs do not write over each other's, and a damaged one takes no other along.
 */
import type { KeptTask, KeptTasks } from '../app/kept-tasks.ts';
import type { Draft } from '../app/state.ts';
import { field, fields, fileFields, integer } from './packed/check.ts';
import { packWhole, unpackDraft } from './packed/draft.ts';
import { Unreadable } from './packed/unreadable.ts';

const prefix = 'shotglass.task.';
const fileFormat = 'shotglass-task';
const fileVersion = 1;
/** No more are kept, and none that is longer is read. */
const mostTasks = 100;
const longestTask = 1_000_000;

/** What is used of `Storage`. */
export type LongShelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/** Short, and of letters and digits, as `newTaskId` makes them. */
export function isTaskId(id: string): boolean {
  return /^[a-z0-9]{1,40}$/.test(id);
}

export function readTasks(shelf: LongShelf | null): KeptTasks {
  const tasks: KeptTask[] = [];
  const damaged: string[] = [];
  for (const id of idsOn(shelf)) {
    const task = readTask(shelf, id);
    if (task) tasks.push(task);
    else damaged.push(id);
  }
  return { tasks: tasks.sort((a, b) => b.changed - a.changed), damaged };
}

function readTask(shelf: LongShelf | null, id: string): KeptTask | null {
  try {
    const text = shelf?.getItem(prefix + id) ?? '';
    if (text.length > longestTask) return null;
    const packed = fields(JSON.parse(text), 'task');
    const { draft } = unpackDraft(field(packed, 'draft'));
    const changed = integer(field(packed, 'changed'), 'changed', 0, Number.MAX_SAFE_INTEGER);
    return { id, draft: { ...draft, id }, changed };
  } catch {
    return null;
  }
}

/** Keeps a task. False where it could not be: the storage is full or denied, or holds too many. */
export function writeTask(shelf: LongShelf | null, { id, draft, changed }: KeptTask): boolean {
  const text = JSON.stringify({ changed, draft: packWhole(draft) });
  return writeText(shelf, id, text);
}

/** What is there under an id, whatever it is; null where nothing is. */
export function readText(shelf: LongShelf | null, id: string): string | null {
  return shelf?.getItem(prefix + id) ?? null;
}

export function writeText(shelf: LongShelf | null, id: string, text: string): boolean {
  const ids = idsOn(shelf);
  if (!shelf || text.length > longestTask) return false;
  if (ids.length >= mostTasks && !ids.includes(id)) return false;
  try {
    shelf.setItem(prefix + id, text);
    return true;
  } catch {
    return false;
  }
}

export function removeTask(shelf: LongShelf | null, id: string): void {
  shelf?.removeItem(prefix + id);
}

function idsOn(shelf: LongShelf | null): string[] {
  const keys = Array.from({ length: shelf?.length ?? 0 }, (_, index) => shelf?.key(index) ?? '');
  return keys
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length))
    .filter(isTaskId)
    .slice(0, mostTasks);
}

/** A task as a file, for another browser or another person. */
export function taskFile(draft: Draft): string {
  const file = { format: fileFormat, version: fileVersion, draft: packWhole(draft) };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * Reads what `taskFile` wrote.
 *
 * @throws {@link Unreadable}, and nothing else, whatever the text.
 */
export function readTaskFile(text: string): Draft {
  if (text.length > longestTask) throw new Unreadable('long');
  const file = fileFields(text, fileFormat, fileVersion);
  return unpackDraft(field(file, 'draft')).draft;
}
