/**
 * What the worker needs of the WebAssembly module. The generated `wasm/<build>/shotglass.js` has
 * this shape, and so has the fake that the tests run the worker's logic with.
 */

import type { EndedStep, TrainSettings } from '../adapters/types.js';
import type { VocabularyBytes } from '../protocol.js';
import type {
  Attention,
  Candidate,
  GeneratedToken,
  LensEntry,
  ModelInfo,
  Rest,
  Sampled,
  Score,
  SurprisalEntry,
  Token,
} from '../types.js';

/** What the engine knows of its model; how many threads run it, and what is kept, others know. */
export type EngineInfo = Omit<ModelInfo, 'threads' | 'keeping'>;

/** Streams of GGUF bytes, one file after the other, on their way to become an engine. */
export interface Loader {
  /** A file begins; one that has begun and not ended begins again. */
  begin(bytesTotal?: number): void;
  push(chunk: Uint8Array): void;
  /** The file has ended; answers its SHA-256. */
  end(sha256?: string): string;
  /** All files have ended. Consumes the loader. */
  finish(sha256?: string): Engine;
  free(): void;
}

/** A text on its way to tokens, a part at a time. */
export interface Encoding {
  /** The tokens so far. */
  ids(): Uint32Array;
  /** For each of them, how many of its first bytes the text does not have. */
  added(): Uint32Array;
  free(): void;
}

/** A model with its tokenizer and cache. */
export interface Engine {
  info(): EngineInfo;
  /** Encodes the next part of a text; answers whether it was the last. */
  encode(encoding: Encoding): boolean;
  /** What tokens stand for. */
  tokens(ids: Uint32Array): Token[];
  vocabulary(): VocabularyBytes;
  /** Aims the cache at exactly these tokens, with edits; answers how many positions need not run. */
  begin(ids: Uint32Array, edits?: Uint32Array | null, rows?: Float32Array | null): number;
  /**
   * Aims at the scores of continuations, and of the same after references; answers how many tokens they need. Edits
   * hold after the context alone.
   */
  beginScores(
    context: string,
    continuations: string[],
    references: string[],
    edits?: Uint32Array | null,
    rows?: Float32Array | null,
  ): number;
  /**
   * Aims at the scores of continuations after several contexts, after each as many as `counts` says; answers how many
   * tokens all contexts have in common at the beginning, and how many each of them needs behind these.
   */
  beginScoresOfMany(contexts: string[], counts: Uint32Array, continuations: string[]): Uint32Array;
  /** Aims at the rows between the layers, at all layers and positions; answers how many positions need not run. */
  beginStates(
    ids: Uint32Array,
    layers: Uint32Array,
    positions: Uint32Array,
    edits?: Uint32Array | null,
    rows?: Float32Array | null,
  ): number;
  /** Aims at the rows after one layer, above which nothing runs; answers how many positions need not run. */
  beginEmbedding(ids: Uint32Array, layer: number, positions: Uint32Array): number;
  /** Aims at what one token attends to, by default the last; answers how many of those before it need not run. */
  beginAttention(ids: Uint32Array, position?: number): number;
  /** How many tokens of what was begun need not run, as far as that is known. */
  cachedTokens(): number;
  /** Runs a part of what is left; answers how many are still to run. */
  advance(): number;
  /** If there is a sampler, also says how often it draws each candidate, and frees it. */
  predict(
    topK: number,
    sampler?: Sampler | null,
  ): { candidates: Candidate[]; rest: Rest; entropy: number; sampled?: Sampled };
  logprobs(): Float32Array;
  surprisal(from: number, to: number, topK: number): SurprisalEntry[];
  scores(): Omit<Score, 'continuation' | 'isGreedy'>[];
  attention(): Omit<Attention, 'tokens'>;
  /** The rows between the layers, `(layers, positions, hiddenSize)`. */
  states(): Float32Array;
  /** The logit lens on them: at one position, on the layers from … to, all by their indices. */
  lens(
    position: number,
    from: number,
    to: number,
    topK: number,
    ids: Uint32Array,
  ): Omit<LensEntry, 'layer' | 'position'>[];
  /** Draws a token; it comes with the `topK` most probable ones and those of `ids`. */
  sample(sampler: Sampler, topK: number, ids: Uint32Array): GeneratedToken;
  /** Reads an adapter for this model from the bytes of a GGUF file. */
  readAdapter(bytes: Uint8Array): Adapter;
  /** The bytes of such a file, with numbers of 16 bits or else 32. */
  writeAdapter(adapter: Adapter, isHalf: boolean): Uint8Array;
  /** What begins from now on has this adapter. */
  tune(adapter: Adapter, scale: number): void;
  untune(): void;
  /** Drops what was cached of runs with an adapter, and the adapter if it is active. */
  forget(adapter: Adapter): void;
  /** The size of heads whose rows are in the order in which the dimensions of a pair are neighbors, otherwise 0. */
  pairedHead(): number;
  /** LoRA that changes nothing yet, beside matrices by their indices, in the layers from … to. */
  freshLora(
    targets: Uint32Array,
    from: number,
    to: number,
    rank: number,
    alpha: number,
    seed: number,
  ): Adapter;
  /** (IA)³ that changes nothing yet. */
  freshGains(from: number, to: number): Adapter;
  trainer(adapter: Adapter, examples: Examples, settings: NewTrainSettings): Trainer;
  evaluation(examples: Examples, settings: NewTrainSettings): Evaluation;
  free(): void;
}

/** What a run learns from. */
export interface Examples {
  /** The tokens from index `from` on are to become probable. */
  text(ids: Uint32Array, from: number): void;
  /** An answer, and wrong ones one after the other. */
  choice(
    context: Uint32Array,
    answer: Uint32Array,
    others: Uint32Array,
    lengths: Uint32Array,
  ): void;
  /** What the teacher says after each of the tokens from index `from` on. */
  teacher(ids: Uint32Array, from: number, logprobs: Float32Array): void;
  free(): void;
}

/** New ones are the defaults. */
export interface NewTrainSettings extends TrainSettings {
  free(): void;
}

/** A run that trains. */
export interface Trainer {
  /** Does a part; answers the step if it has ended. */
  advance(): EndedStep | undefined;
  adapter(): Adapter;
  free(): void;
}

/** The loss of some examples. */
export interface Evaluation {
  /** Does a part; answers the loss if it is known. */
  advance(trainer: Trainer): number | undefined;
  free(): void;
}

/** LoRA or (IA)³ beside the weights. */
export interface Adapter {
  name(): string;
  alpha(): number;
  parameters(): number;
  /** The highest rank beside each of the seven matrices, in the order of `targets` in `adapters.ts`. */
  ranks(): Uint32Array;
  free(): void;
}

/** A run of the page, with what its adapter is measured on. */
export interface TrainingRun {
  trainer: Trainer;
  validation: Evaluation | null;
  neutral: Evaluation | null;
}

/** Draws tokens; owns the state of the random numbers. */
export interface Sampler {
  /** The same with numbers that are added to the logits of the tokens `ids`. Consumes this one. */
  withBias(ids: Uint32Array, bias: Float32Array): Sampler;
  free(): void;
}

/** The classes of the WebAssembly module, once it is instantiated. */
export interface EngineModule {
  /** As many workers as `threads` says, this one included, share the work. */
  Loader: new (
    threads: number,
    activationBits: number,
    shards: number,
    addBos: boolean,
  ) => Loader;
  /** The text may have `limit` tokens and no more; absent: any number. */
  Encoding: new (
    text: string,
    limit?: number,
  ) => Encoding;
  Examples: new () => Examples;
  TrainSettings: new () => NewTrainSettings;
  Sampler: new (
    temperature: number,
    topK: number,
    topP: number,
    minP: number,
    seed: number,
  ) => Sampler;
}

/** The module in memory, and how many threads work in it. */
export interface EngineInstance {
  module: EngineModule;
  threads: number;
  /** The locks that its other threads hold while they live. */
  locks?: readonly string[];
}
