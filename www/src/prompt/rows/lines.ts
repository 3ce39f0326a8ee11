/** Lines of text that are pasted into a column of the table. */
import type { Demonstration } from 'shotglass';
import type { Row } from '../../app/state.ts';

/** The lines of a text that has several; null of one line. Empty ones are gaps and no rows. */
export function linesIn(text: string): string[] | null {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
  return lines.length > 1 ? lines : null;
}

/**
 * The rows that take the place of `replaces` rows from `at` on: the first line goes into that cell, with what stands around
 * the caret, and the others into the empty cells below it and then into new rows.
 */
export function spread(
  rows: readonly Row[],
  { at, field }: { at: number; field: keyof Demonstration },
  [first = '', ...others]: readonly string[],
): { rows: Row[]; replaces: number } {
  const below = rows.slice(at + 1);
  const taken = below.findIndex((row) => row[field] !== '');
  const free = Math.min(others.length, taken === -1 ? below.length : taken);
  const empty: Row = { input: '', output: '' };
  const placed = others.map((line, index): Row => {
    const row = index < free ? below[index] : empty;
    return { ...empty, ...row, [field]: line };
  });
  const start: Row = { ...empty, ...rows[at], [field]: first };
  return { rows: [start, ...placed], replaces: 1 + free };
}
