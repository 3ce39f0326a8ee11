import type { Model } from '../model/model.js';
import type { CallOptions, ModelInfo, Token } from '../types.js';
import { inSlices } from '../util/slices.js';
import { type WordStage, wordLength } from './word-end.js';

/** What a token adds to a text that goes on. */
export interface VocabularyEntry {
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
  readonly entries: readonly VocabularyEntry[];
  /** Length in bytes of the longest. */
  readonly longest: number;
  /**
   * For each stage that a word may have come to, and each token, how many of its UTF-16 code units
   * still belong to that word; {@link GOES_ON} where the word may be longer than the token.
   */
  readonly ends: Readonly<Record<WordStage, readonly number[]>>;
  readonly #ids = new Map<string, number>();
  /** The ids of those that end in part of a character, by the bytes before it. */
  readonly #partial = new Map<string, number[]>();

  constructor(
    entries: readonly VocabularyEntry[],
    endTokens: ReadonlySet<number>,
    ends: Readonly<Record<WordStage, readonly number[]>>,
  ) {
    this.entries = entries;
    this.ends = ends;
    let longest = 0;
    for (const { isPartial, head, binary, token } of entries) {
      if (isPartial) {
        const before = binaryOf(new TextEncoder().encode(head ?? ''));
        addTo(this.#partial, before, token.id);
      }
      if (binary.length > longest) longest = binary.length;
      if (!endTokens.has(token.id)) this.#ids.set(binary, token.id);
    }
    this.longest = longest;
  }

  /** The token with these bytes. */
  idOf(binary: string): number | undefined {
    return this.#ids.get(binary);
  }

  /** The tokens that have these bytes, whole characters, and then part of a character. */
  partialBehind(binary: string): readonly number[] {
    return this.#partial.get(binary) ?? [];
  }
}

const known = new WeakMap<object, Vocabulary>();

/** The vocabulary of a model, which is asked for it once, with whatever adapter it runs. */
export async function vocabularyOf(
  model: Pick<Model, 'vocabulary'> & { readonly info: Pick<ModelInfo, 'endTokens'> },
  options: CallOptions,
): Promise<Vocabulary> {
  const before = known.get(model.info);
  if (before) return before;
  const { signal } = options;
  const entries = await inSlices(await model.vocabulary(options), entryOf, signal);
  const endTokens = new Set(model.info.endTokens);
  const ends = (stage: WordStage) =>
    inSlices(entries, (entry) => endIn(entry, stage, endTokens), signal);
  const vocabulary = new Vocabulary(entries, endTokens, {
    space: await ends('space'),
    signs: await ends('signs'),
    letters: await ends('letters'),
  });
  known.set(model.info, vocabulary);
  return vocabulary;
}

function entryOf(token: Token): VocabularyEntry {
  // Most are whole characters, and need not be decoded again.
  const { text, pending } = token.text.includes('\ufffd')
    ? charactersOf(token.bytes)
    : { text: token.text, pending: 0 };
  const isPartial = text !== null && pending > 0;
  return { token, binary: binaryOf(token.bytes), head: text, isPartial };
}

function endIn(
  { head, token }: VocabularyEntry,
  stage: WordStage,
  endTokens: ReadonlySet<number>,
): number {
  // A token that ends the text, and bytes that are no text, end the word before them.
  if (head === null || endTokens.has(token.id)) return 0;
  const length = wordLength(head, stage);
  return length === head.length ? GOES_ON : length;
}

/** Adds to the list that a map has for a key. */
export function addTo<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
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
