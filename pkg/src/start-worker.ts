import { ShotglassError } from './errors.js';
import { trusted, withTrustedWorker } from './trusted-types.js';
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
        "the page's security policy must allow it (CSP worker-src, and trusted-types shotglass where " +
        'Trusted Types are required).',
      { cause },
    );
  }
}

const here = import.meta.url;

function newWorker(url: URL | null): Worker {
  if (url !== null) return new Worker(trusted(url), { type: 'module' });
  return withTrustedWorker(() => {
    // Bundlers find the worker by this exact expression.
    return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  });
}
