import { moduleOf } from '../module.mjs';

export const { contentText } = await moduleOf('src/recorded/content.ts');
export const { askedOf } = await moduleOf('src/app/prompt.ts');
export const { encodeLink } = await moduleOf('src/share/link.ts');
export const { labelsOf, receiptOf, recordedTokens } = await moduleOf('src/share/receipt.ts');
export const { picture } = await moduleOf('src/share/pictures/picture.ts');
export const { defaultSettings } = await moduleOf('src/app/settings.ts');
export const { draftOf } = await moduleOf('src/app/state.ts');
