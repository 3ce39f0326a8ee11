import { measuredOf } from '../recorded/measured.ts';
import { strings } from '../strings/index.ts';
import { contents } from './contents.ts';
import type { Preset, PresetContent } from './preset.ts';

export type { Preset } from './preset.ts';

const [lead, ...others] = contents;

export const presets: readonly [Preset, ...Preset[]] = [named(lead), ...others.map(named)];

export function presetById(id: string): Preset {
  return presets.find((preset) => preset.id === id) ?? presets[0];
}

/** Read when they are drawn: the language may change. */
function named(content: PresetContent): Preset {
  const { id } = content;
  return {
    ...content,
    get name() {
      return strings.presets[id].name;
    },
    get shows() {
      return strings.presets[id].shows(measuredOf(id));
    },
  };
}
