import { type Chart, probabilities, type Setting } from '../../figure/chart.ts';
import { strings } from '../../strings/index.ts';
import type { VectorFigure } from '../figure.ts';
import { layersChart } from '../layers/layers-chart.ts';
import { lineOf, marksOf } from './why-vector.ts';

/** P(answer) over the layers as data, to be saved. */
export function vectorChart(figure: VectorFigure, setting: Setting): Chart {
  const title = strings.probing.vector.caption(figure.about, figure.shots);
  return layersChart(
    { ...setting, id: 'vector', title, notes: [] },
    probabilities(strings.probability),
    [lineOf(figure)],
    marksOf(figure),
  );
}
