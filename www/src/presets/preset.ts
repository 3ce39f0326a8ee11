import type { Preset as PackagedPreset } from 'shotglass/presets';

export type { PresetId } from 'shotglass/presets';

/** A task that ships with the package, with words about it. */
export interface Preset extends PackagedPreset {
  readonly name: string;
  /** What the preset shows, in a sentence or two, with the measured numbers. */
  readonly shows: string;
  /** Whether these numbers are the default model's, without being said to be. */
  readonly isOfDefault: boolean;
}
