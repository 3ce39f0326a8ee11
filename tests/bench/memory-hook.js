// Runs first in a worker: remembers every WebAssembly.Memory that comes into being, and tells the
// size of the largest. A script and a module alike, hence without imports and exports.

{
  const memories = new Set();
  const keep = (value) => {
    if (value instanceof WebAssembly.Memory) memories.add(value);
    return value;
  };
  const keepExports = (result) => {
    Object.values((result.instance ?? result).exports ?? {}).forEach(keep);
    return result;
  };
  const keepConstructed = (name, keep) => {
    WebAssembly[name] = new Proxy(WebAssembly[name], {
      construct: (...construction) => keep(Reflect.construct(...construction)),
    });
  };
  const keepAwaited = (name) => {
    const original = WebAssembly[name];
    WebAssembly[name] = async (...args) => keepExports(await original.apply(WebAssembly, args));
  };
  keepConstructed('Memory', keep);
  keepConstructed('Instance', keepExports);
  keepAwaited('instantiate');
  keepAwaited('instantiateStreaming');

  const channel = new BroadcastChannel('memory');
  channel.onmessage = ({ data }) => {
    // Other workers answer on the same channel.
    if (data !== 'how much?') return;
    channel.postMessage(Math.max(0, ...[...memories].map(({ buffer }) => buffer.byteLength)));
  };
}
