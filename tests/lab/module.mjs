import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

/** A module of the lab, compiled as the build compiles it. */
export async function labModule(path) {
  const file = fileURLToPath(new URL(`../../www/src/${path}`, import.meta.url));
  const { module } = await runnerImport(file, { configFile: false, logLevel: 'error' });
  return module;
}
