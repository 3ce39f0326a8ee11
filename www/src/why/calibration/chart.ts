import { type Chart, probabilities, type Setting } from '../../figure/chart.ts';
import { strings } from '../../strings/index.ts';
import type { CalibrationFigure } from '../figure.ts';

/** The three bars of each answer as data, to be saved. */
export function calibrationChart({ answers, isFree }: CalibrationFigure, setting: Setting): Chart {
  const words = strings.why.calibrate;
  const looks = { asked: 'strong', empty: 'pale', calibrated: 'soft' } as const;
  return {
    ...{ ...setting, id: 'calibrate', layout: 'rows', title: words.caption(isFree), notes: [] },
    categories: {
      column: 'answer',
      name: strings.labels.label,
      all: answers.map(({ name }) => ({ name })),
    },
    scale: probabilities(strings.probability),
    seriesColumn: 'series',
    series: (['asked', 'empty', 'calibrated'] as const).map((kind) => ({
      ...{ key: kind, name: words[kind], draw: 'bar', look: looks[kind] },
      data: answers.map((answer, at) => ({ at, value: answer[kind] })),
    })),
  };
}
