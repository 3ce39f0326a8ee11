/** Options of the methods of a model. */

import type { Prompt } from '../prompt/task.js';
import type {
  CallOptions,
  GeneratedToken,
  LoadProgress,
  Perplexity,
  RunProgress,
} from '../types.js';
import type { Build } from '../util/features.js';

/**
 * A prompt: a text, a result of {@link renderPrompt}, or the ids of its tokens. Ids are read as they are, and
 * no begin token is added to them.
 */
export type AnyPrompt = string | Prompt | readonly number[];

/** Options of the methods that run the model. */
export interface RunOptions extends CallOptions {
  /** Called after each batch of tokens has run. */
  onProgress?: ((progress: RunProgress) => void) | undefined;
}

/**
 * A change of the residual stream while the model runs, for activation patching (Meng et al. 2022), task
 * vectors (Hendel et al. 2023) and steering (Turner et al. 2023): the row at a `layer` (see
 * {@link States}) and a `position`, or at all positions `from` one on, is replaced by a row, or a row is
 * added to it. Positions count the tokens of the prompt from 0, the begin token included, and must be
 * among them; an edit `from` a position also reaches what is appended, scored or generated after the
 * prompt. A row has `info.hiddenSize` finite numbers.
 *
 * Where several edits reach one row, it is replaced first and then added to. Of two replacements the one
 * that begins at a later position counts, or else the later one of the array.
 */
export type Edit = { layer: number } & (
  | { position: number; from?: undefined }
  | { from: number; position?: undefined }
) &
  (
    | { replace: ArrayLike<number>; add?: undefined }
    | { add: ArrayLike<number>; replace?: undefined }
  );

/** Options of the methods that run the model with edits. */
export interface EditOptions extends RunOptions {
  /**
   * Changes of the rows between the layers. Positions before the first edit are taken from the cache if
   * they ran, and a later call without the edits gives what it would have given. Where the last call of
   * {@link Model.states} was for the same prompt, with the layer of the lowest edit and all positions from
   * the first one on, `predict`, `logprobs` and `generate` begin at that layer. Default: none.
   */
  edits?: readonly Edit[] | undefined;
}

/** Options of {@link Model.states}. */
export interface StatesOptions extends EditOptions {
  /** The layers, from 0 to `info.layers`; see {@link States}. Default: all. */
  layers?: readonly number[] | undefined;
  /** Indices of tokens in the prompt, from 0, or `'all'` or `'last'`. Default `'last'`. */
  positions?: readonly number[] | 'all' | 'last' | undefined;
}

/** Options of {@link Model.lens}. */
export interface LensOptions extends StatesOptions {
  /** Number of candidates to list in each entry, 0 or more. Default 1. */
  topK?: number | undefined;
  /** Ids of tokens whose probability and rank each entry says. Default: none. */
  ids?: readonly number[] | undefined;
}

/** Options of {@link Model.embed}. */
export interface EmbedOptions extends RunOptions {
  /** The layer of the states, from 0 to `info.layers`; see {@link States}. Default: half of the layers. */
  layer?: number | undefined;
  /** The direction of the last token's state, or the mean of those of all tokens. Default `'mean'`. */
  pooling?: 'last' | 'mean' | undefined;
}

/** Options of {@link Model.predict}. */
export interface PredictOptions extends EditOptions {
  /** Number of candidates to list, 0 or more. Default 10. */
  topK?: number | undefined;
  /**
   * Whether to return the tokens of the prompt as well. The first report to `onProgress` has them
   * too, before the model runs. Default false.
   */
  promptTokens?: boolean | undefined;
  /** Whether to return the log-probability of every token of the vocabulary as well. Default false. */
  logprobs?: boolean | undefined;
  /** Also compute how often sampling with these settings would draw each candidate. Default: not. */
  sampling?: SamplingOptions | undefined;
}

/** Options of {@link Model.logprobs}. */
export interface LogprobsOptions extends EditOptions {
  /**
   * Ids of tokens to append to the prompt as they are. They may be tokens that no text encodes to, such
   * as half of a character. Default: none.
   */
  appended?: readonly number[] | undefined;
}

/** Options of {@link Model.surprisal}. */
export interface SurprisalOptions extends RunOptions {
  /** Index of the first token to report, from 0. Default 0. */
  from?: number | undefined;
  /** Index behind the last token to report; tokens from there on do not run. Default: the number of tokens. */
  to?: number | undefined;
  /** Number of candidates to list at each position, 0 or more. Default 0. */
  topK?: number | undefined;
}

/** Options of {@link Model.attention}. */
export interface AttentionOptions extends RunOptions {
  /** Index of the attending token in the prompt, from 0. Default: the last token. */
  position?: number | undefined;
}

/**
 * What a score is compared with: the same continuations after another context, or after several
 * contexts whose probabilities are averaged. The usual corrections are differences of this kind:
 *
 * | reference | name |
 * |---|---|
 * | `''`: no context, represented by the begin token if `info.addsBos`, else by the token `<|endoftext|>`, else by the begin token | PMI |
 * | `'Answer: '` | GPT-3's unconditional normalization (Brown et al. 2020, §2.4) |
 * | a text that names the domain, such as `' the answer is:'` | PMI_DC (Holtzman et al. 2021) |
 * | the same prompt with the queries of {@link contentFree} | contextual calibration (Zhao et al. 2021) |
 * | the prompts of all queries of a batch | batch calibration (Zhou et al. 2023) |
 *
 * Spaces at the end of a reference are dropped if the continuation begins with a space.
 */
export type Reference = string | Prompt | readonly (string | Prompt)[];

/** Options of {@link Model.score}. */
export interface ScoreOptions extends EditOptions {
  /** What to compare the scores with. It runs without the `edits`. Default: nothing. */
  reference?: Reference | undefined;
}

/** A context and what is to be scored after it, for {@link Model.scoreMany}. */
export interface ScoreRequest {
  context: string | Prompt;
  /** At least one text. */
  continuations: readonly string[];
}

/** Progress of {@link Model.perplexity}. */
export interface PerplexityProgress {
  /** Number of texts that are done. */
  done: number;
  total: number;
  /** Their results, in order. */
  texts: readonly Perplexity[];
}

/** Options of {@link Model.perplexity}. */
export interface PerplexityOptions extends CallOptions {
  /** Called after each text. */
  onProgress?: ((progress: PerplexityProgress) => void) | undefined;
}

/** How a token is drawn from the distribution: the settings apply in this order. */
export interface SamplingOptions {
  /** Sampling temperature, 0 or more. 0 always takes the most probable token; 1 samples from the model's own distribution. Default 0. */
  temperature?: number | undefined;
  /** Sample only from this number of most probable tokens; 0 for all. Default 0. */
  topK?: number | undefined;
  /**
   * Sample only from the smallest set of tokens that reaches this total probability, above 0 and at
   * most 1. Default 1: all tokens.
   */
  topP?: number | undefined;
  /** Exclude tokens below this fraction of the top token's probability, from 0 to 1. Default 0: none. */
  minP?: number | undefined;
  /**
   * What is added to the logits of some tokens, by id, before the other settings. A bias of −100 forbids a
   * token and one of 100 forces it. The probabilities that are reported do not change. Default: none.
   *
   * ```ts
   * const { text } = await model.complete('Q: cat\nA:', { logitBias: { [id]: -100 } });
   * ```
   */
  logitBias?: Readonly<Record<number, number>> | undefined;
  /**
   * The only tokens that may be drawn, by id: a list, or a function that says them before each token. The function
   * returns `null` to allow all tokens, and an empty array to end the generation. The probabilities that are reported do
   * not change. Default: all tokens.
   *
   * ```ts
   * // One of the choices, and then the end.
   * const choices = ['red"', 'green"', 'blue"'];
   * const vocabulary = await model.vocabulary();
   * const allowed = ({ text }) =>
   *   vocabulary
   *     .filter((token) => token.text && choices.some((one) => one.startsWith(text + token.text)))
   *     .map(({ id }) => id);
   * await model.complete('The sky as JSON: {"color": "', { allowed });
   * ```
   */
  allowed?: readonly number[] | AllowedTokens | undefined;
}

/** What has been generated so far. */
export interface GenerationState {
  /** The tokens, in order; none before the first one. */
  tokens: readonly GeneratedToken[];
  /** Their text. A character of which a part is missing is not in it. */
  text: string;
}

/** The tokens that may be drawn next, by id; null for all of them. It runs in the page, and other calls wait for it. */
export type AllowedTokens = (state: GenerationState) => readonly number[] | null;

/** Options of {@link Model.generate}. */
export interface GenerateOptions extends EditOptions, SamplingOptions {
  /** Maximum number of tokens to generate, 1 or more. Default 64. */
  maxTokens?: number | undefined;
  /** Seed of the sampling, an integer of at least 0. The same seed and options generate the same text. Default 0. */
  seed?: number | undefined;
  /** One or more strings that end the generation where one first occurs. Default: none. */
  stop?: string | readonly string[] | undefined;
  /** Number of most probable tokens to list at each step, 0 or more. Default 0. */
  candidates?: number | undefined;
  /** Ids of tokens whose probability and rank each step says. Default: none. */
  ids?: readonly number[] | undefined;
}

/** Options of {@link Model.load}. */
export interface LoadOptions extends CallOptions {
  /**
   * SHA-256 that the file must have, in hex. For a model in several files, an array with one for each
   * file, or the combined one that `info.sha256` has. Default: that of the default model if no source is
   * given, that of a model of the catalogue if it is known, else none.
   */
  sha256?: string | readonly string[] | undefined;
  /** Called as bytes arrive, and when the download waits, retries or starts over. */
  onProgress?: ((progress: LoadProgress) => void) | undefined;
  /**
   * Whether to cache a file from an http(s) URL, in the browser's storage or in Node's cache folder, and
   * to read it from there. Default true. With `false` the cache is neither read nor written.
   * `info.keeping` reports the outcome; {@link listCached} and {@link removeCached} list and remove
   * cached files.
   */
  keep?: boolean | undefined;
  /**
   * Maximum number of threads, 1 or more, limited to the number of cores. Default 8. A page that is not
   * cross-origin isolated runs one thread; `info.threads` has the actual number. The results are
   * identical to the last bit for any number of threads.
   */
  threads?: number | undefined;
  /**
   * Precision to which the engine rounds activations, the intermediate values of the model. With 8, the
   * default, most have 8 bits and the sensitive ones 16: this is faster, and as accurate as llama.cpp.
   * With 16, all have 16 bits and almost nothing is lost: use it if the last digits matter. In both
   * cases all builds give identical bits.
   */
  activationBits?: 8 | 16 | undefined;
  /**
   * Whether every text begins with the model's begin token (BOS) if its file asks for it, as those of
   * Llama 3, Gemma and TinyLlama do: these models were trained on such texts alone. Default true.
   * `info.addsBos` reports the outcome.
   */
  addBos?: boolean | undefined;
  /**
   * URL of the worker script. Default: the script of the package. A script on another origin is started
   * through a `blob:` URL; its server must allow the page to read it (CORS).
   */
  workerUrl?: string | URL | undefined;
  /**
   * Runs only this build of the engine, for tests and comparisons. Default: the fastest build that runs
   * here.
   */
  build?: Build | undefined;
  /**
   * URLs of the engine's `.wasm` files by build. Only the builds named here are used. A single URL is
   * that of `build`, or of `'simd128'`. Default: the files of the package.
   */
  wasmUrl?: string | URL | Partial<Record<Build, string | URL>> | undefined;
}
