import type { FromWorker, ToWorker } from '../protocol.js';
import { nodeGlobals, nodeModule } from '../util/node.js';

/** The worker's end of the conversation. */
export interface Port {
  post(message: FromWorker, transfer?: Transferable[]): void;
}

interface WebWorkerScope {
  postMessage(message: FromWorker, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<ToWorker>) => void): void;
}

/**
 * Connects this worker with the page. `accept` is given the port and answers with the receiver of
 * its messages; in a browser it is called at once, since messages do not wait for listeners there.
 */
export function connect(accept: (port: Port) => (message: ToWorker) => void): void {
  if ('WorkerGlobalScope' in globalThis) {
    const scope = globalThis as unknown as WebWorkerScope;
    const receive = accept({
      post: (message, transfer = []) => scope.postMessage(message, transfer),
    });
    scope.addEventListener('message', (event) => receive(event.data));
    return;
  }
  void nodeModule('node:worker_threads').then(({ parentPort }) => {
    const receive = accept({
      post: (message, transfer = []) => parentPort?.postMessage(message, transfer),
    });
    parentPort?.on('message', (message) => receive(message as ToWorker));
  });
}

const channel = nodeGlobals.setImmediate === undefined ? new MessageChannel() : null;

/**
 * Lets the messages that have arrived be received: one turn of the event loop.
 *
 * `setTimeout` would take 4 ms. In Node the way is `setImmediate`: there a port handles up to a
 * thousand of its own messages before any other port has its turn.
 */
export function yieldToMessages(): Promise<void> {
  return new Promise((resolve) => {
    if (channel === null) {
      nodeGlobals.setImmediate?.(resolve);
      return;
    }
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(null);
  });
}
