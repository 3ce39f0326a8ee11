/** Where a training waits. */
export class Gate {
  #opened: Promise<void> | null = null;
  #open: () => void = () => {};

  /** Settled while the gate is open; undefined where nothing has to be waited for. */
  get passing(): Promise<void> | undefined {
    return this.#opened ?? undefined;
  }

  set(isShut: boolean): void {
    if (isShut === (this.#opened !== null)) return;
    if (isShut) {
      this.#opened = new Promise((resolve) => {
        this.#open = resolve;
      });
    } else {
      this.#open();
      this.#opened = null;
    }
  }
}
