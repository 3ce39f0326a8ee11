import type { ChatMessage } from '../../prompt/chat.js';
import type { Prompt } from '../../prompt/task.js';
import type {
  CallOptions,
  Completion,
  EachScore,
  GenerateStep,
  ManyScores,
  Perplexities,
  Score,
  SurprisalEntry,
  Token,
} from '../../types.js';
import { names } from '../../util/option-names.js';
import * as check from '../../util/validate.js';
import { generateAsk, predictAsk, runHooks, surprisalAsk } from '../asks.js';
import { completed } from '../complete.js';
import type {
  AnyPrompt,
  GenerateOptions,
  LogprobsOptions,
  PerplexityOptions,
  PredictOptions,
  ScoreOptions,
  ScoreRequest,
  SurprisalOptions,
} from '../options.js';
import { perplexities } from '../perplexity.js';
import { scoreMany } from '../score-many.js';
import { scoresOfEach } from '../scores.js';
import { chat } from './chat.js';
import {
  askInfo,
  byId,
  type Connection,
  checkLength,
  done,
  idsOf,
  needsAll,
  needsTokens,
} from './connection.js';
import { onlyHere, unsupported } from './errors.js';
import { generate } from './generate.js';
import { predict, surprisal } from './predict.js';
import { eachScore, score } from './score.js';
import type { Capabilities, RemoteInfo, RemotePrediction } from './types.js';

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
 * Some servers name tokens by their texts only. Their tokens have negative ids, which are those of this
 * connection: equal ids are equal texts.
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
  readonly #connection: Connection;

  /** @internal */
  constructor(connection: Connection, concurrency: number) {
    this.#connection = connection;
    this.info = Object.freeze(connection.info);
    this.capabilities = Object.freeze(connection.capabilities);
    this.concurrency = concurrency;
  }

  /** Splits a text into tokens, as {@link Model.tokenize} does. */
  async tokenize(text: string | Prompt, options: CallOptions = {}): Promise<Token[]> {
    check.only(options, names.call);
    needsTokens(this.#connection, 'tokenize');
    const { tokenizer } = this.#connection;
    return tokenizer.tokenize(check.promptText(text, 'text'), check.signal(options.signal));
  }

  /** The text of token ids. */
  async detokenize(ids: readonly number[], options: CallOptions = {}): Promise<string> {
    check.only(options, names.call);
    const all = check.tokenIds('ids', ids, askInfo(this.info).vocabularySize);
    return this.#connection.tokenizer.detokenize(all, check.signal(options.signal));
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
    const ask = predictAsk(prompt, options, askInfo(this.info));
    return predict(this.#connection, ask, runHooks(options));
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
    needsAll(this.#connection, 'logprobs');
    const { vocabularySize } = askInfo(this.info);
    const appended = check.tokenIds('appended', options.appended ?? [], vocabularySize);
    const hooks = runHooks(options);
    const ids = [...(await idsOf(this.#connection, prompt, hooks.signal)), ...appended];
    checkLength(this.#connection, ids);
    const { completions } = this.#connection;
    const [next] = await completions.next([ids], { top: null }, hooks.signal);
    done(hooks, ids.length);
    return byId(this.#connection, next?.top ?? []);
  }

  /**
   * How surprising each token of a text is after the tokens before it, as {@link Model.surprisal}. The
   * entropy is null, and a rank where the server does not tell it.
   *
   * @throws {@link ShotglassError} `empty-prompt`, `invalid-text`; `unsupported-by-server` if the server tells
   * neither the log-probabilities of a prompt nor those of named tokens.
   */
  async surprisal(text: AnyPrompt, options: SurprisalOptions = {}): Promise<SurprisalEntry[]> {
    const ask = surprisalAsk(text, options, askInfo(this.info));
    return surprisal(this.#connection, ask, runHooks(options));
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
    context: string | Prompt,
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
    needsTokens(this.#connection, 'score');
    const hooks = runHooks(options);
    const { scores, tokens } = await score(this.#connection, asked, hooks.signal);
    done(hooks, tokens);
    return scores;
  }

  /**
   * A result for each continuation, as {@link Model.scoreEach}: a score, or the error of one that cannot be
   * scored.
   *
   * @throws {@link ShotglassError} `empty-prompt`, `invalid-text`; `unsupported-by-server` as
   * {@link RemoteModel.score}.
   */
  async scoreEach(
    context: string | Prompt,
    continuations: readonly string[],
    options: ScoreOptions = {},
  ): Promise<EachScore[]> {
    return scoresOfEach(continuations, (sound) =>
      eachScore(sound, (some) => this.score(context, some, options)),
    );
  }

  /**
   * {@link RemoteModel.score} for many contexts, as {@link Model.scoreMany}, with as many requests under way as
   * `concurrency` says.
   *
   * @throws {@link ShotglassError} from the loop, not from the call.
   */
  scoreMany(
    requests: readonly ScoreRequest[],
    options: CallOptions = {},
  ): AsyncGenerator<ManyScores, void, undefined> {
    return scoreMany(this.score.bind(this), requests, options, this.concurrency);
  }

  /**
   * How well the model predicts texts, as {@link Model.perplexity}, with the tokens of the server's tokenizer.
   *
   * @throws {@link ShotglassError} `invalid-text`; `unsupported-by-server` if the server tells the
   * log-probabilities of neither a prompt nor of named tokens, or names tokens by their texts only.
   */
  async perplexity(
    texts: readonly (string | Prompt)[],
    options: PerplexityOptions = {},
  ): Promise<Perplexities> {
    if (this.capabilities.top === 0) throw unsupported('top', 'perplexity');
    needsTokens(this.#connection, 'perplexity');
    if (this.#connection.completions.dialect.hasNames) throw unsupported('ids', 'perplexity');
    return perplexities(this, texts, options);
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
    if (options.allowed !== undefined) throw onlyHere('allowed');
    const ask = generateAsk(prompt, options, askInfo(this.info));
    const hooks = runHooks(options);
    const ids = await idsOf(this.#connection, prompt, hooks.signal);
    const { contextLength } = this.info;
    const room = contextLength === null ? ask.maxTokens : contextLength - ids.length;
    const maxTokens = Math.max(1, Math.min(ask.maxTokens, room));
    done(hooks, ids.length);
    yield* generate(this.#connection, ids, { ...ask, maxTokens }, hooks.signal);
  }

  /** The whole text that {@link RemoteModel.generate} gives for a prompt, with the same options. */
  async complete(prompt: AnyPrompt, options: GenerateOptions = {}): Promise<Completion> {
    return completed(this.generate(prompt, options));
  }

  /**
   * The model's answer to a conversation, as {@link Model.chat}. The server writes the conversation with the
   * template of its model. `tokens` is empty where the server does not tell them, and their `rank` is null.
   * With `stop` strings, `finish` is `'stop'` at the end of an answer, too: a server does not tell them apart.
   *
   * @throws {@link ShotglassError} `unsupported-by-server` if the server has no conversations, and for
   * `allowed`, `candidates`, `ids` and `edits`.
   */
  async chat(messages: readonly ChatMessage[], options: GenerateOptions = {}): Promise<Completion> {
    noEdits(options.edits);
    if (options.allowed !== undefined) throw onlyHere('allowed');
    if (options.candidates || options.ids) throw onlyHere('candidates and ids of chat');
    const ask = generateAsk('', options, askInfo(this.info));
    return chat(this.#connection, messages, ask, runHooks(options).signal);
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

  /** @throws {@link ShotglassError} `unsupported-by-server`: see {@link Model.withAdapter}. */
  withAdapter(): never {
    throw onlyHere('withAdapter');
  }

  /** @throws {@link ShotglassError} `unsupported-by-server`: see {@link Model.train}. */
  train(): never {
    throw onlyHere('train');
  }

  /** Ends the connection. Pending and later calls reject with `closed`. The server is not told. */
  close(): void {
    this.#connection.http.close();
  }
}

function noEdits(edits: unknown): void {
  if (edits !== undefined) throw onlyHere('edits');
}
