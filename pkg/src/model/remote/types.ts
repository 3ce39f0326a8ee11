/** What a connection to a server is, and how its answers differ from those of a loaded model. */
import type {
  CallOptions,
  Candidate,
  GeneratedToken,
  ModelInfo,
  Prediction,
  RunProgress,
} from '../../types.js';

/** Options of {@link Model.connect}. */
export interface ConnectOptions extends CallOptions {
  /** Name of the model on the server. Default: the only one, or the first, that the server lists. */
  model?: string | undefined;
  /**
   * Key, sent as `Authorization: Bearer …` to this address and no other. It is held in memory only and
   * appears in no message and no result.
   */
  apiKey?: string | undefined;
  /** Further headers of each request, for example of a proxy. They are treated like the key. */
  headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Whether every text begins with the begin token (BOS), if the server's tokenizer adds one by default.
   * Default true. `info.addsBos` reports the outcome.
   */
  addBos?: boolean | undefined;
  /**
   * Maximum number of requests under way, 1 to 64, and the same of streams, in which a model writes: their tokens may need
   * requests. Further ones wait. Default 4.
   */
  concurrency?: number | undefined;
  /** Longest time for one answer, in milliseconds. Default 120,000. */
  timeoutMs?: number | undefined;
}

/** What a connection can do. It was found by asking the server, not by the server's name. */
export interface Capabilities {
  /**
   * `'full'`: the probability of every token of the vocabulary can be had. `'top'`: only of the `top` most
   * probable ones. `'none'`: the server tells no probabilities, only text.
   */
  distribution: 'full' | 'top' | 'none';
  /** The most candidates that an answer can list; the size of the vocabulary if `distribution` is `'full'`. */
  top: number;
  /** Whether one request gives the log-probabilities of all tokens of a given text. */
  promptLogprobs: boolean;
  /** Whether the probability of any token, given by its id, can be had after any prompt. */
  namedTokens: boolean;
  /** Whether texts can be split into tokens. */
  tokenize: boolean;
  /** Always false: a server gives no rows between the layers. Load the model here for `states`. */
  states: false;
}

/** Facts about a model on a server. */
export interface RemoteInfo extends Pick<ModelInfo, 'name' | 'bosToken' | 'addsBos'> {
  /** The address of the server, without a key. */
  server: string;
  /** Number of tokens in the vocabulary; null if the server does not tell. */
  vocabularySize: number | null;
  /** Maximum number of tokens in a prompt and its continuation together; null if the server does not tell. */
  contextLength: number | null;
}

/**
 * A prediction of a server: that of a loaded model, except that numbers may be missing, which are null
 * then and never a guess.
 */
export interface RemotePrediction extends Omit<Prediction, 'entropy' | 'rest' | 'tokens'> {
  /**
   * The most probable next tokens, best first: fewer than `topK` if the server does not list so many.
   * `rest` is everything else.
   */
  candidates: Candidate[];
  rest: RemoteRest;
  /** Number of tokens in the prompt; null if the server does not tell. */
  tokens: number | null;
  /** Entropy of the full distribution, in nats; null unless all of it was requested with `logprobs: true`. */
  entropy: number | null;
  /** Always 0. */
  cachedTokens: number;
  /** Time until the server's answer, in milliseconds. */
  durationMs: number;
}

/** All tokens that are not listed. */
export interface RemoteRest {
  /** Number of tokens; null if the size of the vocabulary is not known. */
  count: number | null;
  /** Their total probability: 1 minus that of the candidates. */
  p: number;
}

/** What listens to a call. */
export interface Hooks {
  signal: AbortSignal | undefined;
  onProgress: ((progress: RunProgress) => void) | undefined;
}

/** A token that an answer lists. */
export type Listed = Pick<GeneratedToken, 'id' | 'logprob'>;
