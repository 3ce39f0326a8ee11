/** How fast something gets on, over the last few seconds, so that the time left neither jumps nor lags. */
export class RateMeter {
  #samples: { at: number; done: number }[] = [];

  constructor(readonly windowMs = 4000) {}

  /** `done`: bytes, tokens, or whatever is counted; `at`: in milliseconds. */
  add(done: number, at: number): void {
    const last = this.#samples.at(-1);
    // One sample per 100 ms is plenty, and keeps the window short.
    if (last && at - last.at < 100) return;
    this.#samples.push({ at, done });
    while ((this.#samples[0]?.at ?? at) < at - this.windowMs) this.#samples.shift();
  }

  /** Per second, or null until there is something to measure. */
  get perSecond(): number | null {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.at - first.at < 300) return null;
    const rate = ((last.done - first.done) / (last.at - first.at)) * 1000;
    return rate > 0 ? rate : null;
  }

  secondsLeft(done: number, total: number | null): number | null {
    const rate = this.perSecond;
    if (rate === null || total === null) return null;
    return Math.max(0, total - done) / rate;
  }
}
