/**
 * Turns generated tokens into text: whole characters only, up to the first stop string.
 */
export class TextStream {
  // A token's own U+FEFF is text, not a mark to strip.
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #stops: readonly string[];
  #held = '';

  constructor(stops: readonly string[]) {
    this.#stops = stops;
  }

  /** The text that is certain now, and whether a stop string ended it. */
  push(bytes: Uint8Array): { delta: string; stopped: boolean } {
    const text = this.#held + this.#decoder.decode(bytes, { stream: true });
    const found = this.#stops.map((stop) => text.indexOf(stop)).filter((at) => at !== -1);
    if (found.length > 0) {
      this.#held = '';
      return { delta: text.slice(0, Math.min(...found)), stopped: true };
    }
    const certain = text.length - this.#beginningOfAStop(text);
    this.#held = text.slice(certain);
    return { delta: text.slice(0, certain), stopped: false };
  }

  /** What was held back because a stop string might have begun with it. */
  flush(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }

  /** How many characters at the end of `text` a stop string begins with. */
  #beginningOfAStop(text: string): number {
    let longest = 0;
    for (const stop of this.#stops) {
      for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
        if (text.endsWith(stop.slice(0, length))) longest = length;
      }
    }
    return longest;
  }
}
