// The package's worker where something is refused that there seemed to be, or made visible that is not: what, is said in
// the query of its address in a browser, and in an environment variable in Node.

const isNode = !('WorkerGlobalScope' in globalThis);
const odd = isNode ? process.env.SHOTGLASS_ODD : location.search.slice(1);
const root = isNode ? '../../pkg/' : '/';
const port = isNode ? (await import('node:worker_threads')).parentPort : globalThis;

const { Memory } = WebAssembly;
WebAssembly.Memory = class extends Memory {
  constructor(descriptor) {
    if (odd === 'no-shared-memory') throw new RangeError('out of addresses');
    super(odd === 'small-memory' ? { ...descriptor, maximum: 1000 } : descriptor);
  }
};

/** Holds a lock for as long as this worker is there. */
function holdLock() {
  return new Promise((held) => {
    navigator.locks.request('alive', { mode: 'shared' }, () => {
      held();
      return new Promise(() => {});
    });
  });
}

/** Does as a thread does, and then says that it has trapped. */
async function failAsThread({ wasm, memory }) {
  const { initSync, fail } = await import(`${root}wasm/threads/shotglass.js`);
  initSync({ module: wasm, memory, thread_stack_size: 65_536 });
  fail();
  port.postMessage({ type: 'joined' });
}

/** Joins as a thread does, and ends without a word when the channel 'end' tells it to. */
async function closeAsThread() {
  const { lockForLife } = await import(`${root}dist/files/locks.js`);
  port.postMessage({ type: 'joined', lock: await lockForLife() });
  new BroadcastChannel('end').onmessage = () => globalThis.close();
}

async function beWorker(kept) {
  if (odd === 'locked') await holdLock();
  await import(`${root}dist/worker/worker.js`);
  // In Node it listens a little later.
  while (isNode && port.listenerCount('message') < 2) await new Promise(setImmediate);
  started = true;
  for (const data of kept) {
    if (isNode) port.emit('message', data);
    else dispatchEvent(new MessageEvent('message', { data }));
  }
}

// What comes before the worker's own script listens is kept for it.
const kept = [];
let started = false;

function receive(message) {
  if (started) return;
  if (message.type === 'thread' && odd === 'dead-threads') throw new Error('this thread dies');
  if (message.type === 'thread' && odd === 'failing-threads') failAsThread(message);
  else if (message.type === 'thread' && odd === 'closing-threads') closeAsThread();
  else if (kept.push(message) === 1) beWorker(kept);
}

if (isNode) port.on('message', receive);
else addEventListener('message', ({ data }) => receive(data));
