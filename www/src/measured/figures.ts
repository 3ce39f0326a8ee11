import { at } from './measured.ts';
import type { Measured, Point } from './types.ts';

/** What the sentences of all languages take their numbers from. */

/** Of the preset as it is, or without its trap. */
export type Side = 'points' | 'mended';

export function shots(measured: Measured, k: number, side: Side = 'points'): Point {
  return at(measured[side], k);
}

/** How many rows were right. */
export function right(measured: Measured, k: number, side: Side = 'points'): number {
  return shots(measured, k, side).correct;
}

/** How many rows there are. */
export function sizeOf(measured: Measured): number {
  return shots(measured, 0).n;
}

/** How often a label was predicted. */
export function said(measured: Measured, k: number, label: number, side: Side = 'points'): number {
  return shots(measured, k, side).labels?.predicted[label] ?? 0;
}

/** The mass of the labels. */
export function mass(measured: Measured, k: number): number {
  return shots(measured, k).labels?.mass ?? 0;
}

/** How many rows are right after calibration. */
export function calibrated(measured: Measured, k: number): number {
  return shots(measured, k).labels?.calibrated ?? 0;
}

/** How many answers begin with the right token. */
export function begun(measured: Measured, k: number, side: Side = 'points'): number {
  return shots(measured, k, side).text?.firstToken ?? 0;
}

/** How probable the right answers were, or the wrong ones, on average. */
export function sure(measured: Measured, k: number, were: 'sureRight' | 'sureWrong'): number {
  return shots(measured, k).text?.[were] ?? 0;
}

/** The model that a preset is for, where that is not the default one. */
export function alsoName({ also }: Measured): string {
  if (!also)
    throw new Error('It was measured with no other model: run cargo xtask record --gemma.');
  return also.model.name;
}

/** How many rows were right with that model. */
export function alsoRight({ also }: Measured, k: number): number {
  return at(also?.points ?? null, k).correct;
}

/** The highest probability of the right label when any demonstration but the one at a place is left out. */
export function withoutAnother({ leaveOneOut }: Measured, place: number): number {
  return Math.max(...(leaveOneOut ?? []).filter((_, index) => index !== place));
}
