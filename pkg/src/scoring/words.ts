import { ShotglassError } from '../errors.js';
import type { Prompt } from '../prompt/task.js';
import type { CallOptions } from '../types.js';
import type { Step } from '../util/step.js';
import { integer, only, promptText, signal } from '../util/validate.js';
import {
  addTo,
  binaryOf,
  charactersOf,
  GOES_ON,
  type Vocabulary,
  vocabularyOf,
} from './vocabulary.js';
import type { WordReader } from './whole-word.js';
import { stageOf, wordLength } from './word-end.js';
import { FoundWords, type SpelledToken, type Spelling } from './word-found.js';

/** Options of {@link continuations}. */
export interface ContinuationsOptions extends CallOptions {
  /** Number of words to find, 1 or more. Default 8. */
  words?: number | undefined;
  /** Maximum number of predictions, 1 or more. Each runs the model for one token. Default 64. */
  maxPredictions?: number | undefined;
}

/** A possible next word. */
export interface Word {
  /** The word with the whitespace before it. `''` if the text ends here. */
  text: string;
  /** `Σ P(spelling) · P(the word ends there)` over all spellings found: a lower bound that only grows. */
  p: number;
  /** Upper bound of `p`, however long the search continues. */
  atMost: number;
  /** Whether `p` and `atMost` differ by less than 0.0005, which is too little to show. */
  complete: boolean;
  /** The token sequences that spell the word, most probable first. */
  spellings: Spelling[];
}

/** A beginning that the search expanded, and its continuations. */
export interface ContinuationNode {
  /** The last token; null at the root, which is the prompt. */
  token: SpelledToken | null;
  /** The text after the prompt, with U+FFFD for an incomplete character. */
  text: string;
  /** The probability of the tokens up to here. */
  p: number;
  /** The part of `p` with which a word ends here. */
  ends: number;
  /** The part of `p` that is in neither `ends` nor the children. */
  rest: number;
  /** The continuations that were expanded too, most probable first. */
  children: ContinuationNode[];
}

/** The most probable next words of a prompt. */
export interface Continuations {
  /** The most probable words found, best first; at most as many as requested. */
  words: Word[];
  /** The probability of everything else. Together with the words it sums to 1. */
  rest: number;
  /** The part of `rest` in beginnings that were not expanded. */
  open: number;
  /**
   * The probability of the beginning that is expanded next, the most probable of those in `open`; 0 if there is
   * none. No spelling that is still to be found is more probable.
   */
  bestOpen: number;
  /** Number of predictions made. */
  predictions: number;
  /**
   * Whether the search is finished. Then no open beginning is more probable than the last word, unless
   * `maxPredictions` ended the search.
   */
  done: boolean;
  /** The search tree. A word with several spellings has several branches. */
  tree: ContinuationNode;
}

/**
 * The most probable next words of a prompt, whatever tokens spell them: the tokens `' from'` and
 * `'age'` are the word `' fromage'`. A word is whitespace, then punctuation, then letters and digits. It
 * ends before the next whitespace or punctuation, or at the end of the text. To find the words after a
 * word, call this again with the prompt and that word.
 *
 * This is a best-first search over tokens: it expands the most probable beginning, with the full
 * softmax at temperature 1, until no open beginning is more probable than the last word. The same
 * arguments give the same words. There is one step for each prediction. The first call for a model also
 * reads its vocabulary.
 *
 * @throws {@link ShotglassError} `invalid-option`, `empty-prompt`, `prompt-too-long`,
 * `invalid-text`, from the loop. After `aborted`, the steps before it remain valid.
 */
export async function* continuations(
  model: Pick<WordReader, 'info' | 'logprobs' | 'vocabulary'>,
  prompt: string | Prompt,
  options: ContinuationsOptions = {},
): AsyncGenerator<Step<Continuations>, void, undefined> {
  only(options, { words: true, maxPredictions: true, signal: true });
  const total = integer('maxPredictions', options.maxPredictions ?? 64, 1);
  const most = integer('words', options.words ?? 8, 1);
  const text = promptText(prompt);
  const call = { signal: signal(options.signal) };
  const search = new Search(await vocabularyOf(model, call), most);

  for (let predictions = 0; ; ) {
    const next = search.next();
    if (next === undefined) {
      yield { done: predictions, total: predictions, result: search.result(true) };
      return;
    }
    const appended = next.tokens.map(({ id }) => id);
    const logprobs = await model.logprobs(text, { ...call, appended }).catch((error: unknown) => {
      // A beginning that the context does not hold stays open; others are shorter.
      if (isTooLong(error) && appended.length > 0) return null;
      throw error;
    });
    if (logprobs === null) continue;
    predictions += 1;
    search.look(next, logprobs, total - predictions);
    const done = search.isOver();
    yield { done: predictions, total: done ? predictions : total, result: search.result(done) };
    if (done) return;
  }
}

function isTooLong(error: unknown): boolean {
  return error instanceof ShotglassError && error.code === 'prompt-too-long';
}

/** Tokens behind the prompt that are, so far, one word or the beginning of one. */
interface Beginning {
  tokens: SpelledToken[];
  /** Their bytes, a code unit for each. */
  binary: string;
  /** Their whole characters. */
  text: string;
  /** Bytes of an unfinished character behind these. */
  pending: Uint8Array;
  p: number;
  parent: Looked | null;
}

/** A beginning whose next tokens are known. */
interface Looked extends Beginning {
  /** Natural logarithms, by id. */
  logprobs: Float32Array;
  children: Map<number, Looked>;
  /** The probability of all of these. */
  withChild: number;
  /** Probability that a word ends in the next token or before it. */
  decided: number;
  /** The part of it with which one ends right here. */
  ends: number;
  /** What readers are shown of it; null where a child has come to it or to one of these. */
  node: ContinuationNode | null;
}

class Search {
  readonly #vocabulary: Vocabulary;
  readonly #found: FoundWords;
  /** Those that may be looked at, the most probable last. */
  #open: Beginning[];
  #root: Looked | null = null;
  #predictions = 0;
  #decided = 0;
  /** Those that were looked at, by their bytes. */
  readonly #looked = new Map<string, Looked[]>();
  /** Those of them that end inside a character, by the text before it. */
  readonly #unfinished = new Map<string, Looked[]>();

  constructor(vocabulary: Vocabulary, words: number) {
    this.#vocabulary = vocabulary;
    this.#found = new FoundWords(words);
    const none = { tokens: [], binary: '', text: '', pending: new Uint8Array() };
    this.#open = [{ ...none, p: 1, parent: null }];
  }

  /** Takes the most probable beginning out of the open ones. */
  next(): Beginning | undefined {
    return this.#open.pop();
  }

  /** Sorts every token that may come next: the word ends, or it goes on. `left` more may be. */
  look(beginning: Beginning, logprobs: Float32Array, left: number): void {
    const none = { children: new Map(), withChild: 0, decided: 0, ends: 0, node: null };
    const looked: Looked = { ...beginning, logprobs, ...none };
    this.#keep(looked);

    const { text } = looked;
    const inside = looked.pending.length > 0;
    const ends = this.#vocabulary.ends[stageOf(text)];
    // Nearly all ends are behind `text` itself, so they are summed before they are entered.
    let here = 0;
    for (let id = 0; id < logprobs.length; id++) {
      const p = looked.p * Math.exp(logprobs[id] ?? Number.NEGATIVE_INFINITY);
      const length = inside ? this.#endInside(looked, id) : (ends[id] ?? 0);
      if (length === GOES_ON) this.#push(looked, id, p, left);
      else if (length === 0) here += p;
      else this.#enter(looked, this.#tokenOf(looked, id), this.#textWith(looked, id, length), p);
      if (length !== GOES_ON) looked.decided += p;
    }
    this.#enter(looked, null, text, here);
    if (!inside) looked.ends = here;
    this.#decided += looked.decided;
    // No more than these can have their turn.
    this.#open = this.#open.slice(Math.max(0, this.#open.length - left));
  }

  /** Whether no open beginning can bring a word that is better than those found. */
  isOver(): boolean {
    const best = this.#open.at(-1);
    const { last } = this.#found;
    return best === undefined || (last !== undefined && last.p >= best.p);
  }

  result(done: boolean): Continuations {
    const words = this.#found.best.map(({ text, p, spellings }) => {
      const atMost = Math.min(1, p + this.#missing(text));
      return {
        text,
        p,
        atMost,
        complete: atMost - p < 0.0005,
        spellings: [...spellings.values()].sort((a, b) => b.p - a.p),
      };
    });
    return {
      words,
      rest: Math.max(0, 1 - words.reduce((sum, { p }) => sum + p, 0)),
      open: Math.max(0, 1 - this.#decided),
      bestOpen: this.#open.at(-1)?.p ?? 0,
      predictions: this.#predictions,
      done,
      tree: nodeOf(this.#root as Looked),
    };
  }

  /** Puts a beginning where it is found again: below its parent, and by its bytes. */
  #keep(looked: Looked): void {
    const { parent, binary, pending, text, p } = looked;
    this.#predictions += 1;
    addTo(this.#looked, binary, looked);
    if (pending.length > 0) addTo(this.#unfinished, text, looked);
    if (parent === null) {
      this.#root = looked;
      return;
    }
    parent.children.set(looked.tokens.at(-1)?.id ?? -1, looked);
    parent.withChild += p;
    // What readers were shown before stays as it was.
    for (let above: Looked | null = parent; above !== null; above = above.parent) above.node = null;
  }

  /** As `ends` of the vocabulary, behind a beginning that ends inside a character. */
  #endInside({ pending, text }: Looked, id: number): number {
    const entry = this.#vocabulary.entries[id];
    const first = entry?.token.bytes[0] ?? 0;
    // Whatever does not go on with the character leaves bytes that are no text.
    if (entry === undefined || first < 0x80 || first > 0xbf) return 0;
    const added = charactersOf(joined(pending, entry.token.bytes)).text;
    if (added === null) return 0;
    const length = wordLength(added, stageOf(text));
    return length === added.length ? GOES_ON : length;
  }

  /** The word that ends in the token, after `length` code units of what is new in it. */
  #textWith({ text, pending }: Looked, id: number, length: number): string {
    const { bytes } = this.#vocabulary.entries[id]?.token ?? { bytes: new Uint8Array() };
    return text + (charactersOf(joined(pending, bytes)).text ?? '').slice(0, length);
  }

  #tokenOf(looked: Looked, id: number): SpelledToken {
    const token = this.#vocabulary.entries[id]?.token ?? { id, bytes: new Uint8Array(), text: '' };
    return { ...token, p: Math.exp(looked.logprobs[id] ?? Number.NEGATIVE_INFINITY) };
  }

  /** Opens a beginning, where it is among the best that are left to look at. */
  #push(parent: Looked, id: number, p: number, left: number): void {
    const open = this.#open;
    if (p === 0 || (open.length >= left && p <= (open[0]?.p ?? 1))) return;
    const token = this.#tokenOf(parent, id);
    const bytes = joined(parent.pending, token.bytes);
    const { text, pending } = charactersOf(bytes);
    // Before those of the same p: what came first has its turn first.
    let at = 0;
    for (let end = open.length; at < end; ) {
      const middle = (at + end) >> 1;
      if ((open[middle]?.p ?? 0) < p) at = middle + 1;
      else end = middle;
    }
    open.splice(at, 0, {
      tokens: [...parent.tokens, token],
      binary: parent.binary + binaryOf(token.bytes),
      text: parent.text + (text ?? ''),
      pending: bytes.slice(bytes.length - pending),
      p,
      parent,
    });
    if (open.length > left) open.shift();
  }

  /** Enters that a word ends, in the last of these tokens or behind it. */
  #enter(looked: Looked, last: SpelledToken | null, text: string, p: number): void {
    if (p === 0) return;
    const tokens = last ? [...looked.tokens, last] : looked.tokens;
    this.#found.add(text, spelling(tokens, text), p);
  }

  /** The probability of all tokens not looked at that may still come to be this word. */
  #missing(word: string): number {
    const binary = binaryOf(new TextEncoder().encode(word));
    let missing = 0;
    for (const looked of this.#unfinished.get(word) ?? []) missing += unseen(looked);
    for (let length = 0; length <= binary.length; length++) {
      for (const looked of this.#looked.get(binary.slice(0, length)) ?? []) {
        missing += this.#missingAfter(looked, binary);
      }
    }
    return missing;
  }

  #missingAfter(looked: Looked, binary: string): number {
    const left = binary.slice(looked.binary.length);
    const ids: number[] = [];
    for (let length = 1; length <= Math.min(left.length, this.#vocabulary.longest); length++) {
      ids.push(this.#vocabulary.idOf(left.slice(0, length)) ?? -1);
    }
    // The word may end before a character of which only a part is known.
    ids.push(...this.#vocabulary.partialBehind(left));
    const inside = looked.pending.length > 0;
    const ends = this.#vocabulary.ends[stageOf(looked.text)];
    return ids
      .filter((id) => id >= 0 && !looked.children.has(id))
      .filter((id) => (inside ? this.#endInside(looked, id) : ends[id]) === GOES_ON)
      .reduce(
        (sum, id) => sum + looked.p * Math.exp(looked.logprobs[id] ?? Number.NEGATIVE_INFINITY),
        0,
      );
  }
}

/** The part of a beginning's probability that is neither decided nor with a child. */
function unseen({ p, decided, withChild }: Looked): number {
  return Math.max(0, p - decided - withChild);
}

/** Those of the tokens that hold some of the word. */
function spelling(tokens: readonly SpelledToken[], word: string): SpelledToken[] {
  const length = new TextEncoder().encode(word).length;
  let bytes = 0;
  return tokens.filter((token) => {
    const before = bytes;
    bytes += token.bytes.length;
    return before < length;
  });
}

/** Only what has changed is made anew: the steps share the rest. */
function nodeOf(looked: Looked): ContinuationNode {
  const { tokens, text, pending, p, ends, withChild } = looked;
  looked.node ??= {
    token: tokens.at(-1) ?? null,
    text: text + (pending.length > 0 ? '\ufffd' : ''),
    p,
    ends,
    rest: Math.max(0, p - ends - withChild),
    children: [...looked.children.values()].map(nodeOf).sort((a, b) => b.p - a.p),
  };
  return looked.node;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
