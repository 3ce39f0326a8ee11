import { arithmetic } from './arithmetic.ts';
import { pastTense } from './past-tense.ts';
import type { Preset } from './preset.ts';
import { sentiment } from './sentiment.ts';
import { topics } from './topics.ts';
import { translate } from './translate.ts';

export type { Preset } from './preset.ts';

export const presets: readonly [Preset, ...Preset[]] = [
  pastTense,
  sentiment,
  topics,
  translate,
  arithmetic,
];

export function presetById(id: string): Preset {
  return presets.find((preset) => preset.id === id) ?? presets[0];
}
