import { reportOf, ShotglassError } from '../errors.js';
import { lockForLife } from '../files/locks.js';
import { lengthOf, open } from '../files/open.js';
import type { Calls, EngineFile, Request, ThreadMessage, ToWorker } from '../protocol.js';
import type { GenerateStep, LoadProgress, ModelInfo } from '../types.js';
import { type RetryPolicy, retryPolicy } from '../util/retry.js';
import { loadAdapter, removeAdapter, saveAdapter, useAdapter } from './adapters.js';
import {
  attention,
  Cancelled,
  detokenize,
  type Loaded,
  logprobs,
  predict,
  Run,
  surprisal,
  tokenize,
} from './call.js';
import type { EngineInstance } from './engine.js';
import { generate } from './generate.js';
import { embed, lens, states } from './inside.js';
import { loadEngine } from './load.js';
import type { Port } from './port.js';
import { score } from './score.js';
import { alike, MOST_TOGETHER, scoreTogether, type Waiting } from './score-together.js';
import {
  adapterOfTraining,
  advanceTraining,
  beginTraining,
  endTraining,
  measureTraining,
} from './training.js';

/** Instantiates the first of these modules that can be, with as many threads. */
export type Instantiate = (files: EngineFile[], threads: number) => Promise<EngineInstance>;

/** How long a generation goes on before it lets other calls in. */
const TURN_MS = 50;

/** A call that has not been answered yet. */
interface Pending {
  request: Request;
  run: Run;
  /** The steps of a generation that has begun. */
  steps: AsyncGenerator<GenerateStep, void, undefined> | null;
}

/**
 * The worker's side of the conversation: one engine, and a queue of calls that it answers in
 * order, one at a time, but for scores behind contexts that begin alike. A generation goes to the end of the queue between
 * its steps. The host computes nothing itself.
 */
export class Host {
  readonly #port: Port;
  readonly #instantiate: Instantiate;
  readonly #retryPolicy: RetryPolicy;
  readonly #queue: Pending[] = [];
  /** The calls that are being answered; none where nothing is to do. */
  #current: readonly Pending[] = [];
  #loaded: Loaded | null = null;
  #deliver: (chunk: Uint8Array | null) => void = () => {};
  #allow: (ids: Uint32Array | null) => void = () => {};

  constructor(port: Port, instantiate: Instantiate, policy = retryPolicy) {
    this.#port = port;
    this.#instantiate = instantiate;
    this.#retryPolicy = policy;
    port.post({ type: 'started' });
  }

  receive(message: Exclude<ToWorker, ThreadMessage>): void {
    if (message.type === 'chunk') this.#deliver(message.bytes);
    else if (message.type === 'allow') this.#allow(message.ids);
    else if (message.type === 'abort') this.#abort(message.id);
    else {
      const { id } = message;
      const run = new Run((progress) => this.#port.post({ type: 'progress', id, progress }));
      this.#queue.push({ request: message, run, steps: null });
      if (this.#current.length === 0) void this.#work();
    }
  }

  #abort(id: number): void {
    this.#current.find(({ request }) => request.id === id)?.run.cancel();
    const waiting = this.#queue.findIndex(({ request }) => request.id === id);
    if (waiting !== -1) void this.#queue.splice(waiting, 1)[0]?.steps?.return();
  }

  async #work(): Promise<void> {
    while (this.#queue.length > 0) {
      const count = alike(this.#queue.slice(0, MOST_TOGETHER).map(({ request }) => request));
      const all = this.#queue.splice(0, count);
      this.#current = all;
      const isSound = all.length > 1 ? await this.#workTogether(all) : await this.#workOn(all[0]);
      // The engine's memory cannot be trusted: answer nothing more, the page ends this worker.
      if (!isSound) return;
    }
    this.#current = [];
  }

  /** Answers a call, or a part of it; false after a crash. */
  async #workOn(pending: Pending | undefined): Promise<boolean> {
    if (!pending) return true;
    const { id } = pending.request;
    try {
      const answer = await this.#goOn(pending);
      if (answer === undefined) this.#queue.push(pending);
      else this.#port.post({ type: 'done', id, answer }, buffersOf(answer));
    } catch (exception) {
      void pending.steps?.return();
      return this.#failed([pending], exception);
    }
    return true;
  }

  /** Answers calls whose contexts begin alike; false after a crash. */
  async #workTogether(all: readonly Pending[]): Promise<boolean> {
    const waiting = all as readonly Waiting[];
    let goOn: ReturnType<typeof scoreTogether>;
    try {
      const loaded = this.#ready();
      useAdapter(loaded, waiting[0]?.request.adapter ?? null);
      goOn = scoreTogether(loaded.engine, waiting);
    } catch (exception) {
      if (reportOf(exception).code === 'crashed') return this.#failed(all, exception);
      // One of them cannot be scored, which says nothing of the others.
      for (const one of all) if (!(await this.#workOn(one))) return false;
      return true;
    }
    try {
      for (const [i, answer] of (await goOn()).entries()) {
        const id = waiting[i]?.request.id ?? 0;
        if (answer) this.#port.post({ type: 'done', id, answer });
      }
    } catch (exception) {
      return this.#failed(all, exception);
    }
    return true;
  }

  /** Tells those who wait; false where nothing can be answered any more. */
  #failed(all: readonly Pending[], exception: unknown): boolean {
    if (exception instanceof Cancelled) return true;
    const error = reportOf(exception);
    for (const { request } of all) this.#port.post({ type: 'failed', id: request.id, error });
    return error.code !== 'crashed';
  }

  /** Answers a call, or undefined if it is a generation that goes on later. */
  async #goOn(pending: Pending): Promise<Calls[Request['type']]['answer'] | undefined> {
    const { request, run } = pending;
    if (request.type === 'load') return this.#load(request);
    const loaded = this.#ready();
    useAdapter(loaded, request.adapter);
    if (request.type !== 'generate') return this.#answer(loaded, request, run);
    const isBack = pending.steps !== null;
    pending.steps ??= generate(loaded, request.ask, run, (after) => {
      return new Promise((resolve) => {
        this.#allow = resolve;
        this.#port.post({ type: 'choose', id: request.id, after });
      });
    });
    return this.#generate(request.id, pending.steps, isBack);
  }

  /** One turn of a generation: null at its end. */
  async #generate(
    id: number,
    steps: AsyncGenerator<GenerateStep, void, undefined>,
    isBack: boolean,
  ): Promise<null | undefined> {
    const begun = performance.now();
    let turn = TURN_MS;
    for (let isFirst = true; ; isFirst = false) {
      const { done, value: step } = await steps.next();
      if (done) return null;
      this.#port.post({ type: 'step', id, step });
      const passed = performance.now() - begun;
      // Where other calls have driven its tokens from the cache, at most half of its time goes into running them again.
      if (isBack && isFirst) turn = Math.max(turn, 2 * passed);
      if (step.finish === null && passed >= turn && this.#queue.length > 0) return undefined;
    }
  }

  async #answer(
    loaded: Loaded,
    request: Exclude<Request, Request<'generate' | 'load'>>,
    run: Run,
  ): Promise<Calls[Request['type']]['answer']> {
    const { engine } = loaded;
    switch (request.type) {
      case 'tokenize':
        return tokenize(loaded, request.ask.text, run);
      case 'detokenize':
        return detokenize(loaded, request.ask, run);
      case 'predict':
        return predict(loaded, request.ask, run);
      case 'vocabulary':
        return engine.vocabulary();
      case 'logprobs':
        return logprobs(loaded, request.ask, run);
      case 'surprisal':
        return surprisal(loaded, request.ask, run);
      case 'attention':
        return attention(loaded, request.ask, run);
      case 'states':
        return states(loaded, request.ask, run);
      case 'lens':
        return lens(loaded, request.ask, run);
      case 'embed':
        return embed(loaded, request.ask, run);
      case 'score':
        return score(engine, request.ask, run);
      case 'loadAdapter':
        return loadAdapter(loaded, request.ask);
      case 'saveAdapter':
        return saveAdapter(loaded, request.ask);
      case 'pairedHead':
        return engine.pairedHead();
      case 'removeAdapter':
        return removeAdapter(loaded, request.ask);
      case 'beginTraining':
        return beginTraining(loaded, request.ask, run);
      case 'advanceTraining':
        return advanceTraining(loaded, request.ask, run);
      case 'measureTraining':
        return measureTraining(loaded, request.ask, run);
      case 'adapterOfTraining':
        return adapterOfTraining(loaded, request.ask);
      case 'endTraining':
        return endTraining(loaded, request.ask);
    }
  }

  async #load({ id, ask }: Request<'load'>): Promise<ModelInfo> {
    // Before there is anything large, for which a browser might end this worker.
    this.#isAlive(await lockForLife());
    const instance = await this.#instantiate(ask.files, ask.threads);
    instance.locks?.forEach((lock) => {
      this.#isAlive(lock);
    });
    const report = (progress: LoadProgress) => this.#port.post({ type: 'progress', id, progress });
    const shards = ask.shards.map(({ source, name, sha256 }, shard) => {
      const { keep } = ask;
      const pull = () => {
        return new Promise<Uint8Array | null>((resolve) => {
          this.#deliver = resolve;
          this.#port.post({ type: 'pull', id, shard });
        });
      };
      const options = { sha256, keep, retryPolicy: this.#retryPolicy, pull };
      return {
        name,
        sha256,
        open: (onWait: () => void) => open(source, { ...options, onWait }),
        length: () => lengthOf(source, options),
      };
    });
    const { engine, keeping } = await loadEngine(instance, shards, ask, report);
    const info = engine.info();
    const { contextLength } = info;
    const adapters = { nextId: 1, byId: new Map(), active: null };
    const trainings = { nextId: 1, byId: new Map() };
    this.#loaded = { module: instance.module, engine, info, contextLength, adapters, trainings };
    return { ...info, threads: instance.threads, keeping };
  }

  #isAlive(lock: string | null): void {
    if (lock !== null) this.#port.post({ type: 'alive', lock });
  }

  #ready(): Loaded {
    if (this.#loaded) return this.#loaded;
    throw new ShotglassError('closed', 'No model is loaded.');
  }
}

/** The large arrays of an answer, which move to the page and are not copied. */
function buffersOf(answer: Calls[Request['type']]['answer']): Transferable[] {
  const parts = ArrayBuffer.isView(answer) ? [answer] : Object.values(answer ?? {});
  return parts
    .filter((part) => ArrayBuffer.isView(part))
    .map((array) => array.buffer as ArrayBuffer);
}
