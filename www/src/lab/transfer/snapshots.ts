/** The adapters of runs at some of their steps, as files. */
export class Snapshots {
  readonly #files = new Map<string, Map<number, Uint8Array<ArrayBuffer>>>();

  add(run: string, step: number, file: Uint8Array<ArrayBuffer>): void {
    const files = this.#files.get(run) ?? new Map();
    this.#files.set(run, files.set(step, file));
  }

  /** The last one up to a step. */
  upTo(run: string, step: number): { step: number; file: Uint8Array<ArrayBuffer> } | null {
    const found = [...(this.#files.get(run) ?? [])].filter(([at]) => at <= step).at(-1);
    return found ? { step: found[0], file: found[1] } : null;
  }

  steps(run: string): number[] {
    return [...(this.#files.get(run)?.keys() ?? [])];
  }

  /** Of all other runs only the last moment stays: each is some megabytes. */
  thin(keep: string): void {
    for (const [run, files] of this.#files) {
      const last = Math.max(...files.keys());
      if (run !== keep) for (const step of [...files.keys()]) if (step !== last) files.delete(step);
    }
  }

  delete(run: string): void {
    this.#files.delete(run);
  }
}
