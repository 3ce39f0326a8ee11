import type { Demonstration } from 'shotglass';

/** The place in a table of each of some of its rows. Equal rows stand for different ones, in order. */
export function placesIn(
  table: readonly Demonstration[],
  rows: readonly Demonstration[],
): number[] {
  const places = new Map<string, number[]>();
  for (const [i, row] of table.entries()) {
    const key = keyOf(row);
    places.set(key, [...(places.get(key) ?? []), i]);
  }
  return rows.map((row) => places.get(keyOf(row))?.shift() ?? -1);
}

const keyOf = ({ input, output }: Demonstration) => JSON.stringify([input, output]);
