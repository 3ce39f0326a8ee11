import type {
  CallOptions,
  Completion,
  GenerateStep,
  Score,
  SurprisalEntry,
  Token,
} from '../../types.js';
import { names } from '../../util/option-names.js';
import * as check from '../../util/validate.js';
import { generateAsk, predictAsk, promptMessage, runHooks, surprisalAsk } from '../asks.js';
import { completed } from '../complete.js';
import type {
  AnyPrompt,
  GenerateOptions,
  LogprobsOptions,
  PredictOptions,
  RunOptions,
  ScoreOptions,
  SurprisalOptions,
} from '../options.js';
import type { Completions, Sent } from './completions.js';
import { onlyHere, unsupported } from './errors.js';
import { generate } from './generate.js';
import type { Http } from './http.js';
import { placesOf } from './places.js';
import type { Probed } from './probe.js';
import { emptyPrompt, score, tooLong } from './score.js';
import type { Tokenizer } from './tokenizer.js';
import type { Capabilities, Listed, RemoteInfo, RemotePrediction } from './types.js';

/**
 * A model on a server, which {@link Model.connect} gives: the methods of {@link Model} that need no look
 * into the model. Experiments take it wherever they ask for these methods only.
 *
 * What a server does not tell is null, or an error of code `unsupported-by-server` that says which servers
 * tell it. In addition to the errors listed at each method, every method rejects with a
 * {@link ShotglassError} of code `invalid-option`, `aborted`, `closed` (after {@link RemoteModel.close}),
 * `request-failed` (the server was not reached, refused, or its answer cannot be right) or
 * `prompt-too-long`.
 *
 * A server that runs several requests together rounds differently from call to call: expect differences in
 * the third digit of log-probabilities.
 */
export class RemoteModel {
  /** Facts about the model, as far as the server tells them. */
  readonly info: Readonly<RemoteInfo>;
  /** What this connection can do. */
  readonly capabilities: Readonly<Capabilities>;
  /** How many calls are answered side by side; experiments with many prompts use it. */
  readonly concurrency: number;
  readonly #http: Http;
  readonly #tokenizer: Tokenizer;
  readonly #completions: Completions;

  /** @internal */
  constructor(
    http: Http,
    { info, capabilities, tokenizer, completions }: Probed,
    concurrency: number,
  ) {
    this.#http = http;
    this.#tokenizer = tokenizer;
    this.#completions = completions;
    this.info = Object.freeze(info);
    this.capabilities = Object.freeze(capabilities);
    this.concurrency = concurrency;
  }

  /** Splits a text into tokens, as {@link Model.tokenize} does. */
  async tokenize(text: AnyText, options: CallOptions = {}): Promise<Token[]> {
    check.only(options, names.call);
    return this.#tokenizer.tokenize(check.promptText(text, 'text'), check.signal(options.signal));
  }

  /** The text of token ids. */
  async detokenize(ids: readonly number[], options: CallOptions = {}): Promise<string> {
    check.only(options, names.call);
    const all = check.tokenIds('ids', ids, this.#askInfo.vocabularySize);
    return this.#tokenizer.detokenize(all, check.signal(options.signal));
  }

  /**
   * The most probable next tokens after a prompt, and the sum of all others: at temperature 1, whatever the
   * server would sample. With `logprobs: true` the whole distribution is requested, which takes megabytes;
   * only then `entropy` is known.
   *
   * @throws {@link ShotglassError} `empty-prompt`, `invalid-text`; `unsupported-by-server` if the server tells
   * no log-probabilities, or not all that `logprobs: true` needs.
   */
  async predict(
    prompt: AnyPrompt,
    options: PredictOptions & { logprobs: true },
  ): Promise<RemotePrediction & { entropy: number; logprobs: Float32Array }>;
  async predict(prompt: AnyPrompt, options?: PredictOptions): Promise<RemotePrediction>;
  async predict(prompt: AnyPrompt, options: PredictOptions = {}): Promise<RemotePrediction> {
    noEdits(options.edits);
    const ask = predictAsk(prompt, options, this.#askInfo);
    if (ask.sampling) throw onlyHere('What sampling would draw');
    if (this.capabilities.top === 0) throw unsupported('top', 'predict');
    if (ask.logprobs) this.#needsAll('predict with logprobs');
    const { signal, onProgress } = runHooks(options);
    const start = performance.now();
    const promptTokens = Array.isArray(ask.prompt)
      ? ask.promptTokens && (await this.#tokenizer.tokensOf(ask.prompt, signal))
      : await this.#tokenizer.tokenize(ask.prompt as string, signal);
    const ids = promptTokens ? promptTokens.map(({ id }) => id) : (ask.prompt as readonly number[]);
    this.#checkLength(ids);
    const total = ids.length;
    const first = { tokensDone: 0, tokensTotal: total, cachedTokens: 0 };
    onProgress?.(ask.promptTokens && promptTokens ? { ...first, promptTokens } : first);
    const count = Math.min(ask.topK, this.capabilities.top);
    const top = ask.logprobs ? null : Math.max(count, 1);
    const [next] = await this.#completions.next([ids], { top }, signal);
    const all = next?.top ?? [];
    const best = all.slice(0, count);
    const tokens = await this.#tokenizer.tokensOf(
      best.map(({ id }) => id),
      signal,
    );
    onProgress?.({ ...first, tokensDone: total });
    const candidates = best.map(({ logprob }, i) => ({
      ...(tokens[i] as Token),
      p: Math.exp(logprob),
      logprob,
      rank: i + 1,
    }));
    const { vocabularySize } = this.info;
    const prediction: RemotePrediction = {
      candidates,
      rest: {
        count: vocabularySize === null ? null : vocabularySize - best.length,
        p: ask.logprobs ? sumOf(all.slice(count)) : Math.max(0, 1 - sumOf(best)),
      },
      entropy: ask.logprobs ? entropyOf(all) : null,
      tokens: total,
      cachedTokens: 0,
      durationMs: performance.now() - start,
      ...(ask.promptTokens && promptTokens && { promptTokens }),
    };
    return ask.logprobs ? { ...prediction, logprobs: this.#byId(all) } : prediction;
  }

  /**
   * The log-probability of every token of the vocabulary as the next token, indexed by id.
   *
   * @throws {@link ShotglassError} `empty-prompt`, `invalid-text`; `unsupported-by-server` unless
   * `capabilities.distribution` is `'full'`.
   */
  async logprobs(prompt: AnyPrompt, options: LogprobsOptions = {}): Promise<Float32Array> {
    check.only(options, { appended: true, ...names.edits, ...names.run });
    noEdits(options.edits);
    this.#needsAll('logprobs');
    const { vocabularySize } = this.#askInfo;
    const appended = check.tokenIds('appended', options.appended ?? [], vocabularySize);
    const { signal, onProgress } = runHooks(options);
    const ids = [...(await this.#ids(prompt, 'prompt', signal)), ...appended];
    this.#checkLength(ids);
    const [next] = await this.#completions.next([ids], { top: null }, signal);
    done(onProgress, ids.length);
    return this.#byId(next?.top ?? []);
  }

  /**
   * How surprising each token of a text is after the tokens before it, as {@link Model.surprisal}. The
   * entropy is null, and a rank where the server does not tell it.
   *
   * @throws {@link ShotglassError} `empty-prompt`, `invalid-text`; `unsupported-by-server` if the server tells
   * neither the log-probabilities of a prompt nor those of named tokens.
   */
  async surprisal(text: AnyPrompt, options: SurprisalOptions = {}): Promise<SurprisalEntry[]> {
    const ask = surprisalAsk(text, options, this.#askInfo);
    if (this.capabilities.top === 0) throw unsupported('top', 'surprisal');
    const { signal, onProgress } = runHooks(options);
    const tokens = await this.#tokens(ask.text, signal);
    if (tokens.length === 0) throw emptyPrompt();
    const end = Math.min(ask.to ?? tokens.length, tokens.length);
    const ids = tokens.slice(0, end).map(({ id }) => id);
    const from = Math.max(ask.from, 1);
    const top = Math.min(ask.topK, this.capabilities.top);
    const [places = []] =
      from < end
        ? await placesOf(this.#completions, this.capabilities, [{ ids, from }], top, signal)
        : [];
    const listed = await this.#tokenizer.tokensOf(
      places.flatMap(({ top }) => top.map(({ id }) => id)),
      signal,
    );
    let next = 0;
    const entries = places.map(
      (place, i): SurprisalEntry => ({
        token: tokens[from + i] as Token,
        logprob: place.logprob,
        rank: place.rank,
        entropy: null,
        candidates: place.top.map(({ logprob }, j) => ({
          ...(listed[next++] as Token),
          p: Math.exp(logprob),
          logprob,
          rank: j + 1,
        })),
      }),
    );
    const [token] = tokens;
    const first = { logprob: null, rank: null, entropy: null, candidates: [] };
    done(onProgress, end);
    return ask.from === 0 && end > 0 && token ? [{ token, ...first }, ...entries] : entries;
  }

  /**
   * The probability of each continuation after a context, as {@link Model.score}: the tokens are those of
   * the server's tokenizer, split in the same way. `rank` is null where the server does not tell it.
   *
   * @throws {@link ShotglassError} `empty-prompt`, `invalid-text`, `merged-continuation`;
   * `unsupported-by-server` if the server tells neither the log-probabilities of a prompt nor those of named
   * tokens, and a token is not among those that it lists.
   */
  async score(
    context: AnyText,
    continuations: readonly string[],
    options: ScoreOptions = {},
  ): Promise<Score[]> {
    check.only(options, { reference: true, ...names.edits, ...names.run });
    noEdits(options.edits);
    const asked = {
      context: check.promptText(context, 'context'),
      continuations: check.continuationTexts(continuations),
      references: check.referenceTexts(options.reference),
    };
    if (this.capabilities.top === 0) throw unsupported('top', 'score');
    const { signal, onProgress } = runHooks(options);
    const scorer = {
      tokenizer: this.#tokenizer,
      completions: this.#completions,
      capabilities: this.capabilities,
      contextLength: this.info.contextLength,
    };
    const { scores, tokens } = await score(scorer, asked, signal);
    done(onProgress, tokens);
    return scores;
  }

  /**
   * Continues a prompt, one step per token, as {@link Model.generate}. The server draws the tokens, so a seed
   * means what it means there. `entropy` is null, and `rank` where the token is not listed.
   *
   * @throws {@link ShotglassError} `empty-prompt`, `invalid-text`, `unsupported-by-server`: from the loop, not
   * from the call.
   */
  async *generate(
    prompt: AnyPrompt,
    options: GenerateOptions = {},
  ): AsyncGenerator<GenerateStep, void, undefined> {
    noEdits(options.edits);
    const ask = generateAsk(prompt, options, this.#askInfo);
    const { signal, onProgress } = runHooks(options);
    const ids = await this.#ids(prompt, 'prompt', signal);
    this.#checkLength(ids);
    const { contextLength } = this.info;
    const most = contextLength === null ? ask.maxTokens : contextLength - ids.length;
    const generator = {
      http: this.#http,
      model: this.info.name,
      tokenizer: this.#tokenizer,
      completions: this.#completions,
      capabilities: this.capabilities,
    };
    const limited = { ...ask, maxTokens: Math.max(1, Math.min(ask.maxTokens, most)) };
    done(onProgress, ids.length);
    yield* generate(generator, ids, limited, signal);
  }

  /** The whole text that {@link RemoteModel.generate} gives for a prompt, with the same options. */
  async complete(prompt: AnyPrompt, options: GenerateOptions = {}): Promise<Completion> {
    return completed(this.generate(prompt, options));
  }

  /** @throws {@link ShotglassError} `unsupported-by-server`: see {@link Model.states}. */
  async states(): Promise<never> {
    throw onlyHere('states');
  }

  /** @throws {@link ShotglassError} `unsupported-by-server`: see {@link Model.lens}. */
  async lens(): Promise<never> {
    throw onlyHere('lens');
  }

  /** @throws {@link ShotglassError} `unsupported-by-server`: see {@link Model.attention}. */
  async attention(): Promise<never> {
    throw onlyHere('attention');
  }

  /** @throws {@link ShotglassError} `unsupported-by-server`: see {@link Model.embed}. */
  async embed(): Promise<never> {
    throw onlyHere('embed');
  }

  /** @throws {@link ShotglassError} `unsupported-by-server`: see {@link Model.loadAdapter}. */
  async loadAdapter(): Promise<never> {
    throw onlyHere('loadAdapter');
  }

  /** @throws {@link ShotglassError} `unsupported-by-server`: see {@link Model.setAdapter}. */
  async setAdapter(): Promise<never> {
    throw onlyHere('setAdapter');
  }

  /** @throws {@link ShotglassError} `unsupported-by-server`: see {@link Model.train}. */
  train(): never {
    throw onlyHere('train');
  }

  /** Ends the connection. Pending and later calls reject with `closed`. The server is not told. */
  close(): void {
    this.#http.close();
  }

  /** What options are checked against; what is not known limits nothing here, and the server decides. */
  get #askInfo() {
    const { vocabularySize, contextLength } = this.info;
    return {
      vocabularySize: vocabularySize ?? 2 ** 31,
      contextLength: contextLength ?? 2 ** 31,
      layers: 0,
      hiddenSize: 0,
    };
  }

  async #ids(prompt: AnyPrompt, name: string, signal: AbortSignal | undefined): Promise<Sent> {
    const message = promptMessage(prompt, this.#askInfo, name);
    return typeof message === 'string'
      ? (await this.#tokenizer.tokenize(message, signal)).map(({ id }) => id)
      : message;
  }

  async #tokens(message: string | readonly number[], signal: AbortSignal | undefined) {
    return typeof message === 'string'
      ? this.#tokenizer.tokenize(message, signal)
      : this.#tokenizer.tokensOf(message, signal);
  }

  #checkLength({ length }: Sent): void {
    const { contextLength } = this.info;
    if (length === 0) throw emptyPrompt();
    if (contextLength !== null && length > contextLength) throw tooLong(length, contextLength);
  }

  #needsAll(what: string): void {
    if (this.capabilities.distribution !== 'full') throw unsupported('full', what);
  }

  #byId(all: readonly Listed[]): Float32Array {
    const { length } = all;
    const logprobs = new Float32Array(length).fill(Number.NaN);
    for (const { id, logprob } of all) logprobs[id] = logprob;
    if (length === this.info.vocabularySize && !logprobs.some(Number.isNaN)) return logprobs;
    throw unsupported('full', 'The whole distribution');
  }
}

type AnyText = Parameters<typeof check.promptText>[0];

function noEdits(edits: unknown): void {
  if (edits !== undefined) throw onlyHere('edits');
}

function done(onProgress: RunOptions['onProgress'], tokens: number): void {
  onProgress?.({ tokensDone: tokens, tokensTotal: tokens, cachedTokens: 0 });
}

function sumOf(listed: readonly Listed[]): number {
  return listed.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0);
}

/** `−Σ p ln p`. */
function entropyOf(listed: readonly Listed[]): number {
  return -listed.reduce((sum, { logprob }) => sum + Math.exp(logprob) * logprob, 0);
}
