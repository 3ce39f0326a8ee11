import type { Measured } from '../recorded/types.ts';
import type { PresetId } from './preset.ts';

/** What the page says of a preset, in one language. */
export interface PresetWords {
  name: string;
  /** What it shows, in a few sentences. Every number in them comes from what was measured. */
  shows: (measured: Measured) => string;
}

/** A language has words for every preset: a missing one does not compile. */
export type PresetCatalogue = Record<PresetId, PresetWords>;
