/** How long it will still take, by how long it took so far. */
export class TimeLeft {
  readonly #start = performance.now();

  after(done: number, total: number): string {
    const left = ((performance.now() - this.#start) / done) * (total - done);
    const minutes = Math.ceil(left / 60_000);
    return minutes > 1 ? `${minutes} minutes left` : `${Math.ceil(left / 1000)} s left`;
  }
}
