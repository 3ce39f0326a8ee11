import type { Token } from '../types.js';

/** A token of a spelling. */
export interface SpelledToken extends Token {
  /** Its probability after the prompt and the tokens before it. */
  p: number;
}

/** One way to spell a word in tokens. */
export interface Spelling {
  tokens: SpelledToken[];
  /** The probability that these tokens come and the word ends after them. */
  p: number;
}

/** A word, and the ways to write it that were found. */
export interface Found {
  text: string;
  p: number;
  /** By the ids of their tokens. */
  spellings: Map<string, Spelling>;
}

/** All words found so far, and the best of them in their order. */
export class FoundWords {
  readonly #most: number;
  readonly #all = new Map<string, Found>();
  /** What falls out of it comes back when its p has grown: p never falls. */
  readonly #best: Found[] = [];

  /** @param most How many are the best. */
  constructor(most: number) {
    this.#most = most;
  }

  get best(): readonly Found[] {
    return this.#best;
  }

  /** The last of the best; undefined while there are not as many. */
  get last(): Found | undefined {
    return this.#best[this.#most - 1];
  }

  /** Adds to the probability of a word, and of one way to write it. */
  add(text: string, tokens: SpelledToken[], p: number): void {
    const found = this.#all.get(text) ?? { text, p: 0, spellings: new Map() };
    this.#all.set(text, found);
    found.p += p;
    const key = tokens.map(({ id }) => id).join();
    found.spellings.set(key, { tokens, p: p + (found.spellings.get(key)?.p ?? 0) });
    this.#place(found);
  }

  #place(found: Found): void {
    const best = this.#best;
    const { last } = this;
    if (last !== undefined && last !== found && !isBefore(found, last)) return;
    const old = best.indexOf(found);
    if (old >= 0) best.splice(old, 1);
    let at = 0;
    for (let end = best.length; at < end; ) {
      const middle = (at + end) >> 1;
      if (isBefore(best[middle] as Found, found)) at = middle + 1;
      else end = middle;
    }
    best.splice(at, 0, found);
    if (best.length > this.#most) best.pop();
  }
}

function isBefore(a: Found, b: Found): boolean {
  return a.p > b.p || (a.p === b.p && a.text < b.text);
}
