// The linear memory of a package's WebAssembly instance, which lives in a worker that the package
// keeps to itself.
//
// Before the page opens the package, its `Worker` is replaced by one that runs memory-hook.js
// first. Nothing is timed in such a page.

/** Makes the workers that the page will start tell of their memory. */
export async function watchMemory(page) {
  await page.addInitScript(() => {
    const hook = new URL('/bench/memory-hook.js', location.href).href;
    globalThis.Worker = class extends Worker {
      constructor(script, options = {}) {
        const { href } = new URL(script, location.href);
        const load =
          options.type === 'module'
            ? `import ${JSON.stringify(hook)}; import ${JSON.stringify(href)};`
            : `importScripts(${JSON.stringify(hook)}, ${JSON.stringify(href)});`;
        super(URL.createObjectURL(new Blob([load], { type: 'text/javascript' })), options);
      }
    };
  });
}

/**
 * Bytes of the largest linear memory in the page's workers. It never shrinks, so this is the most
 * that it has been.
 */
export function linearMemory(page) {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        const channel = new BroadcastChannel('memory');
        let largest = 0;
        channel.onmessage = ({ data }) => {
          largest = Math.max(largest, data);
        };
        channel.postMessage('how much?');
        // There is no telling how many workers answer; those that are idle do so at once.
        setTimeout(() => {
          channel.close();
          resolve(largest);
        }, 500);
      }),
  );
}
