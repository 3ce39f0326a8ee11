import { type Chart, probabilities, type Setting } from '../../figure/chart.ts';
import { strings } from '../../strings/index.ts';
import type { ManyShotsFigure } from '../figure.ts';
import { valued } from '../valued.ts';

/** The curves as data, to be saved: a column for each number of shots. */
export function manyShotsChart(figure: ManyShotsFigure, setting: Setting): Chart {
  const words = strings.choosing.manyShots;
  const { about, isFree, points, rows, ended } = figure;
  return {
    ...{ ...setting, id: 'many-shots', layout: 'columns', title: words.caption(about, isFree) },
    categories: {
      column: 'k',
      name: words.head.shots,
      all: points.map(({ k }) => ({ name: String(k) })),
    },
    scale: probabilities(strings.probability),
    seriesColumn: 'series',
    series: [
      {
        ...{ key: about, name: `P(${about})`, draw: 'line', look: 'strong' },
        data: points.map(({ p }, at) => ({ at, value: p })),
      },
      ...(rows > 0
        ? [
            {
              ...{ key: 'accuracy', name: words.accuracy(rows, isFree) },
              ...({ draw: 'line', look: 'hollow' } as const),
              data: points.map(({ accuracy }, at) => ({
                ...{ ...valued(at, accuracy?.accuracy), ...accuracy?.interval },
              })),
            },
          ]
        : []),
    ],
    notes: ended === null ? [] : [words.ended(ended)],
  };
}
