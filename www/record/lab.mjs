import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

/** A module of the lab, compiled as the build compiles it. */
async function labModule(path) {
  const file = fileURLToPath(new URL(`../src/${path}`, import.meta.url));
  const { module } = await runnerImport(file, { configFile: false, logLevel: 'error' });
  return module;
}

export const { contentText } = await labModule('recorded/content.ts');
export const { wholeWord } = await labModule('answer/ladder/whole-word.ts');
export const { askedOf } = await labModule('app/prompt.ts');
export const { encodeLink } = await labModule('share/link.ts');
export const { labelsOf, receiptOf, recordedTokens } = await labModule('share/receipt.ts');
export const { picture } = await labModule('share/picture.ts');
export const { defaultSettings } = await labModule('app/settings.ts');
export const { draftOf } = await labModule('app/state.ts');
