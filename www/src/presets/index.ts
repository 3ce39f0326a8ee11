import { measuredOf } from '../recorded/measured.ts';
import { contents } from './contents.ts';
import type { Preset, PresetContent } from './preset.ts';
import { en } from './words.en.ts';

export type { Preset } from './preset.ts';

const [lead, ...others] = contents;

export const presets: readonly [Preset, ...Preset[]] = [named(lead), ...others.map(named)];

export function presetById(id: string): Preset {
  return presets.find((preset) => preset.id === id) ?? presets[0];
}

function named(content: PresetContent): Preset {
  const { name, shows } = en[content.id];
  return { ...content, name, shows: shows(measuredOf(content.id)) };
}
