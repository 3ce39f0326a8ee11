/** The figures of the experiments as data, to be saved: fetched when the first of them is. */
import { type Chart, type Datum, probabilities, type Setting } from '../../figure/chart.ts';
import { strings } from '../../strings/index.ts';
import { tableProbability } from '../../ui/numbers.ts';
import {
  type CalibrationFigure,
  type EffectsFigure,
  type Figure,
  type FormatFigure,
  type LabelsFigure,
  type OrderDot,
  type OrderFigure,
  predictedOf,
  shareOf,
} from '../figure.ts';
import { extremes, said } from '../order/why-order.ts';
import { findingOf } from '../why-figure.ts';
import { curveChart } from './evaluation-charts.ts';
import { modelsChart } from './models-chart.ts';
import { pairChart } from './pair-chart.ts';

export { confusionChart, reliabilityChart } from './evaluation-charts.ts';
export { methodsOf } from './setting.ts';

/** The picture of a figure; of an evaluation its curve. */
export function chartOf(figure: Figure, setting: Setting): Chart {
  const finding = findingOf(figure);
  const chart = drawn(figure, setting);
  return finding === '' ? chart : { ...chart, notes: [finding, ...chart.notes] };
}

function drawn(figure: Figure, setting: Setting): Chart {
  switch (figure.experiment) {
    case 'influence':
    case 'attribution':
      return effectsChart(figure, setting);
    case 'order':
      return orderChart(figure, setting);
    case 'labels':
      return labelsChart(figure, setting);
    case 'calibrate':
      return calibrationChart(figure, setting);
    case 'format':
      return formatChart(figure, setting);
    case 'evaluate':
      return curveChart(figure, setting);
    case 'compare':
      return pairChart(figure, setting);
    case 'models':
      return modelsChart(figure, setting);
  }
}

function effectsChart(
  { experiment, about, method, effects }: EffectsFigure,
  setting: Setting,
): Chart {
  const words = strings.why.effects;
  const largest = Math.max(...effects.map(({ nats }) => Math.abs(nats ?? 0)), 0.01);
  const sum = effects.reduce((total, { nats }) => total + (nats ?? 0), 0);
  return {
    ...{ ...setting, layout: 'rows', title: words.caption(about) },
    id: experiment === 'influence' ? 'examples' : 'parts',
    categories: {
      column: 'part',
      name: words.what,
      all: effects.map(({ role, demonstration, text, output }) => ({
        name: text,
        label: [
          demonstration === null ? '' : `${demonstration + 1}`,
          role === 'demonstration' ? '' : words.roles[role],
          text,
          output === null ? '' : `→ ${output}`,
        ]
          .filter((part) => part !== '')
          .join(' '),
        facts: {
          role,
          example: demonstration === null ? '' : demonstration + 1,
          output: output ?? '',
        },
      })),
    },
    scale: {
      name: `← ${strings.why.lessLikely} · ${strings.why.natsUnit} · ${strings.why.moreLikely} →`,
      ...{ unit: 'nats', from: -largest, to: largest },
    },
    seriesColumn: 'method',
    series: [
      {
        ...{ key: method, name: words[method], draw: 'bar', look: 'strong' },
        data: effects.map(({ nats }, at) => valued(at, nats)),
      },
    ],
    notes: [
      words[method],
      ...(method === 'shapley'
        ? [`${words.total}${strings.words.colon}${strings.why.nats(sum)} ${strings.why.natsUnit}`]
        : []),
    ],
  };
}

/** What is not known yet, or never will be, is said in the place of its number. */
function valued(
  at: number,
  value: number | null | undefined,
  unknown = strings.why.pending,
): Datum {
  return value === null || value === undefined ? { at, value: null, text: unknown } : { at, value };
}

function orderChart({ about, isFree, lasts, orders }: OrderFigure, setting: Setting): Chart {
  const words = strings.why.order;
  const [present] = orders;
  const dots = (is: (one: OrderDot) => boolean): Datum[] =>
    orders.filter(is).map((one) => ({
      at: lasts.indexOf(one.last),
      value: one.p,
      facts: { order: said(one.order), predicted: one.predicted },
    }));
  const isSame = ({ predicted }: OrderDot) => predicted === present?.predicted;
  return {
    ...{ ...setting, id: 'order', layout: 'rows', title: words.caption(about, isFree) },
    categories: {
      column: 'last_output',
      name: words.head.order,
      all: lasts.map((last) => ({ name: last, label: words.last(last) })),
    },
    scale: probabilities(strings.probability),
    seriesColumn: 'series',
    series: [
      {
        ...{ key: 'present', name: words.legendNow, draw: 'point', look: 'strong' },
        data: dots((one) => one === present),
      },
      {
        ...{ key: 'same_prediction', name: words.legendSame, draw: 'point', look: 'soft' },
        data: dots((one) => one !== present && isSame(one)),
      },
      {
        ...{ key: 'other_prediction', name: words.legendOther, draw: 'point', look: 'hollow' },
        data: dots((one) => one !== present && !isSame(one)),
      },
    ],
    notes: [
      extremes(orders)
        .map(([name, { order, p }]) => `${words[name]} ${said(order)} (${tableProbability(p)})`)
        .join(strings.words.semicolon),
    ],
  };
}

function labelsChart({ about, isFree, variants }: LabelsFigure, setting: Setting): Chart {
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

function calibrationChart({ answers, isFree }: CalibrationFigure, setting: Setting): Chart {
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

function formatChart({ about, isFree, formats }: FormatFigure, setting: Setting): Chart {
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
