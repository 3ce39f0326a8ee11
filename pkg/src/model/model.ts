/// <reference lib="esnext.disposable" preserve="true" />
import type { ModelSource } from '../files/source.js';
import type { ChatMessage } from '../prompt/chat.js';
import type { Prompt } from '../prompt/task.js';
import type { AdapterMessage, CallName, Calls } from '../protocol.js';
import type {
  Attention,
  CallOptions,
  Completion,
  EachScore,
  GenerateStep,
  Lens,
  ManyScores,
  ModelInfo,
  Perplexities,
  Prediction,
  Score,
  States,
  SurprisalEntry,
  Token,
} from '../types.js';
import { names } from '../util/option-names.js';
import * as check from '../util/validate.js';
import {
  type ActiveAdapter,
  type Adapter,
  type AdapterSource,
  adapterOf,
  loadAdapter,
  useOf,
} from './adapter.js';
import { chooser } from './allowed.js';
import {
  embedAsk,
  generateAsk,
  lensAsk,
  predictAsk,
  promptMessage,
  runHooks,
  statesAsk,
  surprisalAsk,
} from './asks.js';
import { chatText } from './chat.js';
import type { Client, Hooks } from './client.js';
import { completed } from './complete.js';
import { editsMessage } from './edits.js';
import { stepsOf } from './generation.js';
import { startLoaded } from './loading.js';
import type {
  AnyPrompt,
  AttentionOptions,
  EmbedOptions,
  GenerateOptions,
  LensOptions,
  LoadOptions,
  LogprobsOptions,
  PerplexityOptions,
  PredictOptions,
  ScoreOptions,
  ScoreRequest,
  StatesOptions,
  SurprisalOptions,
} from './options.js';
import { perplexities } from './perplexity.js';
import type { RemoteModel } from './remote/remote-model.js';
import type { ConnectOptions } from './remote/types.js';
import { scoreMany } from './score-many.js';
import { scoreAsk, scoresOfEach } from './scores.js';
import { Training, type TrainingExample, type TrainOptions } from './training.js';
import { unpacked } from './vocabulary-tokens.js';

/**
 * A model in its own worker. Calls run in order, one at a time; a generation lets others in between its tokens, which does
 * not change its text. Each call reuses what its prompt has in
 * common with earlier prompts: the engine caches the most recent ones, in as much memory as the model
 * file takes.
 *
 * In addition to the errors listed at each method, every method rejects with a {@link ShotglassError} of
 * code `invalid-option` (an argument is wrong; the message names it), `aborted` (by its signal), `closed`
 * (after {@link Model.close}) or `crashed` (the engine stopped; load the model again).
 */
export class Model {
  /** Facts about the loaded model. */
  readonly info: Readonly<ModelInfo>;
  /**
   * How many calls of {@link Model.score} to have under way: sixteen that follow each other, with contexts that begin alike,
   * are computed together, while the next sixteen wait.
   */
  readonly scoreConcurrency: number = 32;
  readonly #client: Client;
  #active: ActiveAdapter | null = null;

  private constructor(client: Client, info: ModelInfo, active: ActiveAdapter | null = null) {
    this.#client = client;
    this.info = Object.freeze(info);
    this.#active = active;
  }

  /** A call that runs with the adapter that is active when it is made. */
  #call<K extends CallName>(type: K, ask: Calls[K]['ask'], hooks: Hooks<K>) {
    const adapter = this.#active && useOf(this.#active, this.#client);
    return this.#client.call(type, ask, { ...hooks, adapter });
  }

  /**
   * Loads a GGUF file as it arrives, without ever holding the whole file in memory.
   *
   * The source is a URL, a `Blob` or `File`, bytes (which are not modified) or a stream (which is read to
   * its end); in Node also a path. `{ model: 'smollm2-360m' }` is a model of the catalogue, whose ids
   * `shotglass/models` lists. Default: {@link defaultModel}.
   *
   * A model may be split into several files, the shards of llama.cpp's `gguf-split`. The URL of one
   * shard, `…-00001-of-00003.gguf`, stands for all shards with that name; an array may hold any sources.
   * Shards are read one after the other. Each is resumed, verified and cached as a separate file.
   *
   * An interrupted download resumes where it stopped, with retries for about half a minute. The file is
   * cached in the browser's storage or in Node's cache folder (`~/.cache/shotglass/models` or the
   * equivalent of the system; `XDG_CACHE_HOME` selects another). If a SHA-256 is given, the cached file
   * is found by it and read without a request. Otherwise it is found by its URL, and the server is asked
   * whether the file has changed. All bytes are verified before a file counts as cached, and again at
   * each load.
   *
   * A file of the catalogue whose hash is not known before the download is treated like any other URL:
   * what arrives is hashed, and `info.sha256` has the hash.
   *
   * In Node, the environment variable `SHOTGLASS_MODEL_URL` replaces the URL of the default model; its
   * bytes are still verified. A loaded model keeps the process running during a call, but not between
   * calls.
   *
   * @throws {@link ShotglassError} `download-failed`, `read-failed`, `truncated`, `not-gguf`,
   * `corrupt`, `wrong-shard`, `unsupported-version`, `unsupported-architecture`, `unsupported-tokenizer`,
   * `unsupported-quantization`, `checksum-mismatch`, `out-of-memory`, `unsupported-browser`,
   * `worker-failed`, and the errors of every method.
   */
  static async load(source?: ModelSource, options: LoadOptions = {}): Promise<Model> {
    const { client, info } = await startLoaded(source, options);
    return new Model(client, info);
  }

  /**
   * Connects to a model on a server that understands OpenAI's completions: vLLM, SGLang, llama-server,
   * `npx shotglass serve` or a host. The server is asked a few short requests about what it can do, which
   * `capabilities` then says. In a page, a server of another origin must allow the page to ask it (CORS).
   *
   * ```ts
   * const model = await Model.connect('http://localhost:8000/v1');
   * const [score] = await model.score('Q: walk\nA:', [' walked']);
   * ```
   *
   * @throws {@link ShotglassError} `invalid-option`, `request-failed`, `unsupported-by-server`, `aborted`.
   */
  static async connect(url: string | URL, options: ConnectOptions = {}): Promise<RemoteModel> {
    // Most pages load a model and never connect.
    const { connect } = await import('./remote/connect.js');
    return connect(url, options);
  }

  /**
   * Splits a text into tokens. Special tokens written out in the text, such as `<|endoftext|>`, are
   * recognized. The only one that may be added is the begin token, if `info.addsBos`: `''` has that token
   * or none.
   *
   * @throws {@link ShotglassError} `invalid-text`.
   */
  async tokenize(text: string | Prompt, options: CallOptions = {}): Promise<Token[]> {
    check.only(options, names.call);
    const ask = { text: check.promptText(text, 'text') };
    return this.#call('tokenize', ask, { signal: check.signal(options.signal) }).answer;
  }

  /**
   * The text of token ids. Part of a character, as a single token may be, becomes U+FFFD.
   *
   * ```ts
   * const ids = (await model.tokenize('Hello there')).map(({ id }) => id);
   * await model.detokenize(ids); // 'Hello there', after the begin token if `info.addsBos`
   * ```
   */
  async detokenize(ids: readonly number[], options: CallOptions = {}): Promise<string> {
    check.only(options, names.call);
    const ask = { ids: check.tokenIds('ids', ids, this.info.vocabularySize) };
    const signal = check.signal(options.signal);
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const parts = (await this.#call('detokenize', ask, { signal }).answer).map(({ bytes }) =>
      decoder.decode(bytes, { stream: true }),
    );
    return parts.join('') + decoder.decode();
  }

  /**
   * All tokens of the vocabulary, indexed by id: `info.vocabularySize` of them. They are built a few
   * thousand at a time, so that the page stays responsive. Store the result: each call builds it anew.
   */
  async vocabulary(options: CallOptions = {}): Promise<Token[]> {
    check.only(options, names.call);
    const signal = check.signal(options.signal);
    return unpacked(await this.#call('vocabulary', null, { signal }).answer, signal);
  }

  /**
   * The distribution of the next token after a prompt: the softmax over the full vocabulary at
   * temperature 1. The `topK` most probable tokens are listed, the others are summed.
   *
   * The tokens of the prompt, the log-probabilities of the whole vocabulary and what sampling would draw
   * come with it, if requested: that is one call in place of several.
   *
   * @throws {@link ShotglassError} `empty-prompt`, `prompt-too-long`, `invalid-text`.
   */
  async predict(
    prompt: AnyPrompt,
    options: PredictOptions & { logprobs: true },
  ): Promise<Prediction & { logprobs: Float32Array }>;
  async predict(prompt: AnyPrompt, options?: PredictOptions): Promise<Prediction>;
  async predict(prompt: AnyPrompt, options: PredictOptions = {}): Promise<Prediction> {
    const ask = predictAsk(prompt, options, this.info);
    const { signal, onProgress } = runHooks(options);
    let promptTokens: Token[] | undefined;
    const answer = await this.#call('predict', ask, {
      signal,
      onProgress: (progress) => {
        promptTokens ??= progress.promptTokens;
        onProgress?.(progress);
      },
    }).answer;
    return promptTokens ? { ...answer, promptTokens } : answer;
  }

  /**
   * The log-probability of every token of the vocabulary as the next token, indexed by id: natural
   * logarithms at temperature 1, `info.vocabularySize` of them.
   *
   * @throws {@link ShotglassError} `empty-prompt`, `prompt-too-long`, `invalid-text`.
   */
  async logprobs(prompt: AnyPrompt, options: LogprobsOptions = {}): Promise<Float32Array> {
    check.only(options, { appended: true, ...names.edits, ...names.run });
    const ask = {
      prompt: promptMessage(prompt, this.info),
      appended: check.tokenIds('appended', options.appended ?? [], this.info.vocabularySize),
      edits: editsMessage(options.edits, this.info),
    };
    return this.#call('logprobs', ask, runHooks(options)).answer;
  }

  /**
   * How surprising each token of a text is after the tokens before it: one entry per token, or one per
   * token of the range `from` … `to`.
   *
   * @throws {@link ShotglassError} `empty-prompt`, `prompt-too-long`, `invalid-text`.
   */
  async surprisal(text: AnyPrompt, options: SurprisalOptions = {}): Promise<SurprisalEntry[]> {
    const ask = surprisalAsk(text, options, this.info);
    return this.#call('surprisal', ask, runHooks(options)).answer;
  }

  /**
   * How much one token of a prompt attends to each token up to and including itself, in each layer
   * and head. The tokens before it may come from the cache; the token itself always runs, because
   * attention is not cached.
   *
   * @throws {@link ShotglassError} `empty-prompt`, `prompt-too-long`, `invalid-text`, `out-of-memory`;
   * `invalid-option` also if the prompt has no token at `position`.
   */
  async attention(prompt: string | Prompt, options: AttentionOptions = {}): Promise<Attention> {
    check.only(options, { position: true, ...names.run });
    const last = this.info.contextLength - 1;
    const ask = {
      prompt: check.promptText(prompt),
      position:
        options.position === undefined
          ? null
          : check.integer('position', options.position, 0, last),
    };
    return this.#call('attention', ask, runHooks(options)).answer;
  }

  /**
   * The rows between the layers of the model: one row for each of the given layers and positions of a
   * prompt. See {@link States} for the order and the shape.
   * Tokens before the first position may come from the cache; the others run, because these rows are not
   * cached. Tokens after the last position do not run.
   *
   * @throws {@link ShotglassError} `empty-prompt`, `prompt-too-long`, `invalid-text`, `out-of-memory`;
   * `invalid-option` also if the model has no such layer, the prompt no such position, or an edit
   * gives numbers that are not finite.
   */
  async states(prompt: AnyPrompt, options: StatesOptions = {}): Promise<States> {
    check.only(options, names.states);
    const ask = statesAsk(prompt, options, this.info);
    return this.#call('states', ask, runHooks(options)).answer;
  }

  /**
   * What the model would predict after each of its layers (the logit lens, nostalgebraist 2020): the most
   * probable tokens, the probability and rank of the tokens `ids`, and the distance to the prediction
   * after the last layer, which is that of {@link Model.predict} to the last bit.
   *
   * @throws {@link ShotglassError} the errors of {@link Model.states}.
   */
  async lens(prompt: AnyPrompt, options: LensOptions = {}): Promise<Lens> {
    const ask = lensAsk(prompt, options, this.info);
    return this.#call('lens', ask, runHooks(options)).answer;
  }

  /**
   * A vector of length 1 for each text, so that the product of two is their cosine similarity: the
   * direction of the state of the last token at one layer, or the mean direction of the states of all
   * tokens. Each state is divided by its length before the mean is taken, because the states of a few
   * tokens, above all of the first, are some hundred times as long as the others and nearly the same in
   * every text (Sun et al. 2024).
   *
   * @throws {@link ShotglassError} `empty-prompt`, `prompt-too-long`, `invalid-text`.
   */
  async embed(texts: readonly AnyPrompt[], options: EmbedOptions = {}): Promise<Float32Array[]> {
    const ask = embedAsk(texts, options, this.info);
    return this.#call('embed', ask, runHooks(options)).answer;
  }

  /**
   * The exact probability of each continuation after a context: one score for each, in the given order.
   * The context runs once, and all continuations run after it in one batch.
   *
   * Context and continuation are encoded together. The space between them belongs to the
   * continuation: write it there (`' Positive'` after `'Sentiment:'`). A space at the end of the context
   * is moved to the continuation. A continuation of one token has the same log-probability as in
   * {@link Model.logprobs}.
   *
   * With a `reference`, each score also says how much more probable the continuation is than after the
   * reference.
   *
   * @throws {@link ShotglassError} `empty-prompt`, `prompt-too-long`, `invalid-text`, `merged-continuation`.
   */
  async score(
    context: string | Prompt,
    continuations: readonly string[],
    options: ScoreOptions = {},
  ): Promise<Score[]> {
    const ask = scoreAsk(context, check.continuationTexts(continuations), options, this.info);
    return (await this.#call('score', ask, runHooks(options)).answer) as Score[];
  }

  /**
   * {@link Model.score} with a result for each continuation: one that cannot be scored
   * (`merged-continuation`, `prompt-too-long`, `invalid-text`, or an empty one) has its `error`, where `score` rejects
   * for all. The scores of the others are those of a call without it.
   *
   * ```ts
   * for (const { continuation, error, logprob } of await model.scoreEach('The cap', words)) {
   *   console.log(continuation, error ? error.message : logprob);
   * }
   * ```
   *
   * @throws {@link ShotglassError} what is wrong with the context or the options: `empty-prompt`, `invalid-text`.
   */
  async scoreEach(
    context: string | Prompt,
    continuations: readonly string[],
    options: ScoreOptions = {},
  ): Promise<EachScore[]> {
    return scoresOfEach(continuations, (texts) => {
      const ask = { ...scoreAsk(context, texts, options, this.info), isEach: true };
      return this.#call('score', ask, runHooks(options)).answer;
    });
  }

  /**
   * {@link Model.score} for many contexts, one result after the other in the order of the requests. What contexts have
   * in common at the beginning, such as demonstrations, runs once; requests that follow each other and begin alike run
   * together, which takes less time than one call after the other and gives the same bits. Equal requests run once. A
   * request that cannot be scored (`prompt-too-long`, `merged-continuation`, `empty-prompt`, `invalid-text`,
   * `invalid-option`) has its `error`, and the others run.
   *
   * ```ts
   * const requests = reviews.map((review) => ({ context: promptOf(review), continuations: labels }));
   * for await (const { index, scores, error } of model.scoreMany(requests)) {
   *   console.log(index, error ? error.message : scores.map(({ logprob }) => logprob));
   * }
   * ```
   *
   * @throws {@link ShotglassError} from the loop, not from the call.
   */
  scoreMany(
    requests: readonly ScoreRequest[],
    options: CallOptions = {},
  ): AsyncGenerator<ManyScores, void, undefined> {
    const score = this.score.bind(this);
    return scoreMany(score, requests, options, this.scoreConcurrency);
  }

  /**
   * How well the model predicts texts: perplexity and bits per byte of each, and of all together. The first
   * token of a text is predicted after the begin token if `info.addsBos`, else after `<|endoftext|>` if the model has
   * it, else after the begin token, as in lm-evaluation-harness (`loglikelihood_rolling`); where there is none of these,
   * it does not count. A text that is longer than the context is read in parts, each after one token of the part
   * before, the last one after as many as fit.
   *
   * ```ts
   * const { perplexity, bitsPerByte, texts } = await model.perplexity([text, other]);
   * ```
   *
   * Texts run one after the other, and other calls are answered in between. What an aborted call has found is in the last
   * report to `onProgress`.
   *
   * @throws {@link ShotglassError} `invalid-text`.
   */
  async perplexity(
    texts: readonly (string | Prompt)[],
    options: PerplexityOptions = {},
  ): Promise<Perplexities> {
    return perplexities(this, texts, options);
  }

  /**
   * Continues a prompt, one step per token. The `finish` of the last step says why the generation ended.
   * Nothing runs before the first step is requested. After that, tokens are generated without waiting
   * for the body of the loop; leaving the loop stops the generation.
   *
   * ```ts
   * let text = '';
   * for await (const step of model.generate('Once upon a time')) text += step.textDelta;
   * ```
   *
   * @throws {@link ShotglassError} `empty-prompt`, `prompt-too-long`, `invalid-text`: from the loop, not
   * from the call.
   */
  async *generate(
    prompt: AnyPrompt,
    options: GenerateOptions = {},
  ): AsyncGenerator<GenerateStep, void, undefined> {
    const ask = generateAsk(prompt, options, this.info);
    const { allowed } = options;
    const hooks = runHooks(options);
    const onChoose = typeof allowed === 'function' ? chooser(allowed, this.info) : undefined;
    yield* stepsOf(
      (onStep) => this.#call('generate', ask, { ...hooks, onStep, onChoose }),
      hooks.signal,
    );
  }

  /**
   * The whole text that {@link Model.generate} gives for a prompt, with the same options.
   *
   * ```ts
   * const { text, finish } = await model.complete('Q: cat\nA:', { stop: '\n' });
   * ```
   *
   * @throws {@link ShotglassError} the errors of {@link Model.generate}.
   */
  async complete(prompt: AnyPrompt, options: GenerateOptions = {}): Promise<Completion> {
    return completed(this.generate(prompt, options));
  }

  /**
   * The model's answer to a conversation, which is written with the template of its file,
   * `info.chatTemplate`. The template engine, `@huggingface/jinja`, is loaded by the first call. For an answer token by
   * token, give the text of `renderChat` of `shotglass/jinja` to {@link Model.generate}.
   *
   * ```ts
   * const { text } = await model.chat([{ role: 'user', content: 'Name a color.' }]);
   * ```
   *
   * @throws {@link ShotglassError} `invalid-option` if the file has no template, or the template refuses the
   * messages; and the errors of {@link Model.generate}.
   */
  async chat(messages: readonly ChatMessage[], options: GenerateOptions = {}): Promise<Completion> {
    check.only(options, names.generate);
    const signal = check.signal(options.signal);
    return this.complete(await chatText(this, messages, { signal }), options);
  }

  /**
   * Reads an adapter for this model. It does nothing before {@link Model.setAdapter}, and several may be
   * loaded. The files are not cached.
   *
   * @throws {@link ShotglassError} `wrong-adapter` (the file is no adapter, or one of another model, shape or
   * rank), `not-gguf`, `truncated`, `corrupt`, `unsupported-version`, `unsupported-quantization`,
   * `download-failed`, `read-failed`, `out-of-memory`.
   */
  async loadAdapter(source: AdapterSource, options: CallOptions = {}): Promise<Adapter> {
    check.only(options, names.call);
    const signal = check.signal(options.signal);
    return this.#adapterOf(await loadAdapter(this.#client, this.info, source, signal));
  }

  #adapterOf(message: AdapterMessage): Adapter {
    const onClose = (adapter: Adapter) => {
      if (this.#active?.adapter === adapter) this.#active = null;
    };
    return adapterOf(message, { client: this.#client, info: this.info, onClose });
  }

  /**
   * A training of an adapter on examples, which begins when its steps are asked for. The weights of the model
   * stay as they are, and which adapter is active does not matter: training starts from the model alone.
   *
   * @throws {@link ShotglassError} `invalid-option`.
   */
  train(examples: readonly TrainingExample[], options: TrainOptions = {}): Training {
    const host = {
      client: this.#client,
      info: this.info,
      adapterOf: (message: AdapterMessage) => this.#adapterOf(message),
    };
    return Training.of(host, examples, options);
  }

  /**
   * Runs all later calls with an adapter, or with none. `scale`, from 0 to 2, is the factor of all that it
   * adds: at 0 the answers are those of the model alone, to the last bit. What is cached with one adapter
   * and scale stays cached while others are active.
   *
   * @throws {@link ShotglassError} `invalid-option` if the adapter is one of another model, or closed.
   */
  async setAdapter(adapter: Adapter | null, scale: number = 1): Promise<void> {
    this.#client.refuseEnded();
    this.#active = this.#activeOf(adapter, scale);
  }

  /**
   * The same model with an adapter, or with none, whatever {@link Model.setAdapter} says: all experiments run on it,
   * while others go on with the model. It has the same worker and memory, and closing either closes both.
   *
   * ```ts
   * const tuned = model.withAdapter(adapter);
   * const [before, after] = await Promise.all([model.predict(prompt), tuned.predict(prompt)]);
   * ```
   *
   * @throws {@link ShotglassError} `invalid-option` if the adapter is one of another model; `closed` if it was
   * closed. After {@link Adapter.close}, calls of what this returns reject with `closed`.
   */
  withAdapter(adapter: Adapter | null, scale: number = 1): Model {
    return new Model(this.#client, this.info, this.#activeOf(adapter, scale));
  }

  #activeOf(adapter: Adapter | null, scale: number): ActiveAdapter | null {
    check.number('scale', scale, 0, 2);
    const active = adapter === null ? null : { adapter, scale };
    if (active) useOf(active, this.#client);
    return active;
  }

  /** The adapter with which calls run, and its scale; null if there is none. */
  get adapter(): ActiveAdapter | null {
    return this.#active;
  }

  /**
   * Terminates the worker; this is the only way to free its memory. Pending and later calls reject with
   * `closed`. Closing a model twice has no effect.
   */
  close(): void {
    this.#client.end({ code: 'closed', message: 'The model was closed. Load it again to use it.' });
  }

  // Where these symbols do not exist, both are a method named 'undefined', which nothing calls.

  /** {@link Model.close} at the end of a block, for `using model = await Model.load()`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** The same for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}
