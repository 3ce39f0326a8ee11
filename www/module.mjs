import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

/** A module of this folder, compiled as the build compiles it, for tools and tests that run in Node. */
export async function moduleOf(path) {
  const file = fileURLToPath(new URL(path, import.meta.url));
  const { module } = await runnerImport(file, { configFile: false, logLevel: 'error' });
  return module;
}
