/** Everything that crosses between the page and the worker: one union for each way. */

import type { AdapterInfo, EndedStep, TrainingPlan } from './adapters/types.js';
import type { ErrorReport } from './errors.js';
import type { SourceMessage } from './files/source-message.js';
import type {
  Attention,
  GeneratedToken,
  GenerateStep,
  Lens,
  LoadProgress,
  ModelInfo,
  Prediction,
  RunProgress,
  Score,
  States,
  SurprisalEntry,
  Token,
} from './types.js';
import type { Build } from './util/features.js';

/** The bytes of all tokens, one after the other: token `id` ends before `ends[id]`. */
export interface VocabularyBytes {
  bytes: Uint8Array;
  ends: Uint32Array;
}

/** A file of the model: all of it, or a shard. */
export interface ShardMessage {
  source: SourceMessage;
  name: string | null;
  sha256: string | null;
}

/** A build that may be used, and where its `.wasm` file is. */
export interface EngineFile {
  build: Build;
  wasmUrl: string;
}

/** A text, or ids of tokens. */
export type PromptMessage = string | readonly number[];

/** How tokens are drawn. */
export interface Sampling {
  temperature: number;
  topK: number;
  topP: number;
  minP: number;
  seed: number;
  /** What is added to the logits of which tokens. */
  bias: { ids: Uint32Array; values: Float32Array } | null;
  /** The only tokens that may be drawn. */
  allowed: Uint32Array | null;
}

/**
 * Edits of the residual stream: of each the layer, the position, 1 if all later positions are changed too, and 1 if its
 * row is added and does not replace. Their rows are one after the other.
 */
export interface EditsMessage {
  places: Uint32Array;
  rows: Float32Array;
}

/** Where states are asked for. Layers null are all of them. */
export interface StatesAsk {
  prompt: PromptMessage;
  layers: number[] | null;
  positions: number[] | 'all' | 'last';
  edits: EditsMessage | null;
}

/** An adapter that the worker holds under a number. */
export interface AdapterMessage {
  id: number;
  info: AdapterInfo;
}

/** A run that the worker holds under a number. */
export interface TrainingMessage {
  id: number;
  /** How many numbers are trained. */
  parameters: number;
}

/** Every call that the worker answers: what it is asked, what it answers, what it reports before. */
export interface Calls {
  load: {
    ask: {
      shards: ShardMessage[];
      files: EngineFile[];
      threads: number;
      activationBits: number;
      addBos: boolean;
      /** Of several shards together. */
      sha256: string | null;
      keep: boolean;
    };
    answer: ModelInfo;
    progress: LoadProgress;
  };
  tokenize: { ask: { text: string }; answer: Token[]; progress: never };
  detokenize: { ask: { ids: readonly number[] }; answer: Token[]; progress: never };
  predict: {
    ask: {
      prompt: PromptMessage;
      topK: number;
      /** Whether the first report is to have the tokens of the prompt. */
      promptTokens: boolean;
      logprobs: boolean;
      sampling: Sampling | null;
      edits: EditsMessage | null;
    };
    answer: Prediction;
    progress: RunProgress;
  };
  vocabulary: { ask: null; answer: VocabularyBytes; progress: never };
  logprobs: {
    ask: { prompt: PromptMessage; appended: readonly number[]; edits: EditsMessage | null };
    answer: Float32Array;
    progress: RunProgress;
  };
  surprisal: {
    /** To null is the end of the text. */
    ask: { text: PromptMessage; from: number; to: number | null; topK: number };
    answer: SurprisalEntry[];
    progress: RunProgress;
  };
  attention: {
    /** Position null is the last. */
    ask: { prompt: string; position: number | null };
    answer: Attention;
    progress: RunProgress;
  };
  states: { ask: StatesAsk; answer: States; progress: RunProgress };
  lens: {
    ask: StatesAsk & { topK: number; ids: readonly number[] };
    answer: Lens;
    progress: RunProgress;
  };
  embed: {
    ask: { texts: PromptMessage[]; layer: number; pooling: 'last' | 'mean' };
    answer: Float32Array[];
    progress: RunProgress;
  };
  score: {
    ask: {
      context: string;
      continuations: string[];
      references: string[];
      /** After the context, not after the references. */
      edits: EditsMessage | null;
      /** Whether a continuation that cannot be scored has its error in place of a score. */
      isEach: boolean;
    };
    answer: (Score | ErrorReport)[];
    progress: RunProgress;
  };
  generate: {
    ask: {
      prompt: PromptMessage;
      maxTokens: number;
      stop: string[];
      candidates: number;
      ids: readonly number[];
      sampling: Sampling;
      /** Whether the page says before each draw which tokens are allowed. */
      isAsked: boolean;
      edits: EditsMessage | null;
    };
    answer: null;
    progress: RunProgress;
  };
  loadAdapter: { ask: { gguf: Uint8Array }; answer: AdapterMessage; progress: never };
  saveAdapter: {
    ask: { id: number; bits: 16 | 32 };
    /** A GGUF file. */
    answer: Uint8Array<ArrayBuffer>;
    progress: never;
  };
  /** The size of the heads whose queries and keys have pairs that are neighbors; 0 if there are none. */
  pairedHead: { ask: null; answer: number; progress: never };
  removeAdapter: { ask: { id: number }; answer: null; progress: never };
  beginTraining: {
    ask: TrainingPlan;
    answer: TrainingMessage;
    progress: never;
  };
  /** Works for a while. Null: the step goes on. */
  advanceTraining: {
    ask: { id: number };
    answer: EndedStep | null;
    progress: never;
  };
  /** Works for a while. Null: the measurement goes on. */
  measureTraining: {
    ask: { id: number; what: 'validation' | 'neutral' };
    answer: number | null;
    progress: never;
  };
  adapterOfTraining: { ask: { id: number }; answer: AdapterMessage; progress: never };
  endTraining: { ask: { id: number }; answer: null; progress: never };
}

export type CallName = keyof Calls;

/** An adapter that a call runs with, by its number, and its scale. */
export interface AdapterUse {
  id: number;
  scale: number;
}

/** A call on its way to the worker. It runs with the adapter, or with none. */
export type Request<K extends CallName = CallName> = {
  [Name in K]: { type: Name; id: number; ask: Calls[Name]['ask']; adapter: AdapterUse | null };
}[K];

export type ToWorker =
  | Request
  /** The answer to a `pull`; null ends the stream. */
  | { type: 'chunk'; bytes: Uint8Array | null }
  /** The answer to a `choose`: null allows all tokens, and none ends the generation. */
  | { type: 'allow'; ids: Uint32Array | null }
  | { type: 'abort'; id: number }
  | ThreadMessage;

/** Makes the worker a thread of an engine, whose compiled module and memory these are. */
export interface ThreadMessage {
  type: 'thread';
  wasm: WebAssembly.Module;
  memory: WebAssembly.Memory;
}

export type FromWorker =
  /** The script runs; what fails before this is a failure to start. */
  | { type: 'started' }
  /** It holds this lock for as long as it lives, or one of its threads does. */
  | { type: 'alive'; lock: string }
  /** From a thread to its engine: it works from now on, and holds this lock, if it has one. */
  | { type: 'joined'; lock: string | null }
  /** The next chunk of a `pushed` file: which of the shards it is, from 0. */
  | { type: 'pull'; id: number; shard: number }
  | { type: 'progress'; id: number; progress: LoadProgress | RunProgress }
  | { type: 'step'; id: number; step: GenerateStep }
  /** Which tokens may be drawn after this one? Null is asked for the first. */
  | { type: 'choose'; id: number; after: GeneratedToken | null }
  | { type: 'done'; id: number; answer: Calls[CallName]['answer'] }
  | { type: 'failed'; id: number; error: ErrorReport };
