// A worker with the engine in it, or one of its threads, as the package's own worker starts them.

import init, { initSync, pool, work } from './threads/tests.js';
import { INITIAL_PAGES } from './threads/tests_memory.js';

addEventListener('message', async ({ data }) => {
  if (data.memory) {
    initSync(data);
    postMessage('joined');
    work();
  }
  const module = await WebAssembly.compileStreaming(fetch('./threads/tests_bg.wasm'));
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: 65_536, shared: true });
  await init({ module_or_path: module, memory });
  const joined = Array.from({ length: data.threads - 1 }, () => {
    const thread = new Worker(import.meta.url, { type: 'module' });
    thread.postMessage({ module, memory });
    return new Promise((resolve) => {
      thread.onmessage = resolve;
    });
  });
  await Promise.all(joined);
  postMessage({ wrong: pool(data.threads, data.rounds) });
});
