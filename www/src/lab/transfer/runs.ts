/** The runs of the page, and the moment of one of them that is looked at. */
import type { TransferRun } from '../../app/transfer.ts';
import type { KeptRun } from './kept-run.ts';
import { Snapshots } from './snapshots.ts';

export class Runs {
  readonly snapshots = new Snapshots();
  /** Those that ship with the page. */
  recorded: readonly TransferRun[] = [];
  #own: readonly TransferRun[] = [];
  /** The run that is looked at; null: the one that fits the task best. */
  #shown: string | null = null;
  /** The step that is looked at; null: the last. */
  #at: number | null = null;
  #removed: { run: TransferRun; place: number } | null = null;

  get all(): readonly TransferRun[] {
    return [...this.#own, ...this.recorded];
  }

  /** Whether a run was deleted that can be brought back. */
  get canRestore(): boolean {
    return this.#removed !== null;
  }

  find(id: string): TransferRun | null {
    return this.all.find((run) => run.id === id) ?? null;
  }

  /** The run that the reader chose; else the latest of the task, what is recorded of it, or any. */
  shown(task: string, preset: string | null): TransferRun | null {
    return (
      this.all.find(({ id }) => id === this.#shown) ??
      this.#own.findLast((run) => run.task === task) ??
      this.recorded.find((run) => run.preset === preset) ??
      this.#own.at(-1) ??
      this.recorded[0] ??
      null
    );
  }

  /** The step of a run that is looked at. */
  stepOf({ moments }: TransferRun): number {
    const last = moments.at(-1)?.step ?? 0;
    return this.#at === null ? last : Math.min(this.#at, last);
  }

  show(id: string): void {
    this.#shown = id;
    this.#at = null;
  }

  lookAt(step: number): void {
    this.#at = step;
  }

  /** A run begins, and is looked at. */
  add(run: TransferRun): void {
    this.snapshots.thin(run.id);
    this.#own = [...this.#own, run];
    this.show(run.id);
  }

  /** The run that was kept when the page was left. */
  addKept({ run, file }: KeptRun): void {
    if (this.find(run.id)) return;
    this.#own = [run, ...this.#own];
    this.snapshots.add(run.id, run.moments.at(-1)?.step ?? 0, file);
  }

  update(id: string, change: (run: TransferRun) => TransferRun): void {
    this.#own = this.#own.map((run) => (run.id === id ? change(run) : run));
  }

  /** A run that has ended before anything was known of it is none. */
  dropEmpty(id: string): void {
    this.#own = this.#own.filter((run) => run.id !== id || run.moments.length > 0);
  }

  /** Whether there was such a run to delete; what is recorded stays. */
  remove(id: string): boolean {
    const place = this.#own.findIndex((run) => run.id === id);
    const run = this.#own[place];
    if (!run) return false;
    if (this.#removed) this.snapshots.delete(this.#removed.run.id);
    this.#removed = { run, place };
    this.#own = this.#own.filter((one) => one !== run);
    if (this.#shown === id) this.#shown = null;
    return true;
  }

  /** Brings back what was deleted last. */
  restore(): TransferRun | null {
    if (!this.#removed) return null;
    const { run, place } = this.#removed;
    this.#own = this.#own.toSpliced(place, 0, run);
    this.#removed = null;
    return run;
  }

  /** The latest run that has ended, with its last adapter; null where there is none. */
  latest(): KeptRun | null {
    for (const run of this.#own.toReversed()) {
      const last = this.snapshots.upTo(run.id, Number.POSITIVE_INFINITY);
      if (last && run.state !== 'running') return { run, file: last.file };
    }
    return null;
  }
}
