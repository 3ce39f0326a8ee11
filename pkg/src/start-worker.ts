import { ShotglassError } from './errors.js';
import type { FromWorker, ToWorker } from './messages.js';
import { nodeGlobals, nodeModule } from './node.js';

/** The page's end of a worker, the same for a browser's and for Node's. */
export interface WorkerHandle {
  post(message: ToWorker, transfer?: Transferable[]): void;
  terminate(): void;
}

/** What a worker makes known. */
export interface WorkerEvents {
  message(message: FromWorker): void;
  /** It could not start, or it ended by itself; the sentence says how. */
  death(sentence: string): void;
}

/**
 * Starts a worker: the package's own, or the script at `url`.
 *
 * @throws `worker-failed` where the browser refuses at once; later refusals are a `death`.
 */
export async function startWorker(url: URL | null, events: WorkerEvents): Promise<WorkerHandle> {
  try {
    return typeof Worker === 'function'
      ? startWebWorker(url, events)
      : await startNodeWorker(url, events);
  } catch (cause) {
    throw new ShotglassError(
      'worker-failed',
      `The worker could not be started (${cause}). It must come from the page's own origin, and ` +
        "the page's security policy (CSP worker-src) must allow it.",
      { cause },
    );
  }
}

function startWebWorker(url: URL | null, events: WorkerEvents): WorkerHandle {
  // Bundlers find the worker by this exact expression.
  const worker =
    url === null
      ? new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
      : new Worker(url, { type: 'module' });
  worker.addEventListener('message', (event: MessageEvent<FromWorker>) => {
    events.message(event.data);
  });
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    events.death(event.message || 'its script could not be loaded');
  });
  worker.addEventListener('messageerror', () => events.death('a message could not be read'));
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    terminate: () => worker.terminate(),
  };
}

async function startNodeWorker(url: URL | null, events: WorkerEvents): Promise<WorkerHandle> {
  const { Worker: NodeWorker } = await nodeModule('node:worker_threads');
  // Not the expression above, or bundlers would copy the worker a second time.
  const here = import.meta.url;
  // A worker inherits the flags of its process, and refuses this one, which is for `node -e`.
  const execArgv = nodeGlobals.process?.execArgv.filter((flag) => !flag.startsWith('--input-type'));
  const worker = new NodeWorker(url ?? new URL('./worker.js', here), { execArgv: execArgv ?? [] });
  worker.on('message', (message) => events.message(message as FromWorker));
  worker.on('error', (error) => events.death(String(error)));
  worker.on('messageerror', (error) => events.death(String(error)));
  worker.on('exit', (code) => events.death(`it exited with code ${code}`));
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    terminate: () => void worker.terminate(),
  };
}
