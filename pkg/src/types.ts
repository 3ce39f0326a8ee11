import type { ShotglassError } from './errors.js';

/** A token of the model's vocabulary. */
export interface Token {
  /** Its index in the vocabulary. Negative if a server does not tell it; see {@link RemoteModel}. */
  id: number;
  /** Its exact bytes. They are not always valid UTF-8: a token may be part of a character. */
  bytes: Uint8Array;
  /** The bytes as text, with U+FFFD for invalid UTF-8. Meant for display; do not join it. */
  text: string;
  /**
   * How many of the first bytes the tokenizer added to the text: all of a begin token, or the space that
   * a SentencePiece model puts in front of a text. Absent if none. Only tokens of a prompt or text have it.
   */
  added?: number | undefined;
  /**
   * True if `bytes` are only those of `text`, because a server told no more of a token that is part of a
   * character. Absent otherwise.
   */
  isInexact?: true | undefined;
}

/** A token and its probability in a distribution: the softmax over the full vocabulary at temperature 1. */
export interface Candidate extends Token {
  /** Probability, 0 to 1. */
  p: number;
  /** Natural logarithm of `p`, in nats. */
  logprob: number;
  /** 1 for the most probable token. */
  rank: number;
}

/** A token that was named or drawn: as a candidate, but a server may not tell its rank. */
export interface NamedToken extends Omit<Candidate, 'rank'> {
  /** 1 for the most probable token; null if a server does not tell it. */
  rank: number | null;
}

/** All tokens that are not listed as candidates. */
export interface Rest {
  /** Number of tokens. */
  count: number;
  /** Their total probability. Together with the candidates it sums to 1. */
  p: number;
}

/** The result of {@link Model.predict}. */
export interface Prediction {
  /** The most probable next tokens, best first. */
  candidates: Candidate[];
  rest: Rest;
  /** Entropy of the full distribution, in nats. */
  entropy: number;
  /** Number of tokens in the prompt. */
  tokens: number;
  /** Number of prompt tokens taken from the cache. */
  cachedTokens: number;
  /** Time that the engine took, in milliseconds, not counting the wait for earlier calls. */
  durationMs: number;
  /** The tokens of the prompt, if requested. */
  promptTokens?: Token[] | undefined;
  /** The log-probability of every token of the vocabulary, indexed by id, in nats, if requested. */
  logprobs?: Float32Array | undefined;
  /** What sampling would draw, if requested. */
  sampled?: Sampled | undefined;
}

/** What sampling with certain settings would draw as the next token. */
export interface Sampled {
  /** Number of tokens that could be drawn. */
  count: number;
  /** The probability that each of the `candidates` is drawn, in their order; 0 for one that is excluded. */
  p: number[];
}

/** How probable one token of a text is after the tokens before it. */
export interface SurprisalEntry {
  token: Token;
  /**
   * Natural logarithm of the token's probability, in nats; its surprisal in bits is
   * `-logprob / Math.LN2`. Null for the first token, which no distribution precedes; where
   * `info.addsBos`, that is the begin token.
   */
  logprob: number | null;
  /** Rank of the token, 1 for the most probable. Null for the first token. */
  rank: number | null;
  /** Entropy of the distribution at this position, in nats. Null for the first token. */
  entropy: number | null;
  /** The most probable tokens at this position, best first. Empty for the first token. */
  candidates: Candidate[];
}

/** A token of a continuation. */
export interface ScoredToken extends Token {
  /** Natural logarithm of its probability after the context and the tokens before it, in nats. */
  logprob: number;
  /** 1 for the most probable token there; null if a server does not tell it. */
  rank: number | null;
}

/** A log-probability in the forms that compare continuations of different lengths. */
export interface Forms {
  /** `S = Σ ln p`, the log-probability of the whole continuation, in nats: the sum over its tokens. */
  logprob: number;
  /** `logprob` divided by the number of tokens, as in GPT-3 (Brown et al. 2020, §2.4). */
  perToken: number;
  /** `logprob` divided by the number of characters (code points), without leading whitespace. */
  perCharacter: number;
  /** `logprob` divided by the number of UTF-8 bytes, including leading whitespace. */
  perByte: number;
}

/**
 * The attention of one token of a prompt: `softmax(q kᵀ / √d)` after the causal mask, in each layer
 * and head (Vaswani et al. 2017, eq. 1). It shows which tokens a head reads from; it does not explain a
 * prediction (Jain and Wallace 2019).
 */
export interface Attention {
  /** All tokens of the prompt, including those after `position`. */
  tokens: Token[];
  /** Index of the attending token, from 0. */
  position: number;
  /** Number of layers. The first one is closest to the prompt. */
  layers: number;
  /** Number of heads in each layer. */
  heads: number;
  /**
   * A weight from 0 to 1 for each layer, head and token up to and including `position`. The shape is
   * `(layers, heads, position + 1)`, with the last index varying fastest. The weights of one layer and
   * head sum to 1. Later tokens have no weights, because the model reads only to the left.
   */
  weights: Float32Array;
}

/**
 * Rows of the residual stream, the vector at each position to which every layer adds its result
 * (Elhage et al. 2021). Layer 0 is the embedding as the first layer receives it, scaled and with its
 * position if the model does that. Layer `ℓ` is what the layer number `ℓ`, counted from 1, leaves. The
 * last one, `info.layers`, goes into the last normalization and the output layer.
 */
export interface States {
  /** All tokens of the prompt. */
  tokens: Token[];
  /** The layers of the rows. */
  layers: number[];
  /** The positions of the rows, from 0. */
  positions: number[];
  /** Numbers in a row: `info.hiddenSize`. */
  size: number;
  /** The shape is `(layers, positions, size)`, with the last index varying fastest. */
  rows: Float32Array;
}

/**
 * What the model would predict at one position if it ended after one layer: `softmax(W · norm(h))` of
 * the state `h` there (the logit lens, nostalgebraist 2020). After the last layer this is the
 * prediction itself. Early layers are biased, because they were not trained to be read this way
 * (Belrose et al. 2023).
 */
export interface LensEntry {
  layer: number;
  position: number;
  /** The most probable next tokens, best first. */
  candidates: Candidate[];
  rest: Rest;
  /** Entropy of the full distribution, in nats. */
  entropy: number;
  /** The tokens `ids` of the options, in their order. */
  asked: Candidate[];
  /** `KL(prediction ‖ this)`, from the model's own prediction at this position, in nats. */
  divergence: number;
}

/** The result of {@link Model.lens}. */
export interface Lens {
  /** All tokens of the prompt. */
  tokens: Token[];
  /** The layers that were read; see {@link States} for what they mean. */
  layers: number[];
  /** The positions that were read, from 0. */
  positions: number[];
  /** One entry for each layer and position, as `entries[layer][position]` by their indices in the lists. */
  entries: LensEntry[][];
}

/** How probable a continuation is after a context. */
export interface Score extends Forms {
  /** The continuation as it was passed. */
  continuation: string;
  /**
   * The tokens that were scored: the continuation, preceded by any spaces at the end of the context.
   * Context and continuation are encoded together, so these are the tokens that the model reads.
   */
  tokens: ScoredToken[];
  /**
   * Whether each of these tokens is the most probable one there, so that generating at temperature 0 would
   * begin with the continuation.
   */
  isGreedy: boolean;
  /** The same forms after the reference; null if none was given. */
  reference: Forms | null;
  /**
   * The difference between context and reference, form by form: `ln p(y | x) − ln p(y | reference)`,
   * in nats. Null if no reference was given.
   */
  adjusted: Forms | null;
}

/** The result of {@link Model.scoreEach} for one continuation: a score, or else an error. */
export type EachScore =
  | (Score & { error?: undefined })
  | ({ continuation: string; error: ShotglassError } & {
      [Name in Exclude<keyof Score, 'continuation'>]?: undefined;
    });

/** The result of {@link Model.scoreMany} for one request, by its index: its scores, or else an error. */
export type ManyScores =
  | { index: number; scores: Score[]; error?: undefined }
  | { index: number; scores?: undefined; error: ShotglassError };

/** How well a model predicts a text. */
export interface Perplexity {
  /** `S = −Σ ln p`, summed over the tokens that are predicted, in nats. */
  nats: number;
  /** Number of these tokens, `n`. */
  tokens: number;
  /** Number of their bytes in UTF-8, `b`. */
  bytes: number;
  /** `exp(S / n)`: the number of equally likely tokens with the same mean logprob (Jelinek et al. 1977). */
  perplexity: number;
  /** `S / (b ln 2)`. It also compares models with different vocabularies (Gao et al. 2020, §3.1). */
  bitsPerByte: number;
}

/** The result of {@link Model.perplexity}: of all texts together, and of each. */
export interface Perplexities extends Perplexity {
  texts: Perplexity[];
}

/**
 * A generated token. `p`, `logprob`, `rank` and `entropy` refer to the model's own distribution over
 * the full vocabulary at temperature 1, whatever the sampling options are.
 */
export interface GeneratedToken extends NamedToken {
  /** Entropy of the model's distribution at this position, in nats; null from a server. */
  entropy: number | null;
  /** The most probable tokens at this position, best first, if requested. */
  candidates?: Candidate[] | undefined;
  /** The tokens `ids` of the options, in their order, if requested. */
  asked?: NamedToken[] | undefined;
}

/**
 * Why a generation ended: it produced a `stop` string, or `allowed` has no more tokens (`'stop'`); it reached `maxTokens` or the end of
 * the context (`'length'`), or the model produced an end token (`'end'`).
 */
export type Finish = 'stop' | 'length' | 'end';

/** One token of a generation. */
export interface GenerateStep extends GeneratedToken {
  /**
   * The text that this token completes. The deltas of all steps, joined, are the generated text. A
   * character that spans several tokens comes with the last of them. Text that may begin a stop string
   * is held back until it is clear that it does not. Stop strings and end tokens are not included.
   */
  textDelta: string;
  /** Null for every step but the last. */
  finish: Finish | null;
}

/** The result of {@link Model.complete}. */
export interface Completion {
  /** The generated text, without stop strings and end tokens. */
  text: string;
  finish: Finish;
  /** All generated tokens, those of a stop string and an end token included. */
  tokens: GeneratedToken[];
}

/** Facts about a loaded model. */
export interface ModelInfo {
  /** Model family as named in the file, for example `'llama'`. */
  architecture: string;
  /** Name of the model as given in the file. */
  name: string;
  /** Number of weights. */
  parameters: number;
  /** Number of tokens in the vocabulary. */
  vocabularySize: number;
  /** Maximum number of tokens in a prompt and its continuation together. */
  contextLength: number;
  /** The type of most weights, for example `'Q4_1'`. */
  quantization: string;
  /** Size of the file in bytes; the total for a model in several files. */
  bytes: number;
  /**
   * SHA-256 of the file, 64 lowercase hex digits. For a model in several files it is the SHA-256 of the
   * list of their hashes: 64 lowercase hex digits and a newline for each file, in order.
   */
  sha256: string;
  /**
   * Memory that the weights take, in bytes. It is 1 to 1.35 times the size of most files, and more if
   * weights have less than four bits or are 16-bit floats. The cache of prompts needs memory beside it.
   */
  memoryBytes: number;
  /** Number of layers. */
  layers: number;
  /** Numbers in a row between the layers, `n_embd`; see {@link States}. */
  hiddenSize: number;
  /** Ids of the tokens with which the model ends its answers. */
  endTokens: number[];
  /** Id of the file's begin token (BOS); null if it has none. */
  bosToken: number | null;
  /**
   * Whether every text begins with `bosToken`, because the file asks for it. A text that begins with that
   * token already gets no second. See the option `addBos` of {@link Model.load}.
   */
  addsBos: boolean;
  /** The file's Jinja template for conversations; null if it has none. */
  chatTemplate: string | null;
  /**
   * The build of the engine that runs: `'threads'`, or `'simd128-threads'` if the browser has no relaxed
   * SIMD; if the page is not cross-origin isolated, or one thread was asked for, `'relaxed'` or `'simd128'`.
   */
  build: string;
  /** Number of threads in use. */
  threads: number;
  /** Precision to which activations are rounded, in bits: 8 or 16. */
  activationBits: number;
  /** Whether the file is cached for the next load, in the browser or in Node's cache folder. */
  keeping: Keeping;
}

/**
 * Whether a model file is cached, in the browser or in Node's cache folder, so that the next load does
 * not download it:
 *
 * - `'kept'`: the whole file is cached and verified.
 * - `'full'`: there is not enough space. About `bytesMissing` more bytes are needed; null if that is not
 *   known. {@link removeCached} frees space.
 * - `'denied'`: the browser gives this page no storage, as in some private windows, or Node cannot
 *   write to its cache folder.
 * - `'off'`: caching was not requested or not possible: `keep` is false, the source is not an http(s)
 *   URL, or neither a `sha256` nor the server (ETag, Last-Modified) identifies the version of the file.
 */
export type Keeping =
  | { state: 'kept' | 'denied' | 'off' }
  | { state: 'full'; bytesMissing: number | null };

/** A temporary network failure, and when the download is retried. */
export interface Retry {
  /** Number of the next attempt. It restarts at 1 whenever an attempt has received bytes. */
  attempt: number;
  /** Maximum number of attempts in a row that receive no bytes. */
  attempts: number;
  /** Time until the next attempt, in milliseconds. */
  delayMs: number;
  /** What failed, as part of a sentence. */
  reason: string;
}

/** Progress of {@link Model.load}. */
export interface LoadProgress {
  /**
   * `'wait'` while another page of this site, or another process, downloads the same file, which is
   * then read from the cache; `'download'` while bytes arrive over the network; `'load'` while bytes are
   * read from elsewhere, and after the last byte has arrived; `'ready'` once, at the end.
   */
  phase: 'wait' | 'download' | 'load' | 'ready';
  /** Bytes loaded so far, over all files. Drops to the start of a file when its download starts over. */
  bytesLoaded: number;
  /**
   * Size of all files together. Null until the size of every file is known. The size of a stream, or of
   * a response that is compressed in transit, is never known.
   */
  bytesTotal: number | null;
  /** Present while the download is interrupted and about to be retried. */
  retry?: Retry;
  /**
   * How often the download has started over, because the server could not resume it, the file on the
   * server had changed, or the cached part was damaged. Absent if never.
   */
  restarts?: number;
}

/** Progress of a run through the model. */
export interface RunProgress {
  /** Tokens done so far, including those found in the cache. */
  tokensDone: number;
  /** Tokens to run in total, including those found in the cache. */
  tokensTotal: number;
  /** Tokens taken from the cache, because an earlier call ran the same beginning. */
  cachedTokens: number;
  /** The tokens of the prompt, if requested: in the first report, before the model runs. */
  promptTokens?: Token[] | undefined;
}

/** Options of every call. */
export interface CallOptions {
  /**
   * Aborts the call, even while it waits for other calls. The call rejects at once with
   * `code: 'aborted'`. The engine stops a fraction of a second later and caches what it has run.
   */
  signal?: AbortSignal | undefined;
}
