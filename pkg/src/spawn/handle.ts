import type { FromWorker, ToWorker } from '../protocol.js';
import { nodeGlobals, nodeModule } from '../util/node.js';
import { forgetScript } from './trusted-types.js';

/** The other end of a worker, the same for a browser's and for Node's. */
export interface WorkerHandle {
  post(message: ToWorker, transfer?: Transferable[]): void;
  /** Whether it keeps the process running, in Node. It does until told otherwise. */
  hold(isHeld: boolean): void;
  /** In Node it has ended when the promise is kept. */
  terminate(): unknown;
  /** In Node its number, by which what it had locked is found; in a browser its end gives that back. */
  thread?: number;
}

/** What a worker makes known. */
export interface WorkerEvents {
  message(message: FromWorker): void;
  /** It could not start, or it ended by itself; the sentence says how. */
  death(sentence: string): void;
}

/** A browser's worker; `blob` is what its script was started from, if that is of another origin. */
export function webWorker(
  worker: Worker,
  events: WorkerEvents,
  blob: string | null = null,
): WorkerHandle {
  const unloaded = blob
    ? 'its script is on another origin: that server must let the page read it (CORS), and the ' +
      "page's security policy must allow blob: and that origin (CSP worker-src)"
    : 'its script could not be loaded';
  worker.addEventListener('message', (event: MessageEvent<FromWorker>) => {
    events.message(event.data);
  });
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    events.death(event.message || unloaded);
  });
  worker.addEventListener('messageerror', () => events.death('a message could not be read'));
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    hold() {},
    terminate() {
      worker.terminate();
      // Its threads, which run the same script, have all been started or never will be.
      if (blob) forgetScript(blob);
    },
  };
}

/** Starts a worker of Node. */
export async function nodeWorker(url: URL, events: WorkerEvents): Promise<WorkerHandle> {
  const { Worker: NodeWorker } = await nodeModule('node:worker_threads');
  // A worker inherits the flags of its process, and refuses this one, which is for `node -e`. To
  // name the others is no way: of those it inherits, it refuses V8's when they are named.
  const isRefused = (flag: string) => flag.startsWith('--input-type');
  const isEvaluated = nodeGlobals.process?.execArgv.some(isRefused);
  const worker = new NodeWorker(url, isEvaluated ? { execArgv: [] } : {});
  worker.on('message', (message) => events.message(message as FromWorker));
  worker.on('error', (error) => events.death(String(error)));
  worker.on('messageerror', (error) => events.death(String(error)));
  worker.on('exit', (code) => events.death(`it exited with code ${code}`));
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
    terminate: () => worker.terminate(),
    thread: worker.threadId,
  };
}
