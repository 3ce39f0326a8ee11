import { type Chart, probabilities, type Setting } from '../../figure/chart.ts';
import { strings } from '../../strings/index.ts';
import { type FormatFigure, type LabelsFigure, predictedOf, shareOf } from '../figure.ts';
import { valued } from '../valued.ts';

/** The answers under other outputs as data, to be saved. */
export function labelsChart({ about, isFree, variants }: LabelsFigure, setting: Setting): Chart {
  const words = strings.why;
  const names = isFree ? words.variantsFree : words.variants;
  const answers = variants.find(({ reading }) => reading)?.reading?.answers ?? [];
  return {
    ...{
      ...setting,
      id: 'outputs',
      layout: 'rows',
      title: words.labels.caption(isFree),
      notes: [],
    },
    categories: {
      column: 'outputs_shown',
      name: words.labels.head,
      all: variants.map(({ variant, reading }) => ({
        name: variant,
        label: `${words.labels.head}${strings.words.colon}${names[variant]}`,
        facts: reading ? { mass: reading.mass } : {},
      })),
    },
    scale: probabilities(strings.probability),
    seriesColumn: 'answer',
    series: answers.map(({ name }) => ({
      ...{ key: name, name, draw: 'bar', look: name === about ? 'strong' : 'soft' },
      data: variants.map(({ reading }, at) =>
        valued(at, reading && shareOf(reading, name), words.notRun),
      ),
    })),
  };
}

/** The answer under other templates as data, to be saved. */
export function formatChart({ about, isFree, formats }: FormatFigure, setting: Setting): Chart {
  const words = strings.why;
  return {
    ...{
      ...setting,
      id: 'format',
      layout: 'rows',
      title: words.format.caption(about, isFree),
      notes: [],
    },
    categories: {
      column: 'format',
      name: words.experiments.format.name,
      all: formats.map(({ name, reading }) => ({
        name: name ?? 'as asked',
        label: name ?? words.format.own,
        facts: reading ? { predicted: predictedOf(reading), mass: reading.mass } : {},
      })),
    },
    scale: probabilities(strings.probability),
    seriesColumn: 'answer',
    series: [
      {
        ...{ key: about, name: about, draw: 'bar', look: 'strong' },
        data: formats.map(({ reading }, at) =>
          valued(
            at,
            reading && shareOf(reading, about),
            reading === null ? words.notRun : undefined,
          ),
        ),
      },
    ],
  };
}
