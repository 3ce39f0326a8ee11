import type { CallOptions, Model } from './model.js';
import type { Prompt } from './task.js';
import type { Token } from './types.js';
import { type Part, wordLength } from './word-end.js';

/** What a token adds to a text that goes on. */
export interface Piece {
  token: Token;
  /** Its bytes, a UTF-16 code unit for each. */
  binary: string;
  /** Its whole characters. Null where the token cannot begin at a character. */
  head: string | null;
  /** Whether the bytes of another character begin behind `head`. */
  isPartial: boolean;
}

/** A word goes on with a token: it does not end in it. */
export const GOES_ON = -1;

/** The texts of all tokens, and where a word ends in each. */
export class Vocabulary {
  /** By id. */
  readonly pieces: readonly Piece[];
  /** The ids of those that end in a part of a character. */
  readonly partial: readonly number[];
  /** Length in bytes of the longest. */
  readonly longest: number;
  readonly #ids = new Map<string, number>();
  readonly #ends = new Map<Part, Int32Array>();

  constructor(tokens: readonly Token[], endTokens: readonly number[]) {
    this.pieces = tokens.map((token) => {
      // Most are whole characters, and need not be decoded again.
      const { text, pending } = token.text.includes('\ufffd')
        ? charactersOf(token.bytes)
        : { text: token.text, pending: 0 };
      const binary = binaryOf(token.bytes);
      return { token, binary, head: text, isPartial: text !== null && pending > 0 };
    });
    this.partial = this.pieces.flatMap(({ isPartial, token }) => (isPartial ? token.id : []));
    this.longest = this.pieces.reduce((most, { binary }) => Math.max(most, binary.length), 0);
    for (const { binary, token } of this.pieces) {
      if (!endTokens.includes(token.id)) this.#ids.set(binary, token.id);
    }
    this.endTokens = new Set(endTokens);
  }

  readonly endTokens: ReadonlySet<number>;

  /** The token with these bytes. */
  idOf(binary: string): number | undefined {
    return this.#ids.get(binary);
  }

  /**
   * For each token, how many of its UTF-16 code units still belong to a word that has come to this
   * part; {@link GOES_ON} where the word may be longer than the token.
   */
  ends(part: Part): Int32Array {
    const known = this.#ends.get(part);
    if (known) return known;
    const ends = Int32Array.from(this.pieces, ({ head, token }) => {
      // A token that ends the text, and bytes that are no text, end the word before them.
      if (head === null || this.endTokens.has(token.id)) return 0;
      const length = wordLength(head, part);
      return length === head.length ? GOES_ON : length;
    });
    this.#ends.set(part, ends);
    return ends;
  }
}

const known = new WeakMap<object, Vocabulary>();

/** The vocabulary of a model: asked for once, with a prediction that lists all tokens. */
export async function vocabularyOf(
  model: Pick<Model, 'info' | 'predict'>,
  prompt: string | Prompt,
  { signal }: CallOptions,
): Promise<Vocabulary> {
  const before = known.get(model);
  if (before) return before;
  const { vocabularySize, endTokens } = model.info;
  const { candidates } = await model.predict(prompt, { topK: vocabularySize, signal });
  const vocabulary = new Vocabulary(
    candidates.map(({ id, bytes, text }) => ({ id, bytes, text })).sort((a, b) => a.id - b.id),
    endTokens,
  );
  known.set(model, vocabulary);
  return vocabulary;
}

/** Bytes as a string that can be cut, compared and looked up. */
export function binaryOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/**
 * The whole characters at the beginning of some bytes, and how many bytes of an unfinished one
 * follow. The text is null where the bytes are not UTF-8.
 */
export function charactersOf(bytes: Uint8Array): { text: string | null; pending: number } {
  try {
    // A U+FEFF is text like any other, not a mark to strip.
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const text = decoder.decode(bytes, { stream: true });
    return { text, pending: bytes.length - new TextEncoder().encode(text).length };
  } catch {
    return { text: null, pending: 0 };
  }
}
