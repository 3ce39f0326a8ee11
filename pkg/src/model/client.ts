import { abortError, type ErrorReport, ShotglassError } from '../errors.js';
import { whenFree } from '../files/locks.js';
import { nodeSide } from '../files/node-side.js';
import type { AdapterUse, CallName, Calls, FromWorker, Request } from '../protocol.js';
import type { WorkerHandle } from '../spawn/handle.js';
import type { GeneratedToken, GenerateStep } from '../types.js';
import { startWorker } from './start-worker.js';

/** What the caller wants to hear of a call before it is answered. One that throws stops its call. */
export interface Hooks<K extends CallName> {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: Calls[K]['progress']) => void) | undefined;
  onStep?: (step: GenerateStep) => void;
  onPull?: (shard: number) => void;
  /** Says which tokens may be drawn after one: null for all, none to end the generation. */
  onChoose?: ((after: GeneratedToken | null) => Uint32Array | null) | undefined;
  /** The adapter with which it runs. Default: none. */
  adapter?: AdapterUse | null | undefined;
}

/** A call under way. */
export interface Call<Answer> {
  answer: Promise<Answer>;
  /** Stops it, if it is not over; its answer then rejects with `reason`. */
  cancel(reason: unknown): void;
}

/** Where the page cannot ask for locks, it hears of the ends that have an event. */
const noLocks = () => {};

interface Pending {
  resolve(answer: unknown): void;
  reject(reason: unknown): void;
  forget(): void;
  hooks: Omit<Hooks<CallName>, 'onProgress'> & {
    onProgress?: ((progress: never) => void) | undefined;
  };
}

/**
 * The page's side of the conversation with one worker. Every call is settled: by the worker's
 * answer, by its signal, or by the end of the worker, whatever that is.
 */
export class Client {
  #worker: WorkerHandle | null = null;
  #started = false;
  #end: ErrorReport | null = null;
  #nextId = 1;
  readonly #pending = new Map<number, Pending>();

  private constructor() {}

  /** Starts the worker at `url`, or the package's own. Rejects with `worker-failed`. */
  static async start(url: URL | null): Promise<Client> {
    const client = new Client();
    client.#worker = await startWorker(url, {
      message: (message) => client.#receive(message),
      death: (sentence) => client.#die(sentence),
    });
    return client;
  }

  call<K extends CallName>(
    type: K,
    ask: Calls[K]['ask'],
    hooks: Hooks<K> = {},
  ): Call<Calls[K]['answer']> {
    const id = this.#nextId++;
    const { signal, adapter = null } = hooks;
    const cancel = (reason: unknown) => this.#cancel(id, reason);
    const onAbort = () => signal && cancel(abortError(signal));
    const answer = new Promise<Calls[K]['answer']>((resolve, reject) => {
      this.refuseEnded();
      if (signal?.aborted) throw abortError(signal);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#pending.set(id, {
        // The worker answers a call with what `Calls` says of it.
        resolve: resolve as (answer: unknown) => void,
        reject,
        forget: () => signal?.removeEventListener('abort', onAbort),
        hooks,
      });
      this.#worker?.hold(true);
      try {
        this.#post({ type, id, ask, adapter } as Request);
      } catch (error) {
        this.#settle(id);
        throw error;
      }
    });
    return { answer, cancel };
  }

  /** Throws what ended the worker, if it has ended. */
  refuseEnded(): void {
    if (this.#end) throw new ShotglassError(this.#end.code, this.#end.message);
  }

  /** Sends the answer to a `pull`. */
  push(bytes: Uint8Array<ArrayBuffer> | null): void {
    this.#post({ type: 'chunk', bytes }, bytes ? [bytes.buffer] : []);
  }

  /** Ends the worker, which gives its memory back. All calls, also later ones, are rejected. */
  end(report: ErrorReport): void {
    if (this.#end) return;
    this.#end = report;
    this.#worker?.terminate();
    for (const id of [...this.#pending.keys()]) {
      this.#settle(id)?.reject(new ShotglassError(report.code, report.message));
    }
  }

  /** Ends the worker of a load that failed, and waits until others can have what it was keeping. */
  async giveUp(report: ErrorReport): Promise<void> {
    const worker = this.#worker;
    this.end(report);
    await worker?.terminate();
    if (worker?.thread !== undefined) await (await nodeSide())?.unlockAll(worker.thread);
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case 'started':
        this.#started = true;
        break;
      case 'alive':
        whenFree(message.lock).then(() => this.#die('the browser ended it'), noLocks);
        break;
      case 'pull':
        this.#tell(message.id, ({ onPull }) => onPull?.(message.shard));
        break;
      case 'progress':
        this.#tell(message.id, ({ onProgress }) => onProgress?.(message.progress as never));
        break;
      case 'step':
        this.#tell(message.id, ({ onStep }) => onStep?.(message.step));
        break;
      case 'choose':
        this.#tell(message.id, ({ onChoose }) => {
          const ids = onChoose?.(message.after) ?? null;
          this.#post({ type: 'allow', ids });
        });
        break;
      case 'done':
        this.#settle(message.id)?.resolve(message.answer);
        break;
      case 'failed':
        if (message.error.code === 'crashed') this.end(message.error);
        this.#settle(message.id)?.reject(
          new ShotglassError(message.error.code, message.error.message),
        );
    }
  }

  /** A hook that throws stops its call, which rejects with what was thrown. */
  #tell(id: number, tell: (hooks: Pending['hooks']) => void): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    try {
      tell(pending.hooks);
    } catch (error) {
      this.#cancel(id, error);
    }
  }

  #post(...message: Parameters<WorkerHandle['post']>): void {
    try {
      this.#worker?.post(...message);
    } catch (cause) {
      throw new ShotglassError(
        'worker-failed',
        `The arguments cannot be sent to the worker: ${cause}`,
        {
          cause,
        },
      );
    }
  }

  #cancel(id: number, reason: unknown): void {
    const pending = this.#settle(id);
    if (!pending) return;
    this.#worker?.post({ type: 'abort', id });
    pending.reject(reason);
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (this.#pending.size === 0) this.#worker?.hold(false);
    pending?.forget();
    return pending;
  }

  #die(sentence: string): void {
    this.end(
      this.#started
        ? {
            code: 'crashed',
            message: `The engine's worker ended unexpectedly (${sentence}). Load the model again.`,
          }
        : {
            code: 'worker-failed',
            message: `The worker could not be started (${sentence}). Check that its script is served as JavaScript.`,
          },
    );
  }
}
