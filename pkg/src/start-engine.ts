import * as relaxed from '../wasm/relaxed/shotglass.js';
import * as simd128 from '../wasm/simd128/shotglass.js';
import * as threaded from '../wasm/threads/shotglass.js';
import { compileWasm } from './compile-wasm.js';
import type { EngineInstance } from './engine.js';
import { ShotglassError } from './errors.js';
import { relaxedIsSound } from './features.js';
import type { EngineFile } from './messages.js';
import { sharedMemory, startThreads } from './threads.js';

// Imported here and not when wanted: a bundler may put a worker into one file only if it does not
// import while it runs. They are small beside the modules that they start.
const bindings = { simd128, relaxed, threads: threaded };

/**
 * Starts the first of these builds that can be started; where none can, fails as the last did.
 *
 * What a browser says that it can do it may still refuse: to reserve shared memory on a phone that
 * has little, to start more workers under a strict security policy. The next build does without.
 */
export async function startEngine(files: EngineFile[], threads: number): Promise<EngineInstance> {
  let failure: unknown;
  for (const file of files) {
    try {
      return await start(file, threads);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

async function start({ build, wasmUrl }: EngineFile, threads: number): Promise<EngineInstance> {
  if (build !== 'simd128' && !relaxedIsSound()) {
    throw new ShotglassError(
      'unsupported-browser',
      `Relaxed SIMD computes wrong numbers here, so that the build '${build}' cannot be used. Leave ` +
        'the option build out.',
    );
  }
  const wasm = await compileWasm(wasmUrl);
  const module = bindings[build];
  if (build !== 'threads') {
    await module.default({ module_or_path: wasm });
    return { module, threads: 1 };
  }
  const memory = sharedMemory();
  await threaded.default({ module_or_path: wasm, memory });
  await startThreads(threads - 1, { type: 'thread', wasm, memory });
  return { module, threads };
}
