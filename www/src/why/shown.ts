import { counts, type Draft, type Row } from '../app/state.ts';
import { strings } from '../strings/index.ts';
import type { EffectsFigure } from './figure.ts';

/** What a demonstration does to the answer, as its row in the table says it. */
export interface RowEffect {
  text: string;
  sign: 'more' | 'less';
}

/** By the row's index in the table. */
export type RowEffects = ReadonlyMap<number, RowEffect>;

/** The rows of the table that the prompt shows, by their index there: the first `shots` that count. */
export function shownRows(rows: readonly Row[], shots: number): number[] {
  return [...rows].flatMap((row, index) => (counts(row) ? [index] : [])).slice(0, shots);
}

/** The order of the whole table in which its shown rows stand in another order, and all others where they were. */
export function tableOrder(rows: readonly Row[], order: readonly number[]): number[] {
  const shown = shownRows(rows, order.length);
  const all = [...rows.keys()];
  shown.forEach((place, i) => {
    all[place] = shown[order[i] ?? i] ?? place;
  });
  return all;
}

/** The effects of the demonstrations that are shown, as chips for their rows; none of a row that is not. */
export function rowEffects({ task, shots }: Draft, figure: EffectsFigure | null): RowEffects {
  const rows = shownRows(task.demonstrations, shots);
  return new Map(
    (figure?.effects ?? []).flatMap(({ demonstration, nats }): [number, RowEffect][] => {
      const row = demonstration === null ? undefined : rows[demonstration];
      if (row === undefined || nats === null) return [];
      return [[row, { text: strings.why.nats(nats), sign: nats < 0 ? 'less' : 'more' }]];
    }),
  );
}
