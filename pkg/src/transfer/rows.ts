/** What the ways of training share. */

import { ShotglassError } from '../errors.js';
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
  const numbers = new Map(rows.map(({ input }, index) => [input.trim(), index + 1]));
  for (const [index, { input }] of validation.entries()) {
    const number = numbers.get(input.trim());
    if (number === undefined) continue;
    throw new ShotglassError(
      'invalid-option',
      `Validation row ${index + 1} has the same input as training row ${number}. Remove one of them.`,
    );
  }
}
