/** A token of the model's vocabulary. */
export interface Token {
  id: number;
  /** Its exact bytes. A token may be a part of a character: not every one is valid UTF-8. */
  bytes: Uint8Array;
  /** The bytes as text, with U+FFFD for what is not valid UTF-8. For showing, not for joining. */
  text: string;
}

/**
 * A token with its place in a distribution: softmax over the full vocabulary at temperature 1.
 */
export interface Candidate extends Token {
  /** Probability, 0 to 1. */
  p: number;
  /** Natural logarithm of `p`, in nats. */
  logprob: number;
  /** 1 for the most probable token. */
  rank: number;
}

/** All tokens that are not among the candidates. */
export interface Rest {
  /** How many tokens. */
  count: number;
  /** Their probability together: with the candidates' it sums to 1. */
  p: number;
}

/** The answer to `predict`. */
export interface Prediction {
  /** The most probable next tokens, best first. */
  candidates: Candidate[];
  rest: Rest;
  /** Of the full distribution, in nats. */
  entropy: number;
  /** Tokens in the prompt. */
  tokens: number;
  /** How many of them did not have to be run again. */
  cachedTokens: number;
  /** Time that the engine took, in milliseconds, without the wait for earlier calls. */
  durationMs: number;
}

/** What the model thought of one token of a text, from the tokens before it. */
export interface SurprisalEntry {
  token: Token;
  /**
   * Natural logarithm of the token's probability, in nats; its surprisal in bits is
   * `-logprob / Math.LN2`. Null for the first token: there is no distribution before any token.
   */
  logprob: number | null;
  /** 1 if it was the most probable token. Null for the first token. */
  rank: number | null;
  /** Of the distribution at this place, in nats. Null for the first token. */
  entropy: number | null;
  /** The most probable tokens at this place, best first. Empty for the first token. */
  candidates: Candidate[];
}

/** A token of a continuation. */
export interface ScoredToken extends Token {
  /** Natural logarithm of its probability after the context and the tokens before it, in nats. */
  logprob: number;
}

/** A logprob in the forms in which continuations of different lengths are compared. */
export interface Forms {
  /** `S = Σ ln p`, the logprob of the whole continuation, in nats: the sum over its tokens. */
  logprob: number;
  /** `logprob` by the number of tokens: GPT-3's rule (Brown et al. 2020, §2.4). */
  perToken: number;
  /** `logprob` by the number of characters (code points), without the whitespace before them. */
  perCharacter: number;
  /** `logprob` by the length in UTF-8 bytes, with that whitespace. */
  perByte: number;
}

/**
 * What one token of a prompt attends to: `softmax(q kᵀ / √d)` after the causal mask, in each layer
 * and head (Vaswani et al. 2017, eq. 1). It says from which tokens a head took what it passed on, and
 * not why a prediction is what it is (Jain and Wallace 2019).
 */
export interface Attention {
  /** The tokens of the prompt, also those after `position`. */
  tokens: Token[];
  /** Which of them it is, from 0. */
  position: number;
  /** How many layers there are; the first is next to the prompt. */
  layers: number;
  /** How many heads each layer has. */
  heads: number;
  /**
   * A share, 0 to 1, for each layer, head and token up to and including itself: `(layers, heads,
   * position + 1)`, the last index fastest. The shares of a layer and head are one row, whose sum
   * is 1. There are none for later tokens: the model reads only to the left.
   */
  weights: Float32Array;
}

/** How probable a continuation is after a context. */
export interface Score extends Forms {
  /** As it was asked for. */
  continuation: string;
  /**
   * What was scored: the continuation, and before it the spaces that the context ended in. They
   * were encoded together with the context, so this is how the model reads them there.
   */
  tokens: ScoredToken[];
  /** The same after the reference, form by form; null where none was given. */
  reference: Forms | null;
  /**
   * What the context adds to the reference, form by form: `ln p(y | x) − ln p(y | reference)`. Null
   * where no reference was given.
   */
  adjusted: Forms | null;
}

/**
 * A sampled token. `p`, `logprob`, `rank` and `entropy` are those of the model's own distribution,
 * over the full vocabulary at temperature 1, whatever the sampling was.
 */
export interface GeneratedToken extends Candidate {
  /** Of the distribution that the token was drawn from, in nats. */
  entropy: number;
}

/**
 * Why a generation ended: the text of a `stop` string (`'stop'`), `maxTokens` or the end of the
 * context (`'length'`), or a token with which the model ends its answers (`'end'`).
 */
export type Finish = 'stop' | 'length' | 'end';

/** One token of a generation. */
export interface GenerateStep extends GeneratedToken {
  /**
   * The text that became certain with this token. Joined, the deltas of all steps are the
   * generated text: characters whose bytes lie in several tokens come whole, with the last of
   * them; text that may be the beginning of a stop string comes when it is known not to be; stop
   * strings and end tokens do not come.
   */
  textDelta: string;
  /** Null but for the last step. */
  finish: Finish | null;
}

/** What a loaded model is. */
export interface ModelInfo {
  /** Model family as the file names it, for example `'llama'`. */
  architecture: string;
  /** Name as the file gives it. */
  name: string;
  /** How many weights. */
  parameters: number;
  /** How many tokens there are. */
  vocabularySize: number;
  /** How many tokens a prompt and its continuation may have together. */
  contextLength: number;
  /** The type that most weights are in, for example `'Q4_1'`. */
  quantization: string;
  /** Length of the file in bytes; of several together. */
  bytes: number;
  /**
   * SHA-256 of the file, 64 lower-case hex digits. Of a model in several files it is the SHA-256 of
   * their hashes: 64 lower-case hex digits and a newline for each, in order.
   */
  sha256: string;
  /** Ids of the tokens with which the model ends its answers. */
  endTokens: number[];
  /** The Jinja template for conversations that the file carries, if any. */
  chatTemplate: string | null;
  /**
   * Which build of the engine runs: `'threads'` or, in a page that is not cross-origin isolated,
   * `'relaxed'` or, in a browser without relaxed SIMD, `'simd128'`.
   */
  build: string;
  /** How many threads run it. */
  threads: number;
  /** How finely activations are rounded: 8, or 16 bits. */
  activationBits: number;
  /** Whether the next load finds the file, in the browser or in Node's cache folder. */
  keeping: Keeping;
}

/**
 * Whether a model file is kept, in the browser or in Node's cache folder, so that the next load need
 * not fetch it:
 *
 * - `'kept'`: it is, whole and checked.
 * - `'full'`: it could not be, because about `bytesMissing` bytes of space are missing; null if
 *   that is not known. {@link removeCached} makes room.
 * - `'denied'`: the browser gives this page no storage, as in some private windows; or Node may not
 *   write its folder.
 * - `'off'`: it was not to be: `keep` is false, the source is not an http(s) address, or neither a
 *   `sha256` nor the server (ETag, Last-Modified) tells this version from the next.
 */
export type Keeping =
  | { state: 'kept' | 'denied' | 'off' }
  | { state: 'full'; bytesMissing: number | null };

/** A failure of the network that may pass by itself. */
export interface Retry {
  /** Which try comes next: 1 for the first after a failure, again whenever one has brought bytes. */
  attempt: number;
  /** How many tries in a row may bring nothing. */
  attempts: number;
  /** Time until it starts, in milliseconds. */
  delayMs: number;
  /** What failed, as a part of a sentence. */
  reason: string;
}

/** How far `Model.load` is. */
export interface LoadProgress {
  /**
   * `'wait'` while another page of this site, or another process, downloads the same file, whose copy
   * will then be read;
   * `'download'` while bytes come over the network, `'load'` while they come from elsewhere and
   * when the last have come, `'ready'` once at the end.
   */
  phase: 'wait' | 'download' | 'load' | 'ready';
  /** Goes back to where its file begins when a download has to start again. */
  bytesLoaded: number;
  /**
   * Of all files together. Null where it cannot be known, as of a stream or of an answer that is
   * compressed on the way, and until it is known of every file.
   */
  bytesTotal: number | null;
  /** There while the download is interrupted and is about to be tried again. */
  retry?: Retry;
  /**
   * How often it has started again from nothing, because the server could not resume it or its file
   * had changed, or because what was kept of it was damaged. Absent if never.
   */
  restarts?: number;
}

/** How far a run through the model is. */
export interface RunProgress {
  /** Tokens that are done, those found in the cache included. */
  tokensDone: number;
  tokensTotal: number;
  /** Tokens that did not have to be run, because an earlier call ran the same beginning. */
  cachedTokens: number;
}

/** What every call takes. */
export interface CallOptions {
  /**
   * Stops the call, also while it waits for others. It rejects at once with `code: 'aborted'`; the
   * engine stops at its next pause, at most a fraction of a second later, and keeps what it ran.
   */
  signal?: AbortSignal | undefined;
}
