import {
  Encoding,
  Examples,
  initSync,
  Loader,
  Sampler,
  TrainSettings,
} from '../../wasm/simd128/shotglass.js';
import * as threads from '../../wasm/threads/shotglass.js';
import { ShotglassError } from '../errors.js';
import type { EngineFile } from '../protocol.js';
import { hasThreads, isRelaxed, relaxedIsSound } from '../util/features.js';
import { compileWasm } from './compile-wasm.js';
import type { EngineInstance } from './engine.js';
import { sharedMemory, startThreads } from './threads.js';

// The bindings are imported here and not when wanted: a bundler may put a worker into one file only if
// it does not import while it runs. Those of `relaxed` are those of `simd128`, and those of
// `simd128-threads` those of `threads`, to the letter; and only what is named here is bundled.
const plain = { Encoding, Examples, Loader, Sampler, TrainSettings };
const threaded = {
  Encoding: threads.Encoding,
  Examples: threads.Examples,
  Loader: threads.Loader,
  Sampler: threads.Sampler,
  TrainSettings: threads.TrainSettings,
};

/**
 * Starts the first of these builds that can be started; where none can, fails as the last did.
 *
 * What a browser says that it can do it may still refuse: to reserve shared memory on a phone that
 * has little, to start more workers under a strict security policy. The next build does without.
 */
export async function startEngine(files: EngineFile[], count: number): Promise<EngineInstance> {
  let failure: unknown;
  for (const file of files) {
    try {
      return await start(file, count);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

async function start({ build, wasmUrl }: EngineFile, count: number): Promise<EngineInstance> {
  if (isRelaxed(build) && !relaxedIsSound()) {
    throw new ShotglassError(
      'unsupported-browser',
      `Relaxed SIMD computes wrong numbers here, so the build '${build}' cannot be used. Omit ` +
        'the option build.',
    );
  }
  const wasm = await compileWasm(wasmUrl);
  if (!hasThreads(build)) {
    initSync({ module: wasm });
    return { module: plain, threads: 1 };
  }
  const memory = sharedMemory();
  threads.initSync({ module: wasm, memory });
  const locks = await startThreads(count - 1, { type: 'thread', wasm, memory });
  return { module: threaded, threads: count, locks };
}
