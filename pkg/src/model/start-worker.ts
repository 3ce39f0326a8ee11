import { ShotglassError } from '../errors.js';
import { nodeWorker, type WorkerEvents, type WorkerHandle, webWorker } from '../spawn/handle.js';
import { foreignScript, trusted, withWorker } from '../spawn/trusted-types.js';

/**
 * Starts a worker: the package's own, or the script at `url`.
 *
 * @throws `worker-failed` where the browser refuses at once; later refusals are a `death`.
 */
export async function startWorker(url: URL | null, events: WorkerEvents): Promise<WorkerHandle> {
  try {
    return typeof Worker === 'function'
      ? newWorker(url, events)
      : // Not the expression below, or bundlers would copy the worker a second time.
        await nodeWorker(url ?? new URL('../worker/worker.js', here), events);
  } catch (cause) {
    throw new ShotglassError(
      'worker-failed',
      `The worker could not be started (${cause}). The page's security policy must allow it (CSP ` +
        'worker-src, with blob: if its script is on another origin, and trusted-types shotglass ' +
        'if Trusted Types are required).',
      { cause },
    );
  }
}

const here = import.meta.url;

function newWorker(url: URL | null, events: WorkerEvents): WorkerHandle {
  const Native = globalThis.Worker;
  /** Of the blob that stands for a script of another origin. */
  let blob: string | null = null;
  const make = (address: string | URL, options: WorkerOptions = {}) => {
    blob = foreignScript(address, options, url === null);
    return new Native(trusted(blob ?? address), options);
  };
  const worker =
    url !== null
      ? make(url, { type: 'module' })
      : withWorker(make, () => {
          // Bundlers find the worker by this exact expression.
          return new Worker(new URL('../worker/worker.js', import.meta.url), { type: 'module' });
        });
  return webWorker(worker, events, blob);
}
