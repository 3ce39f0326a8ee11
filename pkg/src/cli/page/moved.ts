/** A recorded number beside the new one, in a sentence. */
import { englishOneIn, formatProbability } from '../../format/numbers.js';
import type { FoundRow } from './find-elements.js';

/** A difference, with as many digits as the page itself has. */
export function moved(row: FoundRow, fresh: number | null, tolerance: number): string | null {
  if (fresh === null)
    return `'${row.name}' was ${row.shown} and is no longer among the most probable.`;
  if (row.value === null) {
    const shown = formatProbability(fresh);
    return row.shown.replaceAll(/\s/g, '') === shown.replaceAll(/\s/g, '')
      ? null
      : `'${row.name}' was ${row.shown} and is ${shown}.`;
  }
  if (Math.abs(row.value - fresh) <= tolerance) return null;
  const [before, now] = [row.value, fresh].map((p) => formatProbability(p, englishOneIn));
  return before === now
    ? `'${row.name}' was ${row.value} and is ${fresh.toPrecision(6)}.`
    : `'${row.name}' was ${before} and is ${now}.`;
}

/** Pages may write the control pictures in place of our marks. */
export function sameMarks(name: string): string {
  return name.replaceAll('␠', '␣').replaceAll('⏎', '↵');
}
