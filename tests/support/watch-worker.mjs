// The package's worker in a browser, watched: how it reads files. Asked over the channel 'watch', it says the largest
// piece that a stream gave it, how much came in pieces, and which ways it took that give a file whole.

const seen = { largest: 0, bytes: 0, whole: [] };

for (const { prototype } of [ReadableStreamDefaultReader, ReadableStreamBYOBReader]) {
  const { read } = prototype;
  prototype.read = async function (...args) {
    const result = await read.apply(this, args);
    if (result.value instanceof Uint8Array) {
      seen.largest = Math.max(seen.largest, result.value.length);
      seen.bytes += result.value.length;
    }
    return result;
  };
}
for (const way of ['arrayBuffer', 'bytes', 'text']) {
  const original = Blob.prototype[way];
  if (original === undefined) continue;
  Blob.prototype[way] = function (...args) {
    seen.whole.push(way);
    return original.apply(this, args);
  };
}

const channel = new BroadcastChannel('watch');
channel.onmessage = () => channel.postMessage(seen);

// Messages do not wait for a listener: those that come before the worker's own are kept for it.
const early = [];
const keep = ({ data }) => early.push(data);
addEventListener('message', keep);
await import('/dist/worker/worker.js');
removeEventListener('message', keep);
for (const data of early) dispatchEvent(new MessageEvent('message', { data }));
