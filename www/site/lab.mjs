// What the site takes from the lab's sources.

import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

/** A module of `www/`, compiled as the build compiles it. */
async function moduleOf(path) {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
  const { module } = await runnerImport(file, { configFile: false, logLevel: 'error' });
  return module;
}

export const { policy } = await moduleOf('vite/policy.ts');
export const { presets } = await moduleOf('src/presets/index.ts');
export const { draftOf } = await moduleOf('src/app/state.ts');
export const { defaultSettings } = await moduleOf('src/app/settings.ts');
export const { recordedAnswer } = await moduleOf('src/lab/recorded/reading.ts');
export const { encodeLink } = await moduleOf('src/share/link.ts');
export const { picture } = await moduleOf('src/share/picture.ts');
