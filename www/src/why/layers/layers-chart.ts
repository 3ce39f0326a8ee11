/** Lines over the layers as data, to be saved. */
import type { Chart, Scale, Series, Setting } from '../../figure/chart.ts';
import { strings } from '../../strings/index.ts';
import type { LayerLine, LayerMark } from './over-layers.ts';

type Named = Setting & Pick<Chart, 'id' | 'title' | 'notes'>;

/** A mark is a line that has the same number at every layer. */
export function layersChart(
  named: Named,
  scale: Scale,
  lines: readonly LayerLine[],
  marks: readonly LayerMark[],
): Chart {
  const layers = lines[0]?.points.map(({ layer }) => layer) ?? [];
  const series: Series[] = lines.map(({ look, name, points }) => ({
    ...{ key: name, name, draw: 'line', look },
    data: points.map(({ layer, value, low, high }) => ({
      ...{ at: layers.indexOf(layer), value },
      ...(low === undefined || high === undefined ? {} : { low, high }),
    })),
  }));
  const ticks: Series[] = marks.map(({ name, value }, i) => ({
    ...{ key: name, name, draw: 'tick', look: i === 0 ? 'pale' : 'hollow' },
    data: layers.map((_, at) => ({ at, value })),
  }));
  return {
    ...named,
    layout: 'columns',
    categories: {
      column: 'layer',
      name: strings.probing.layer,
      all: layers.map((layer) => ({ name: String(layer) })),
    },
    scale,
    seriesColumn: 'line',
    series: [...series, ...ticks],
  };
}
