import type { Chart, Setting } from '../../figure/chart.ts';
import { insideWords } from '../../strings/inside-words.ts';
import { textOfBytes, tokenPieces } from '../../ui/visible.ts';
import { valued } from '../valued.ts';
import type { PatchFigure } from './patch-figure.ts';
import { extentOf } from './why-patch.ts';

/** The shares as a table of tokens by layers. */
export function patchChart(figure: PatchFigure, setting: Setting): Chart {
  const words = insideWords().patch;
  const { about, layers, rows } = figure;
  return {
    ...{ ...setting, id: 'patching', layout: 'cells', title: words.caption(about) },
    categories: {
      column: 'tokens',
      name: words.token,
      all: rows.map(({ tokens, differs }, i) => ({
        name: tokens.map((bytes) => textOfBytes(bytes) ?? '\uFFFD').join(''),
        label: tokens.flatMap((bytes) => tokenPieces(bytes)),
        facts: { row: i, differs: differs ? 1 : 0 },
      })),
    },
    scale: { name: words.layer, unit: 'share', from: 0, to: 1 },
    seriesColumn: 'layer',
    series: layers.map((layer, column) => ({
      ...{ key: String(layer), name: String(layer), draw: 'bar', look: 'strong' },
      data: rows.map(({ shares }, at) => valued(at, shares[column])),
    })),
    notes: [extentOf(figure)],
  };
}
