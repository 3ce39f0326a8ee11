import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

/** A module of the lab, compiled as the build compiles it. */
async function labModule(path) {
  const file = fileURLToPath(new URL(`../src/${path}`, import.meta.url));
  const { module } = await runnerImport(file, { configFile: false, logLevel: 'error' });
  return module;
}

export const { contentText } = await labModule('recorded/content.ts');
export const { askedOf } = await labModule('prompt.ts');
export const { encodeLink } = await labModule('keep/link.ts');
export const { labelsOf, receiptOf, recordedTokens } = await labModule('keep/receipt.ts');
export const { picture } = await labModule('keep/picture.ts');
export const { defaultSettings } = await labModule('settings.ts');
export const { draftOf } = await labModule('state.ts');
