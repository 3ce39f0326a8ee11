/** The engine's other threads: workers that run this same script, in the same memory. */
import { fail, initSync, work } from '../../wasm/threads/shotglass.js';
import { INITIAL_PAGES } from '../../wasm/threads/shotglass_memory.js';
import { ShotglassError } from '../errors.js';
import { lockForLife } from '../files/locks.js';
import type { FromWorker, ThreadMessage } from '../protocol.js';
import { nodeWorker, type WorkerEvents, type WorkerHandle, webWorker } from '../spawn/handle.js';
import { trusted } from '../spawn/trusted-types.js';
import { nodeGlobals, nodeModule } from '../util/node.js';
import type { Port } from './port.js';

/** Of a page of memory, in bytes. */
const PAGE = 65_536;

/** A thread only runs the innermost loops: it needs less of a stack than the engine. */
const STACK_BYTES = 8 * PAGE;

/** Long enough for a busy phone. A browser that is out of workers says nothing at all. */
const START_LIMIT_MS = 10_000;

/**
 * Memory for an engine with threads. Its most must be said at once, and some systems refuse to
 * reserve as much as there could be.
 *
 * @throws `out-of-memory` where even one gibibyte is refused.
 */
export function sharedMemory(): WebAssembly.Memory {
  let refusal: unknown;
  for (const gibibytes of [4, 2, 1]) {
    const maximum = (gibibytes * 2 ** 30) / PAGE;
    try {
      return new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum, shared: true });
    } catch (error) {
      refusal = error;
    }
  }
  throw new ShotglassError(
    'out-of-memory',
    `The browser refuses shared memory (${refusal}). Close other pages, or pass threads: 1.`,
  );
}

/**
 * Starts `count` threads, and waits until they work; answers with the locks that they hold. Where one
 * cannot, none does.
 */
export async function startThreads(count: number, message: ThreadMessage): Promise<string[]> {
  const workers: WorkerHandle[] = [];
  try {
    const joined = Array.from({ length: count }, () => {
      return startThread(message, (worker) => workers.push(worker));
    });
    const locks = await within(START_LIMIT_MS, Promise.all(joined));
    return locks.filter((lock) => typeof lock === 'string');
  } catch (error) {
    for (const worker of workers) worker.terminate();
    throw new ShotglassError(
      'worker-failed',
      `The engine's threads could not be started (${error}). They are workers started by the worker: ` +
        'its security policy (CSP worker-src) must allow them. Alternatively, pass threads: 1.',
    );
  }
}

/** One more worker that runs the script of this one, wherever it was served from and whatever bundled it. */
async function startThread(
  message: ThreadMessage,
  onWorker: (worker: WorkerHandle) => void,
): Promise<string | null> {
  if (typeof Worker !== 'function') {
    const { pathToFileURL } = await nodeModule('node:url');
    const [, path = ''] = nodeGlobals.process?.argv ?? [];
    return joined(message, onWorker, (events) => nodeWorker(pathToFileURL(path), events));
  }
  const start = (type: WorkerType) =>
    joined(message, onWorker, async (events) =>
      webWorker(new Worker(trusted(globalThis.location.href), { type }), events),
    );
  if (!mayBeClassic()) return start('module');
  // A module that is started as a classic script ends at once, with its first import.
  return start('classic').catch(() => start('module'));
}

/** Resolves when the worker works as a thread, with the lock that it holds. */
function joined(
  message: ThreadMessage,
  onWorker: (worker: WorkerHandle) => void,
  start: (events: WorkerEvents) => Promise<WorkerHandle>,
): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const events = {
      message: (message: FromWorker) => message.type === 'joined' && resolve(message.lock),
      // After it has joined nobody hears this. A thread that traps then says so in the memory, and who
      // waits for its lock hears of every other end.
      death: (sentence: string) => reject(new Error(sentence)),
    };
    start(events).then((worker) => {
      onWorker(worker);
      worker.post(message);
    }, reject);
  });
}

/**
 * Whether this worker may be a classic script, as some bundlers make it. In a module scripts cannot be imported, not
 * even none; Firefox only refuses where there is one.
 */
function mayBeClassic(): boolean {
  try {
    (globalThis as unknown as { importScripts(): void }).importScripts();
    return true;
  } catch {
    return false;
  }
}

async function within<Value>(limitMs: number, promise: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`no response for ${limitMs / 1000} s`);
    timer = setTimeout(reject, limitMs, error);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What the worker does that was asked to be a thread: it never returns, until it is terminated. */
export async function beThread({ wasm, memory }: ThreadMessage, port: Port): Promise<void> {
  const lock = await lockForLife();
  initSync({ module: wasm, memory, thread_stack_size: STACK_BYTES });
  port.post({ type: 'joined', lock });
  try {
    work();
  } catch (trap) {
    // The engine waits for this thread's share and receives no messages: tell it in the memory.
    fail();
    throw trap;
  }
}
