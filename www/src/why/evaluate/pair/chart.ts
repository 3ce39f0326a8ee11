/** The figure of two prompts on the same rows. */
import type { CurvePoint, PairedPoint } from 'shotglass/experiments';
import type { Chart, Datum, Setting } from '../../../figure/chart.ts';
import { strings } from '../../../strings/index.ts';
import { formatPValue, tableProbability } from '../../../ui/numbers.ts';
import type { PairFigure } from '../../figure.ts';

/** Both accuracies over the number of shots, and below each column how they compare there. */
export function pairChart({ a, b, points, isFree }: PairFigure, setting: Setting): Chart {
  const words = strings.pair;
  const shots = [...new Set([...a.curve, ...(b?.curve ?? [])].map((point) => point.shots))];
  shots.sort((x, y) => x - y);
  const data = (curve: readonly CurvePoint[]): Datum[] =>
    curve.map(({ shots: k, mean, interval, cells }) => ({
      ...{ at: shots.indexOf(k), value: mean, low: interval.low, high: interval.high },
      facts: { runs: cells },
    }));
  const pointAt = (k: number) => points.find((point) => point.shots === k);
  return {
    ...{ ...setting, id: 'compare', layout: 'columns', title: words.curve(isFree) },
    categories: {
      column: 'shots',
      name: strings.evaluate.shots,
      all: shots.map((k) => {
        const point = pointAt(k);
        return {
          name: String(k),
          ...(point && { asides: asidesOf(point), facts: factsOf(point) }),
        };
      }),
    },
    scale: { name: strings.evaluate.head.accuracy, unit: 'share', from: 0, to: 1 },
    seriesColumn: 'prompt',
    series: [
      {
        ...{ key: 'a', name: words.a, draw: 'line', look: 'hollow', shift: -0.06 },
        data: data(a.curve),
      },
      {
        ...{ key: 'now', name: words.now, draw: 'line', look: 'strong', shift: 0.06 },
        data: data(b?.curve ?? []),
      },
    ],
    notes: [words.test(points.some(({ cells }) => cells > 1))],
  };
}

const asidesOf = ({ a, b, p }: PairedPoint) => [
  `${tableProbability(a.mean)} | ${tableProbability(b.mean)}`,
  `p ${p < 0.001 ? '' : '= '}${formatPValue(p)}`,
];

const factsOf = ({ difference, interval, counts, better, p }: PairedPoint) => ({
  difference,
  difference_low: interval.low,
  difference_high: interval.high,
  both_right: counts.both,
  neither_right: counts.neither,
  a_better: better.a,
  now_better: better.b,
  p,
});
