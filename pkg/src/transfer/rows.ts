/** What the ways of training share. */

import { ShotglassError } from '../errors.js';
import { sharedInput } from '../prompt/shared-input.js';
import type { Demonstration, Task } from '../prompt/task.js';

/** What ends a free answer: the separator that ends a demonstration. */
export function endOf({ template }: Task): string {
  return template.demonstrationSeparator;
}

/** A held-out row that was learned proves nothing. */
export function refuseSeen(
  rows: readonly Demonstration[],
  validation: readonly Demonstration[],
): void {
  const shared = sharedInput(rows, validation);
  if (shared === null) return;
  throw new ShotglassError(
    'invalid-option',
    `Validation row ${shared.at + 1} has the same input as training row ${shared.number}. Remove one of them.`,
  );
}
