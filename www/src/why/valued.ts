import type { Datum } from '../figure/chart.ts';
import { strings } from '../strings/index.ts';

/** What is not known yet, or never will be, is said in the place of its number. */
export function valued(
  at: number,
  value: number | null | undefined,
  unknown = strings.why.pending,
): Datum {
  return value === null || value === undefined ? { at, value: null, text: unknown } : { at, value };
}
