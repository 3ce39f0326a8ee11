/** The worker's entry: one worker, one WebAssembly instance, one model. */
import init, { Loader, Sampler } from '../wasm/simd128/shotglass.js';
import { compileWasm } from './compile-wasm.js';
import type { EngineModule } from './engine.js';
import { Host } from './host.js';
import { connect } from './worker-port.js';

connect((port) => {
  const host = new Host(port, async (wasmUrl): Promise<EngineModule> => {
    await init({ module_or_path: await compileWasm(wasmUrl) });
    return { Loader, Sampler };
  });
  return (message) => host.receive(message);
});
