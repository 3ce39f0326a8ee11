/** The worker's entry: one worker, one WebAssembly instance, one model. */
import * as relaxed from '../wasm/relaxed/shotglass.js';
import * as simd128 from '../wasm/simd128/shotglass.js';
import { compileWasm } from './compile-wasm.js';
import { Host } from './host.js';
import { connect } from './worker-port.js';

// Imported here and not when wanted: a bundler may put a worker into one file only if it does not
// import while it runs. They are small beside the modules that they start.
const bindings = { simd128, relaxed };

connect((port) => {
  const host = new Host(port, async (build, wasmUrl) => {
    const module = bindings[build];
    await module.default({ module_or_path: await compileWasm(wasmUrl) });
    return module;
  });
  return (message) => host.receive(message);
});
