// What the site takes from the lab's sources.

import { moduleOf } from '../module.mjs';

export const { modelName } = await moduleOf('src/app/source.ts');
export const { policy } = await moduleOf('vite/policy.ts');
export const { presets } = await moduleOf('src/presets/index.ts');
export const { draftOf } = await moduleOf('src/app/state.ts');
export const { defaultSettings } = await moduleOf('src/app/settings.ts');
export const { recordedAnswer } = await moduleOf('src/lab/recorded/reading.ts');
export const { encodeLink } = await moduleOf('src/share/link.ts');
export const { picture } = await moduleOf('src/share/pictures/picture.ts');
