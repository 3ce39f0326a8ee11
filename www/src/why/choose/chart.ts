import { type Chart, probabilities, type Setting } from '../../figure/chart.ts';
import { strings } from '../../strings/index.ts';
import { type ChooseFigure, shareOf } from '../figure.ts';
import { valued } from '../valued.ts';

/** What each method chose, its P(answer), and its accuracy, to be saved. */
export function chooseChart(figure: ChooseFigure, setting: Setting): Chart {
  const words = strings.choosing.choose;
  const { about, isFree, shots, candidates, pool, choices, bars, rows } = figure;
  return {
    ...{ ...setting, id: 'choose', layout: 'rows' },
    title: words.caption(about, shots, candidates, isFree),
    categories: {
      column: 'method',
      name: words.head.method,
      all: choices.map(({ method, shown }) => ({
        name: method,
        label: words.methods[method],
        facts: { examples: shown.map((index) => pool[index]?.input ?? '').join(' | ') },
      })),
    },
    scale: probabilities(strings.probability),
    seriesColumn: 'series',
    series: [
      {
        ...{ key: about, name: about, draw: 'bar', look: 'strong' },
        data: choices.map(({ reading }, at) =>
          valued(at, reading && shareOf(reading, about), strings.why.notRun),
        ),
      },
      ...(rows > 0
        ? [
            {
              ...{ key: 'accuracy', name: words.bars(rows, isFree) },
              ...({ draw: 'point', look: 'hollow' } as const),
              data: choices.map(({ method }, at) => {
                const accuracy = bars.find((each) => each.method === method)?.accuracy;
                return { ...valued(at, accuracy?.accuracy), ...accuracy?.interval };
              }),
            },
          ]
        : []),
    ],
    notes: [words.order, ...(rows > 0 ? [words.barsHint] : [])],
  };
}
