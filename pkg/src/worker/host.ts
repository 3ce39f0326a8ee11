import { reportOf, ShotglassError } from '../errors.js';
import { lockForLife } from '../files/locks.js';
import { lengthOf, open } from '../files/open.js';
import type { Calls, EngineFile, Request, ThreadMessage, ToWorker } from '../protocol.js';
import type { LoadProgress, ModelInfo } from '../types.js';
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
  score,
  surprisal,
  tokenize,
} from './call.js';
import type { EngineInstance } from './engine.js';
import { generate } from './generate.js';
import { embed, lens, states } from './inside.js';
import { loadEngine } from './load.js';
import type { Port } from './port.js';
import {
  adapterOfTraining,
  advanceTraining,
  beginTraining,
  endTraining,
  measureTraining,
} from './training.js';

/** Instantiates the first of these modules that can be, with as many threads. */
export type Instantiate = (files: EngineFile[], threads: number) => Promise<EngineInstance>;

/**
 * The worker's side of the conversation: one engine, and a queue of calls that it answers in
 * order, one at a time. It computes nothing itself.
 */
export class Host {
  readonly #port: Port;
  readonly #instantiate: Instantiate;
  readonly #retryPolicy: RetryPolicy;
  readonly #queue: Request[] = [];
  #current: { id: number; run: Run } | null = null;
  #loaded: Loaded | null = null;
  #deliver: (chunk: Uint8Array | null) => void = () => {};

  constructor(port: Port, instantiate: Instantiate, policy = retryPolicy) {
    this.#port = port;
    this.#instantiate = instantiate;
    this.#retryPolicy = policy;
    port.post({ type: 'started' });
  }

  receive(message: Exclude<ToWorker, ThreadMessage>): void {
    if (message.type === 'chunk') this.#deliver(message.bytes);
    else if (message.type === 'abort') this.#abort(message.id);
    else {
      this.#queue.push(message);
      if (this.#current === null) void this.#work();
    }
  }

  #abort(id: number): void {
    if (this.#current?.id === id) this.#current.run.cancel();
    const waiting = this.#queue.findIndex((request) => request.id === id);
    if (waiting !== -1) this.#queue.splice(waiting, 1);
  }

  async #work(): Promise<void> {
    for (let request = this.#queue.shift(); request; request = this.#queue.shift()) {
      const { id } = request;
      const run = new Run((progress) => this.#port.post({ type: 'progress', id, progress }));
      this.#current = { id, run };
      try {
        const answer = await this.#answer(request, run);
        this.#port.post({ type: 'done', id, answer }, buffersOf(answer));
      } catch (exception) {
        if (exception instanceof Cancelled) continue;
        const error = reportOf(exception);
        this.#port.post({ type: 'failed', id, error });
        // The engine's memory cannot be trusted: answer nothing more, the page ends this worker.
        if (error.code === 'crashed') return;
      }
    }
    this.#current = null;
  }

  async #answer(request: Request, run: Run): Promise<Calls[Request['type']]['answer']> {
    if (request.type === 'load') return this.#load(request);
    const loaded = this.#ready();
    const { engine } = loaded;
    useAdapter(loaded, request.adapter);
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
      case 'generate':
        await generate(loaded, request.ask, run, (step) => {
          this.#port.post({ type: 'step', id: request.id, step });
        });
        return null;
      case 'loadAdapter':
        return loadAdapter(loaded, request.ask);
      case 'saveAdapter':
        return saveAdapter(loaded, request.ask);
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
  const parts = answer instanceof Float32Array ? [answer] : Object.values(answer ?? {});
  return parts
    .filter((part) => ArrayBuffer.isView(part))
    .map((array) => array.buffer as ArrayBuffer);
}
