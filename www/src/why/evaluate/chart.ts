/** The three figures of an evaluation. */
import type { Cell } from 'shotglass/experiments';
import type { Chart, Setting } from '../../figure/chart.ts';
import { strings } from '../../strings/index.ts';
import { formatProbability, tableProbability } from '../../ui/numbers.ts';
import type { EvaluationFigure } from '../figure.ts';
import { commonestShare, isSpread } from './evaluation.ts';

const shares = (name: string) => ({ name, unit: 'share', from: 0, to: 1 }) as const;

/** Accuracy over the number of shots; behind it a mark for each prompt of several. */
export function curveChart({ evaluation, isFree }: EvaluationFigure, setting: Setting): Chart {
  const words = strings.evaluate;
  const { curve } = evaluation;
  const spread = isSpread(evaluation);
  const cells = evaluation.cells.filter(({ isComplete }) => isComplete);
  const commonest = commonestShare(evaluation);
  return {
    ...{ ...setting, id: 'curve', layout: 'columns', notes: [] },
    title: words.curve(isFree) + (spread ? words.curveSpread : ''),
    categories: {
      column: 'shots',
      name: words.shots,
      all: curve.map(({ shots, mean }) => ({
        name: String(shots),
        asides: [tableProbability(mean)],
      })),
    },
    scale: shares(words.head.accuracy),
    seriesColumn: 'series',
    series: [
      {
        ...{ key: 'run', name: strings.figure.eachRun, draw: 'tick', look: 'soft' },
        data: (spread ? cells : []).map(({ shots, seed, order, accuracy }) => ({
          at: curve.findIndex((point) => point.shots === shots),
          value: accuracy.accuracy,
          facts: { seed, order },
        })),
      },
      {
        ...{ key: 'mean', name: strings.figure.mean, draw: 'line', look: 'strong' },
        data: curve.map(({ mean, interval, min, max, cells: runs }, at) => ({
          ...{ at, value: mean, low: interval.low, high: interval.high },
          facts: { min, max, runs },
        })),
      },
    ],
    ...(commonest !== null && {
      baseline: { at: commonest, name: strings.figure.commonest(formatProbability(commonest)) },
    }),
  };
}

/** Of one prompt of an evaluation. */
export interface CellOf {
  cell: Cell;
  /** As the page calls it. */
  name: string;
  labels: readonly string[];
}

const ofCell = ({ stem, methods }: Setting, { shots, seed }: Cell): Setting => ({
  stem,
  methods: { ...methods, shots: [shots], seeds: shots > 0 ? [seed] : null, orders: null },
});

/** What was right against what was said. */
export function confusionChart({ cell, name, labels }: CellOf, setting: Setting): Chart {
  const words = strings.evaluate;
  const confusion = cell.labels?.confusion ?? [];
  const { shots, seed, order } = cell;
  return {
    ...{ ...ofCell(setting, cell), id: 'confusion', layout: 'cells', notes: [] },
    title: `${words.confusion}${strings.words.comma}${name}`,
    categories: {
      column: 'right',
      name: words.rowHead.right,
      all: labels.map((label) => ({ name: label, facts: { shots, seed, order } })),
    },
    scale: { name: words.rowHead.predicted, unit: 'rows', from: 0, to: cell.rows.length },
    seriesColumn: 'predicted',
    series: labels.map((label, predicted) => ({
      ...{ key: label, name: label, draw: 'bar', look: 'strong' },
      data: confusion.map((row, at) => ({ at, value: row[predicted] ?? 0 })),
    })),
  };
}

/** Accuracy over confidence, in ten bins. */
export function reliabilityChart({ cell, name }: CellOf, setting: Setting): Chart {
  const words = strings.evaluate;
  const bins = cell.labels?.reliability ?? [];
  const { shots, seed, order } = cell;
  const percent = (share: number) => String(Math.round(share * 100));
  const data = (of: (bin: (typeof bins)[number]) => number | null) =>
    bins.map((bin, at) => ({ at, value: of(bin) }));
  return {
    ...{ ...ofCell(setting, cell), id: 'reliability', layout: 'columns' },
    title: `${words.reliability}${strings.words.comma}${name}`,
    categories: {
      column: 'confidence',
      name: `${words.reliabilityHead.bin} (%)${strings.words.semicolon}n = ${words.reliabilityHead.n}`,
      all: bins.map(({ from, to, n }) => ({
        name: `${percent(from)}–${percent(to)}`,
        asides: [n > 0 ? `n = ${n}` : ''],
        facts: { from, to, n, shots, seed, order },
      })),
    },
    scale: shares(words.head.accuracy),
    seriesColumn: 'series',
    series: [
      {
        ...{ key: 'accuracy', name: words.reliabilityHead.accuracy, draw: 'bar', look: 'soft' },
        data: data(({ accuracy }) => accuracy),
      },
      {
        ...{
          key: 'confidence',
          name: words.reliabilityHead.confidence,
          draw: 'tick',
          look: 'hollow',
        },
        data: data(({ confidence }) => confidence),
      },
    ],
    diagonal: strings.figure.diagonal,
    notes: [words.reliabilityHint((cell.labels?.ece ?? 0).toFixed(2))],
  };
}
