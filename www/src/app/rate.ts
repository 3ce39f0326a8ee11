/** How fast bytes come in, over the last few seconds, so that the time left neither jumps nor lags. */
export class RateMeter {
  #samples: { at: number; bytes: number }[] = [];

  constructor(readonly windowMs = 4000) {}

  add(bytes: number, at: number): void {
    const last = this.#samples.at(-1);
    // One sample per 100 ms is plenty, and keeps the window short.
    if (last && at - last.at < 100) return;
    this.#samples.push({ at, bytes });
    while ((this.#samples[0]?.at ?? at) < at - this.windowMs) this.#samples.shift();
  }

  /** Bytes per second, or null until there is something to measure. */
  get bytesPerSecond(): number | null {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.at - first.at < 300) return null;
    const rate = ((last.bytes - first.bytes) / (last.at - first.at)) * 1000;
    return rate > 0 ? rate : null;
  }

  secondsLeft(bytesLoaded: number, bytesTotal: number | null): number | null {
    const rate = this.bytesPerSecond;
    if (rate === null || bytesTotal === null) return null;
    return Math.max(0, bytesTotal - bytesLoaded) / rate;
  }
}
