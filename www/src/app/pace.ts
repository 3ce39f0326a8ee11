import type { LabPrediction } from './lab-model.ts';

/** Fewer tokens say more about the overhead than about the pace. */
const fewest = 16;

/** Attention takes longer the longer a prompt is, so a pace is not carried on to much longer ones. */
const farthest = 4;

/** How fast this machine runs the model, as measured on the prompts so far: a value, which never changes. */
export class Pace {
  readonly #measured: { tokens: number; durationMs: number } | null;

  constructor(measured: { tokens: number; durationMs: number } | null = null) {
    this.#measured = measured;
  }

  /** The pace with one more measurement; the same object where that says nothing new. */
  add({ tokens, cachedTokens, durationMs }: Omit<LabPrediction, 'sampled'>): Pace {
    if (tokens === null) return this;
    const ran = tokens - cachedTokens;
    const before = this.#measured;
    // What took the longest says the most.
    if (ran < fewest || ran < (before?.tokens ?? 0) / 2) return this;
    const isSame = before?.tokens === ran && before.durationMs === durationMs;
    return isSame ? this : new Pace({ tokens: ran, durationMs });
  }

  /** Null where nothing was measured. */
  get tokensPerSecond(): number | null {
    if (!this.#measured) return null;
    const { tokens, durationMs } = this.#measured;
    return (tokens / durationMs) * 1000;
  }

  /** How long a prompt takes of which nothing is in the cache; null where nothing was measured that would say it. */
  durationMs(tokens: number): number | null {
    if (!this.#measured || tokens === 0) return null;
    const { tokens: ran, durationMs } = this.#measured;
    return tokens > ran * farthest ? null : (durationMs / ran) * tokens;
  }
}
