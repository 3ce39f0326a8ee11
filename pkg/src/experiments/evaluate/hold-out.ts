import { random } from '../../math/random.js';
import type { Demonstration } from '../../prompt/task.js';
import { integer, invalid, only } from '../../util/validate.js';

/** A table in two parts, neither of which has an input of the other. */
export interface HeldOut {
  /** The rows that demonstrations are drawn from, in the order of the table. */
  train: Demonstration[];
  /** The rows that are held out for testing, in the order of the table. */
  test: Demonstration[];
}

/** Options of {@link holdOut}. */
export interface HoldOutOptions {
  /** Decides which rows are held out: an integer of at least 0. Default 0. */
  seed?: number | undefined;
  /**
   * Whether each output keeps its share in both parts, as labels should. Set it to false for free text,
   * where every output is another. Default true.
   */
  stratified?: boolean | undefined;
}

/**
 * Holds out some rows of a table for testing, so that one table is enough for {@link evaluate}. Rows with
 * the same input (apart from spaces around it) stay together, so no input is in both parts. If such rows
 * do not fit into the count, there are fewer rows to test than asked for.
 *
 * @param count Number of rows to hold out, from 0 to the number of rows.
 * @throws {@link ShotglassError} `invalid-option`.
 */
export function holdOut(
  rows: readonly Demonstration[],
  count: number,
  options: HoldOutOptions = {},
): HeldOut {
  only(options, { seed: true, stratified: true });
  if (!Array.isArray(rows)) throw invalid('rows', 'an array of demonstrations');
  const { seed = 0, stratified = true } = options;
  if (integer('count', count, 0) > rows.length) {
    throw invalid('count', `at most ${rows.length}, the number of rows`);
  }
  const generator = random(seed);
  const strata = stratified ? strataOf(groupsOf(rows)) : [groupsOf(rows)];
  const held = new Set(taken(strata.map(generator.shuffled), count));
  return {
    train: rows.filter((_, i) => !held.has(i)),
    test: rows.filter((_, i) => held.has(i)),
  };
}

/** Rows with one input, by their indices. */
interface Group {
  rows: number[];
  output: string;
}

function groupsOf(rows: readonly Demonstration[]): Group[] {
  const groups = new Map<string, Group>();
  for (const [i, { input, output }] of rows.entries()) {
    const group = groups.get(input.trim());
    if (group) group.rows.push(i);
    else groups.set(input.trim(), { rows: [i], output: output.trim() });
  }
  return [...groups.values()];
}

/** The groups of each output. Rows with one input and several outputs count as the first of them says. */
function strataOf(groups: readonly Group[]): Group[][] {
  const strata = new Map<string, Group[]>();
  for (const group of groups) {
    strata.set(group.output, [...(strata.get(group.output) ?? []), group]);
  }
  return [...strata.values()];
}

/**
 * So many rows out of the strata: next is always the stratum of which the smallest share has been taken, so
 * that after each step all shares are as equal as whole rows allow.
 */
function taken(strata: readonly (readonly Group[])[], count: number): number[] {
  const held: number[] = [];
  const queues = strata.map((groups) => ({ groups, at: 0 }));
  for (;;) {
    const open = queues.filter(({ groups, at }) => at < groups.length);
    const [first] = open;
    if (!first || held.length === count) return held;
    const share = ({ groups, at }: typeof first) => (at + 0.5) / groups.length;
    const next = open.reduce((a, b) => (share(b) < share(a) ? b : a));
    const rows = next.groups[next.at]?.rows ?? [];
    next.at += 1;
    if (held.length + rows.length <= count) held.push(...rows);
  }
}
