import { ShotglassError } from '../errors.js';
import { isNode, nodeModule } from '../util/node.js';

/** Fetches, or in Node reads, the engine and compiles it. Fails with `worker-failed`. */
export async function compileWasm(url: string): Promise<WebAssembly.Module> {
  try {
    if (isNode && url.startsWith('file:')) {
      const { readFile } = await nodeModule('node:fs/promises');
      return await WebAssembly.compile(await readFile(new URL(url)));
    }
    const response = await fetch(url);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    // Compiling while it arrives works only for this media type, which not every server sends.
    return response.headers.get('content-type')?.startsWith('application/wasm')
      ? await WebAssembly.compileStreaming(response)
      : await WebAssembly.compile(await response.arrayBuffer());
  } catch (cause) {
    throw new ShotglassError(
      'worker-failed',
      `The engine at ${url} could not be started (${cause}). Check that the file is served (from ` +
        'another origin with CORS headers), that ' +
        "the page's security policy allows it (CSP script-src 'wasm-unsafe-eval'), or pass wasmUrl.",
    );
  }
}
