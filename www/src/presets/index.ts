import { type Preset as PackagedPreset, presets as packaged } from 'shotglass/presets';
import { measuredOf } from '../measured/measured.ts';
import { strings } from '../strings/index.ts';
import type { Preset } from './preset.ts';

export type { Preset } from './preset.ts';

const [lead, ...others] = packaged;

export const presets: readonly [Preset, ...Preset[]] = [named(lead), ...others.map(named)];

export function presetById(id: string): Preset {
  return presets.find((preset) => preset.id === id) ?? presets[0];
}

/** Read when they are drawn: the language may change. */
function named(packaged: PackagedPreset): Preset {
  const { id } = packaged;
  return {
    ...packaged,
    get isOfDefault() {
      const { metric, also } = measuredOf(id);
      return metric !== null && !also;
    },
    get name() {
      return strings.presets[id].name;
    },
    get shows() {
      return strings.presets[id].shows(measuredOf(id));
    },
  };
}
