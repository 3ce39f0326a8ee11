import type { Chart, Setting } from '../../figure/chart.ts';
import { strings } from '../../strings/index.ts';
import type { ProbeFigure } from '../figure.ts';
import { layersChart } from '../layers/layers-chart.ts';
import { linesOf, marksOf } from './why-probe.ts';

/** The accuracies over the layers as data, to be saved. */
export function probeChart(figure: ProbeFigure, setting: Setting): Chart {
  const words = strings.probing;
  return layersChart(
    { ...setting, id: 'probe', title: words.caption, notes: [words.chosen(figure.train)] },
    { name: strings.evaluate.head.accuracy, unit: 'share', from: 0, to: 1 },
    linesOf(figure),
    marksOf(figure),
  );
}
