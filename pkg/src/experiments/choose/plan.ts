import { random } from '../../math/random.js';
import type { Demonstration, Task } from '../../prompt/task.js';
import type { Label } from '../../scoring/classify.js';
import { integer, invalid, oneOf, only, text } from '../../util/validate.js';
import { checked, goldIndex, queryOptions } from '../planned.js';
import type { ChoiceMethod, ChooseOptions } from './types.js';

/** All methods of {@link choose}. */
export const choiceMethods: readonly ChoiceMethod[] = [
  'similar',
  'oneShot',
  'bm25',
  'random',
  'worst',
];

/** The most rows that a pool may have. */
const mostRows = 1000;

/** What {@link choose} will choose from. */
export interface PlannedChoice {
  /** The task with the pool as its demonstrations, in the order given. */
  task: Task;
  labels: readonly Label[];
  /** Index of the label that is correct for the query; undefined if unknown. */
  gold: number | undefined;
  query: string;
  /** Indices of the rows that are left out because their input is the query. */
  leftOut: number[];
  /**
   * Indices of the others, sorted by their inputs and then by their outputs. A choice prefers the first of equal
   * rows in this order, so it does not depend on the order of the pool.
   */
  candidates: number[];
  shots: number;
  methods: readonly ChoiceMethod[];
  /** How many candidates are scored one by one. */
  scored: number;
  /** What `'random'` chooses: indices in the order shown, for the query and then for each held-out row. */
  draws: number[][];
}

/**
 * What {@link choose} chooses from, and what it draws at random. Needs no model.
 *
 * @throws {@link ShotglassError} `invalid-option` if the pool is empty, too large, has an input that is blank, or
 * fewer rows than `shots` apart from the query; if a method occurs twice; or if an option, the task, the query or
 * the labels are invalid.
 */
export function planChoose(task: Task, options: ChooseOptions = {}): PlannedChoice {
  only(options, {
    pool: true,
    shots: true,
    methods: true,
    gold: true,
    layer: true,
    candidates: true,
    seed: true,
    rows: true,
    rowLabels: true,
    ...queryOptions,
  });
  const pool = checkedPool(options.pool ?? task?.demonstrations);
  const whole: Task = { ...task, demonstrations: [...pool] };
  const query = options.query ?? task.query ?? '';
  const { labels } = checked(whole, { query, labels: options.labels });
  const isQuery = ({ input }: Demonstration) => input.trim() === query.trim();
  const leftOut = pool.flatMap((row, i) => (isQuery(row) ? [i] : []));
  const candidates = sorted(pool).filter((i) => !leftOut.includes(i));
  const shots = options.shots ?? Math.min(4, candidates.length);
  if (integer('shots', shots, 1) > candidates.length) {
    const which = leftOut.length > 0 ? 'rows of the pool whose input is not the query' : 'rows';
    throw invalid('shots', `at most ${candidates.length}, the number of ${which}`);
  }
  const scored = integer('candidates', options.candidates ?? 50, 1);
  const { rows = [] } = options;
  if (!Array.isArray(rows)) throw invalid('rows', 'an array of demonstrations');
  const generator = random(integer('seed', options.seed ?? 0, 0));
  return {
    task: whole,
    labels,
    gold: goldIndex(labels, options.gold),
    query,
    leftOut,
    candidates,
    shots,
    methods: checkedMethods(options.methods ?? choiceMethods),
    scored: Math.min(Math.max(scored, shots), candidates.length),
    draws: [query, ...rows].map(() => {
      return generator.shuffled(candidates).slice(0, shots);
    }),
  };
}

function checkedPool(pool: readonly Demonstration[] | undefined): readonly Demonstration[] {
  if (!Array.isArray(pool) || pool.length === 0 || pool.length > mostRows) {
    throw invalid('pool', `an array of 1 to ${mostRows} demonstrations`);
  }
  for (const [i, row] of pool.entries()) {
    const input = text(`The input of row ${i + 1} of the pool`, row?.input);
    if (input.trim() === '') throw invalid(`The input of row ${i + 1} of the pool`, 'not blank');
    text(`The output of row ${i + 1} of the pool`, row?.output);
  }
  return pool;
}

function checkedMethods(methods: readonly ChoiceMethod[]): readonly ChoiceMethod[] {
  if (!Array.isArray(methods) || methods.length === 0 || new Set(methods).size < methods.length) {
    throw invalid('methods', 'a non-empty array of distinct methods');
  }
  for (const method of methods) oneOf('methods', method, choiceMethods);
  return methods;
}

/** The indices of the rows, by their inputs and then by their outputs. */
function sorted(pool: readonly Demonstration[]): number[] {
  const compare = (a: string, b: string) => Number(a > b) - Number(a < b);
  return [...pool.keys()].sort((i, j) => {
    const [a, b] = [pool[i] as Demonstration, pool[j] as Demonstration];
    return compare(a.input, b.input) || compare(a.output, b.output) || i - j;
  });
}
