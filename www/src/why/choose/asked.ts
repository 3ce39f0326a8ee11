/** What the cards ask that take demonstrations from the whole table. */
import type { Demonstration } from 'shotglass';
import { random } from 'shotglass/experiments';
import { usable } from '../evaluate/rows.ts';
import type { Question } from '../figure.ts';

/** Each held-out row is asked several times: more of them would take too long. */
const mostTested = 50;

/** The held-out rows: all that can be asked, or some of them drawn at random. */
export function testedRows({ rows, pool, isFree, labels }: Question): readonly Demonstration[] {
  const all = usable(rows, pool, isFree ? null : labels).rows;
  return all.length > mostTested ? random(0).shuffled(all).slice(0, mostTested) : all;
}

/** The same as options of an experiment: fewer rows than labels say nothing. */
export function rowOptions(question: Question) {
  const { isFree, labels } = question;
  const rows = testedRows(question);
  if (rows.length < (isFree ? 1 : labels.length)) return { count: 0, options: {} };
  return { count: rows.length, options: { rows, rowLabels: isFree ? null : labels } };
}
