import type { Chart, Look, Setting } from '../../figure/chart.ts';
import { strings } from '../../strings/index.ts';
import { insideWords } from '../../strings/inside-words.ts';
import { type LensFigure, lookedAt } from './lens-figure.ts';

/** From the present prompt to those with fewer demonstrations. */
const looks: readonly Look[] = ['strong', 'soft', 'pale', 'hollow'];

/** The answer that is looked at through the layers, a line for each number of demonstrations. */
export function lensChart({ about, panels }: LensFigure, setting: Setting): Chart {
  const words = insideWords().lens;
  const read = panels.filter(({ answers }) => answers.length > 0);
  const layers = read[0]?.layers ?? [];
  return {
    ...{ ...setting, id: 'layers', layout: 'columns', title: words.caption },
    categories: {
      column: 'layer',
      name: words.head.layer,
      all: layers.map((_, layer) => ({
        name: String(layer),
        // Where all are named, the names run into each other.
        label: layer % 5 === 0 ? String(layer) : '',
      })),
    },
    scale: { name: strings.probability, unit: 'probability', from: 0, to: 1, isLog: true },
    seriesColumn: 'examples',
    series: read.map((panel, i) => {
      const answer = lookedAt(panel, about);
      return {
        key: String(panel.k),
        name: strings.evaluate.shotsAt(panel.k),
        draw: 'line',
        look: looks[Math.min(read.length - 1 - i, looks.length - 1)] as Look,
        data: (answer?.ps ?? []).map((value, at) => {
          const facts = { rank: answer?.ranks[at] ?? 0, top_from: answer?.topFrom ?? '' };
          return { at, value, facts };
        }),
      };
    }),
    notes: [words.looked(about), words.caveat],
  };
}
