/** The reader's own tasks: which there are, and what is done with them. */
import type { KeptTask, KeptTasks, TaskNotice, TaskWish } from '../app/kept-tasks.ts';
import { isBlank, nameOf, newTaskId, stemOf } from '../app/own-task.ts';
import type { Draft } from '../app/state.ts';
import {
  type LongShelf,
  readTaskFile,
  readTasks,
  readText,
  removeTask,
  taskFile,
  writeTask,
  writeText,
} from '../share/kept-tasks.ts';
import { Unreadable } from '../share/packed/unreadable.ts';
import { strings } from '../strings/index.ts';
import { save } from '../ui/save.ts';
import type { Lab } from './lab.ts';

const longestFile = 4_000_000;

const full: TaskNotice = { kind: 'problem', say: () => strings.tasks.full };

function sentenceOf(why: Unreadable['why'], where: string): string {
  const { fileProblem, why: reasons } = strings.keep;
  return fileProblem(why === 'wrong' ? reasons.wrong(where) : reasons[why]);
}

export class Tasks {
  list: KeptTasks;
  notice: TaskNotice | null = null;
  #removed: { id: string; text: string; unkept: Draft | null } | null = null;

  constructor(
    private readonly lab: Lab,
    private readonly shelf: LongShelf | null,
    private readonly told: () => void,
  ) {
    this.list = readTasks(shelf);
  }

  /** Writes a draft where it is kept, if it is and there is something in it yet. */
  keep(draft: Draft): void {
    const { id } = draft;
    if (id === null || isBlank(draft)) return;
    this.#write({ id, draft, changed: Date.now() });
    this.told();
  }

  wish(wish: TaskWish): void {
    this.notice = null;
    switch (wish.do) {
      case 'open':
        this.#open(wish.id);
        break;
      case 'duplicate':
        this.#duplicate(wish.id);
        break;
      case 'rename':
        this.#rename(wish.id, wish.name);
        break;
      case 'remove':
        this.#remove(wish.id);
        break;
      case 'restore':
        this.#restore();
        break;
      case 'save':
        this.#save(wish.id);
        break;
      case 'import':
        void this.#import(wish.file);
        break;
    }
    this.list = readTasks(this.shelf);
    this.told();
  }

  #find(id: string): KeptTask | undefined {
    const { draft } = this.lab.state;
    const kept = this.list.tasks.find((task) => task.id === id);
    // What is open may be some keystrokes ahead of what is kept.
    return kept && draft.id === id ? { ...kept, draft } : kept;
  }

  #write(task: KeptTask): boolean {
    const isKept = writeTask(this.shelf, task);
    if (!isKept) this.notice = full;
    else if (this.notice === full) this.notice = null;
    this.list = readTasks(this.shelf);
    return isKept;
  }

  #open(id: string): void {
    const task = this.#find(id);
    if (task && this.lab.state.draft.id !== id) this.lab.edit({ type: 'open', draft: task.draft });
  }

  #duplicate(id: string): void {
    const task = this.#find(id);
    if (task) this.#write({ ...task, id: newTaskId(), changed: Date.now() });
  }

  #rename(id: string, name: string): void {
    const task = this.#find(id);
    if (!task) return;
    const isOpen = this.lab.state.draft.id === id;
    if (isOpen) this.lab.edit({ type: 'name', text: name, id });
    this.#write({ ...task, draft: { ...task.draft, name } });
  }

  #remove(id: string): void {
    const text = readText(this.shelf, id);
    if (text === null) return;
    const { draft } = this.lab.state;
    const task = this.#find(id);
    removeTask(this.shelf, id);
    // What is open stays open, and is no longer kept.
    if (draft.id === id) this.lab.edit({ type: 'name', text: draft.name, id: null });
    this.#removed = { id, text, unkept: draft.id === id ? this.lab.state.draft : null };
    const name = task ? nameOf(task.draft) : strings.tasks.damaged;
    this.notice = { kind: 'removed', say: () => strings.tasks.removed(name) };
  }

  #restore(): void {
    const removed = this.#removed;
    if (!removed) return;
    const { id, text, unkept } = removed;
    if (!writeText(this.shelf, id, text)) {
      this.notice = full;
      return;
    }
    this.#removed = null;
    const { draft } = this.lab.state;
    if (draft === unkept) this.lab.edit({ type: 'name', text: draft.name, id });
  }

  /** As a file; of a damaged one, whatever is there. */
  #save(id: string): void {
    const task = this.#find(id);
    const text = task ? taskFile(task.draft) : readText(this.shelf, id);
    const name = task ? stemOf(task.draft) : 'shotglass-damaged';
    if (text !== null) {
      save(`${name}-task.json`, new Blob([text], { type: 'application/json' }));
    }
  }

  async #import(file: File): Promise<void> {
    try {
      if (file.size > longestFile) throw new Unreadable('long');
      const draft = readTaskFile(await file.text());
      const id = newTaskId();
      if (this.#write({ id, draft: { ...draft, id }, changed: Date.now() })) {
        this.notice = { kind: 'done', say: () => strings.tasks.imported(nameOf(draft)) };
      }
    } catch (error) {
      const { why, where } = error instanceof Unreadable ? error : new Unreadable('damaged');
      this.notice = { kind: 'problem', say: () => sentenceOf(why, where) };
    }
    this.told();
  }
}
