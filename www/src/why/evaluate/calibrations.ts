import type { EvaluateOptions } from 'shotglass/experiments';
import { comparisons } from '../../app/settings.ts';

/** How an evaluation calibrates its labels, by name. */
export const calibrations = [
  'nothing',
  'contentFree',
  'batch',
  'empty',
  'answer',
  'channel',
] as const;
export type Calibration = (typeof calibrations)[number];

/** The same as `evaluate` takes it. */
export function optionsOf(
  calibration: Calibration,
): Pick<EvaluateOptions, 'comparison' | 'direction'> {
  if (calibration === 'channel') return { direction: 'channel' };
  return { comparison: calibration === 'batch' ? 'batch' : comparisons[calibration] };
}
