import { ShotglassError } from './errors.js';
import { nodeWorker, type WorkerEvents, type WorkerHandle, webWorker } from './worker-handle.js';

/**
 * Starts a worker: the package's own, or the script at `url`.
 *
 * @throws `worker-failed` where the browser refuses at once; later refusals are a `death`.
 */
export async function startWorker(url: URL | null, events: WorkerEvents): Promise<WorkerHandle> {
  try {
    return typeof Worker === 'function'
      ? webWorker(newWorker(url), events)
      : // Not the expression below, or bundlers would copy the worker a second time.
        await nodeWorker(url ?? new URL('./worker.js', here), events);
  } catch (cause) {
    throw new ShotglassError(
      'worker-failed',
      `The worker could not be started (${cause}). It must come from the page's own origin, and ` +
        "the page's security policy (CSP worker-src) must allow it.",
      { cause },
    );
  }
}

const here = import.meta.url;

function newWorker(url: URL | null): Worker {
  // Bundlers find the worker by this exact expression.
  return url === null
    ? new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
    : new Worker(url, { type: 'module' });
}
