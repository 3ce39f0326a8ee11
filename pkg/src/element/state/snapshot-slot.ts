/** A recorded result of one element: set by the page, or fetched. */
import type { Snapshot } from '../../snapshot/index.js';
import type { Strings } from '../strings/index.js';
import { checkedSnapshot, fetchSnapshot, type SnapshotAnswer } from './snapshot-source.js';

export class SnapshotSlot {
  #url: string | null = null;
  #given: SnapshotAnswer | null = null;
  #fetched: SnapshotAnswer | null = null;
  #controller: AbortController | null = null;
  readonly #changed: () => void;
  readonly #failed: (problem: (strings: Strings) => string) => void;

  constructor(changed: () => void, failed: (problem: (strings: Strings) => string) => void) {
    this.#changed = changed;
    this.#failed = failed;
  }

  /** Sets one from outside; null goes back to the address. */
  give(snapshot: unknown): void {
    this.#given = snapshot === null ? null : checkedSnapshot(snapshot, (strings) => strings.given);
  }

  /** Where one can be fetched. Another address than before is another result. */
  at(url: string | null): void {
    if (url === this.#url) return;
    this.stop();
    this.#url = url;
    this.#fetched = null;
  }

  /** Fetches it once more where that failed. */
  again(): void {
    if (this.hasFailed) this.#fetched = null;
    void this.fetch();
  }

  /** Fetches it, unless that is done. */
  async fetch(): Promise<void> {
    if (this.#given || this.#fetched || this.#controller || this.#url === null) return;
    const controller = new AbortController();
    this.#controller = controller;
    try {
      const answer = await fetchSnapshot(this.#url, controller.signal);
      if (controller.signal.aborted) return;
      this.#fetched = answer;
      this.#controller = null;
      if ('problem' in answer) this.#failed(answer.problem);
      this.#changed();
    } catch {
      // Aborted: the element has gone, or wants another one.
    }
  }

  /** Whether one is still to come. */
  get isPending(): boolean {
    return !this.#given && !this.#fetched && this.#url !== null;
  }

  /** Whether it was fetched, and could not be had. */
  get hasFailed(): boolean {
    return !this.#given && this.#fetched !== null && 'problem' in this.#fetched;
  }

  get snapshot(): Snapshot | null {
    const answer = this.#given ?? this.#fetched;
    return answer && !('problem' in answer) ? answer : null;
  }

  /** What is wrong with it, if anything. */
  problem(strings: Strings): string | null {
    const answer = this.#given ?? this.#fetched;
    return answer && 'problem' in answer ? answer.problem(strings) : null;
  }

  /** The element has gone. */
  stop(): void {
    this.#controller?.abort();
    this.#controller = null;
  }
}
