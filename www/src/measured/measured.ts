import type { PresetId } from 'shotglass/presets';
import file from './measured.json';
import type { Measured, MeasuredFile, Point } from './types.ts';

const { presets }: MeasuredFile = file as MeasuredFile;

/** How often the task of a preset is solved. */
export function measuredOf(id: PresetId): Measured {
  const measured = presets[id];
  if (!measured) throw new Error(`${id} was never measured: run cargo xtask record.`);
  return measured;
}

/** What was measured at a number of shots. */
export function at(points: readonly Point[] | null, shots: number): Point {
  const point = points?.find((each) => each.shots === shots);
  if (!point) throw new Error(`${shots} shots were never measured: run cargo xtask record.`);
  return point;
}
