/** What the calls of a model take. */

import type { Prompt } from '../prompt/task.js';
import type { CallOptions, LoadProgress, RunProgress } from '../types.js';
import type { Build } from '../util/features.js';

/** What the calls that run the model take. */
export interface RunOptions extends CallOptions {
  /** Called after each part of the tokens that was run. */
  onProgress?: ((progress: RunProgress) => void) | undefined;
}

export interface PredictOptions extends RunOptions {
  /** How many candidates to list, 0 or more. Default 10. */
  topK?: number | undefined;
}

export interface LogprobsOptions extends RunOptions {
  /**
   * Ids of tokens behind the prompt, as they are: also those that no text is encoded into, such as
   * half of a character. Default: none.
   */
  appended?: readonly number[] | undefined;
}

export interface SurprisalOptions extends RunOptions {
  /** How many candidates to list at each place, 0 or more. Default 0. */
  topK?: number | undefined;
}

export interface AttentionOptions extends RunOptions {
  /** Which token of the prompt, from 0. Default: the last. */
  position?: number | undefined;
}

/**
 * What a score is compared with: the same continuations after another context, or after several,
 * whose probabilities are averaged. Every correction of the field is such a difference:
 *
 * | reference | name |
 * |---|---|
 * | `''`: no context, which is the token `<|endoftext|>` where the model has one, else its token for beginnings | PMI |
 * | `'Answer: '` | GPT-3's unconditional normalisation (Brown et al. 2020, §2.4) |
 * | a text that names the domain, such as `' the answer is:'` | PMI_DC (Holtzman et al. 2021) |
 * | the same prompt with the queries of {@link contentFree} | contextual calibration (Zhao et al. 2021) |
 * | the prompts of all queries of a batch | batch calibration (Zhou et al. 2023) |
 *
 * Spaces at the end of a reference are left out where the continuation has its own.
 */
export type Reference = string | Prompt | readonly (string | Prompt)[];

export interface ScoreOptions extends RunOptions {
  /** What to compare with. Default: nothing. */
  reference?: Reference | undefined;
}

export interface GenerateOptions extends RunOptions {
  /** The most tokens to generate, 1 or more. Default 64. */
  maxTokens?: number | undefined;
  /** 0 always takes the most probable token; 1 is the model's own distribution. Default 0. */
  temperature?: number | undefined;
  /** Draw only from this many most probable tokens; 0 for all. Default 0. */
  topK?: number | undefined;
  /**
   * Draw only from the fewest tokens that reach this probability together: above 0, and 1 at most.
   * Default 1: all.
   */
  topP?: number | undefined;
  /** Leave out tokens below this share of the best token's probability, 0–1. Default 0: none. */
  minP?: number | undefined;
  /** The same seed and options generate the same text. An integer, 0 or more. Default 0. */
  seed?: number | undefined;
  /** Text that ends the generation where it first occurs. */
  stop?: string | readonly string[] | undefined;
}

export interface LoadOptions extends CallOptions {
  /**
   * SHA-256 that the file must have, in hex; of a model in several files an array, one for each, or
   * that of all together, which is `info.sha256`. Default: none, or that of the default model.
   */
  sha256?: string | readonly string[] | undefined;
  /** Called as bytes arrive, and when the download waits, is tried again or starts again. */
  onProgress?: ((progress: LoadProgress) => void) | undefined;
  /**
   * Whether a file from an http(s) address is kept, and read from where it is kept: the browser's
   * storage, or Node's cache folder. Default true. With `false` what is kept is neither read nor written.
   * `info.keeping` says what came of it; {@link listCached} and {@link removeCached} are for what lies
   * there.
   */
  keep?: boolean | undefined;
  /**
   * The most threads that may run the model, 1 or more; no more are taken than the machine has
   * cores. Default 8. Where the page is not cross-origin isolated there is one: see `info.threads`.
   * The numbers do not depend on it, to the last bit.
   */
  threads?: number | undefined;
  /**
   * How finely the engine rounds activations, the numbers on their way through the model. With 8,
   * the default, most have 8 bits and the sensitive ones 16: faster, and as near to the model in
   * the file as llama.cpp. With 16 all have 16: next to nothing is lost, for when the last digits
   * matter. Either way all builds give the same bits.
   */
  activationBits?: 8 | 16 | undefined;
  /**
   * Where the worker's script is, if not beside this one. From another origin it is started through a
   * `blob:` address; that server must allow the page to read it (CORS).
   */
  workerUrl?: string | URL | undefined;
  /**
   * Runs this build of the engine and no other, for tests and comparisons. Default: the fastest
   * that runs here.
   */
  build?: Build | undefined;
  /**
   * Where the engine's `.wasm` files are, if not where the package has them. Only the builds that
   * are named here are used; an address alone is that of `build`, or of `'simd128'`.
   */
  wasmUrl?: string | URL | Partial<Record<Build, string | URL>> | undefined;
}
