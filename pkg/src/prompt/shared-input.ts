import type { Demonstration } from './task.js';

/**
 * The first row under test whose input is that of a training row, apart from spaces around it: its index among
 * the rows, and the number of the training row, from 1. Null if there is none.
 */
export function sharedInput(
  train: readonly Pick<Demonstration, 'input'>[],
  rows: readonly Pick<Demonstration, 'input'>[],
): { at: number; number: number } | null {
  const numbers = new Map(train.map(({ input }, index) => [input.trim(), index + 1]));
  for (const [at, { input }] of rows.entries()) {
    const number = numbers.get(input.trim());
    if (number !== undefined) return { at, number };
  }
  return null;
}
