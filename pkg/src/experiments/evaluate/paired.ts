/** Two evaluations of the same rows, against each other. */

import type { Interval, PairedCounts } from '../../math/statistics.js';
import * as statistics from '../../math/statistics.js';
import { invalid } from '../../util/validate.js';
import type { Cell, EvaluatedRow } from './types.js';

/** As much of a cell as a comparison reads: what is kept of an evaluation may be no more. */
export interface PairedCell
  extends Pick<Cell, 'shots' | 'seed' | 'order' | 'isComplete' | 'accuracy'> {
  rows: readonly Pick<EvaluatedRow, 'input' | 'output' | 'correct'>[];
}

/** An evaluation, or as much of it as a comparison reads. */
export interface PairedEvaluation {
  cells: readonly PairedCell[];
}

/** How two evaluations compare at one number of shots. */
export interface PairedPoint {
  shots: number;
  /** Number of cells that are complete in both, which are compared with each other. */
  cells: number;
  /** Number of rows. */
  n: number;
  /** Mean accuracy of the first over these cells, 0 to 1, and its interval over rows. */
  a: { mean: number; interval: Interval };
  /** The same of the second. */
  b: { mean: number; interval: Interval };
  /** Mean accuracy of the second minus that of the first, −1 to 1. */
  difference: number;
  /** {@link statistics.pairedInterval} of the difference, with one trial for each row. */
  interval: Interval;
  /** Number of rows by which of the two is correct, as a mean over the cells. */
  counts: PairedCounts;
  /** Number of rows that the first answers correctly in more cells than the second, and the reverse. */
  better: { a: number; b: number };
  /**
   * {@link statistics.mcnemar} of `better`. With one cell this is McNemar's exact test; with several it is
   * the sign test over rows, because the cells share their rows and are no further evidence.
   */
  p: number;
}

/**
 * Compares two evaluations of the same rows at each number of shots that both have. Each cell of the first
 * is compared with the cell of the second that has the same shots, seed and order; cells that are not
 * complete in both are left out.
 *
 * The two may differ in their task, demonstrations, labels' words or scores. A small `p` says that the rows
 * hardly differ by chance; it says nothing about how large the difference is, which `interval` does. Testing
 * several numbers of shots finds a small `p` more easily than testing one.
 *
 * @throws {@link ShotglassError} `invalid-option` if the rows of the two are not the same.
 */
export function compareEvaluations(a: PairedEvaluation, b: PairedEvaluation): PairedPoint[] {
  const shots = [...new Set(a.cells.map((cell) => cell.shots))];
  return shots.flatMap((k) => pointOf(k, pairsOf(a, b, k)));
}

type Pair = [PairedCell, PairedCell];

function pairsOf(a: PairedEvaluation, b: PairedEvaluation, shots: number): Pair[] {
  return a.cells
    .filter((cell) => cell.shots === shots && cell.isComplete)
    .flatMap((cell) => {
      const { seed, order } = cell;
      const other = b.cells.find(
        (one) => one.shots === shots && one.seed === seed && one.order === order && one.isComplete,
      );
      return other ? [[cell, other] satisfies Pair] : [];
    });
}

function pointOf(shots: number, pairs: readonly Pair[]): PairedPoint[] {
  const [first] = pairs;
  if (!first) return [];
  const { n } = first[0].accuracy;
  const counts = { both: 0, onlyA: 0, onlyB: 0, neither: 0 };
  /** For each row, in how many more cells the second is correct than the first. */
  const leads = Array<number>(n).fill(0);
  for (const [a, b] of pairs) {
    checkSameRows(a, b);
    for (const [i, { correct }] of a.rows.entries()) {
      const other = b.rows[i]?.correct ?? false;
      const kind = correct ? (other ? 'both' : 'onlyA') : other ? 'onlyB' : 'neither';
      counts[kind] += 1 / pairs.length;
      leads[i] = (leads[i] ?? 0) + Number(other) - Number(correct);
    }
  }
  const better = {
    a: leads.filter((lead) => lead < 0).length,
    b: leads.filter((lead) => lead > 0).length,
  };
  const of = (side: 0 | 1) => {
    const correct = statistics.mean(pairs.map((pair) => pair[side].accuracy.correct));
    return { mean: correct / n, interval: statistics.wilson(correct, n) };
  };
  const [a, b] = [of(0), of(1)];
  return [
    {
      ...{ shots, cells: pairs.length, n, a, b },
      difference: b.mean - a.mean,
      interval: statistics.pairedInterval(counts),
      ...{ counts, better, p: statistics.mcnemar(better.a, better.b) },
    },
  ];
}

function checkSameRows({ rows }: PairedCell, { rows: others }: PairedCell): void {
  const isSame =
    rows.length === others.length &&
    rows.every(({ input, output }, i) => {
      const other = others[i];
      return input === other?.input && output === other.output;
    });
  if (!isSame) throw invalid('b', 'an evaluation of the same rows as a');
}
