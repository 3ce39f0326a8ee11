/** The figure of several models on the same rows. */
import type { Chart, Datum, Setting } from '../../figure/chart.ts';
import { strings } from '../../strings/index.ts';
import { nameText } from '../../ui/visible.ts';
import type { ModelsFigure } from '../figure.ts';
import { bySize, type ModelCurve } from './curves.ts';
import { lineName, shotsOf } from './why-models.ts';

const looks = ['hollow', 'pale', 'soft', 'strong'] as const;

/** Accuracy over the number of shots, a line for each model, whose name says whether it is recorded. */
export function modelsChart({ models, isFree }: ModelsFigure, setting: Setting): Chart {
  const words = strings.acrossModels;
  const curves = bySize(models);
  const shots = shotsOf(curves);
  const data = (one: ModelCurve): Datum[] =>
    one.curve.map(({ shots: k, mean, sd, interval, cells }) => {
      const reading = one.query.find((each) => each.k === k);
      return {
        ...{ at: shots.indexOf(k), value: mean, low: interval.low, high: interval.high },
        facts: {
          ...factsOf(one),
          ...{ runs: cells, sd: sd ?? '' },
          ...{ p_answer: reading?.p ?? '', predicted: reading?.predicted ?? '' },
        },
      };
    });
  return {
    ...{ ...setting, id: 'models', layout: 'columns', title: words.curve(isFree) },
    categories: {
      column: 'shots',
      name: strings.evaluate.shots,
      all: shots.map((k) => ({ name: String(k) })),
    },
    scale: { name: strings.evaluate.head.accuracy, unit: 'share', from: 0, to: 1 },
    seriesColumn: 'line',
    series: curves.map((one, at) => ({
      key: lineName(at, one),
      name: `${lineName(at, one)} ${nameText(one.model.name)} (${words[one.origin]})`,
      draw: 'line',
      look: lookOf(at, curves.length),
      shift: (at - (curves.length - 1) / 2) * 0.06,
      data: data(one),
    })),
    notes: [words.caution],
  };
}

/** The largest is the darkest; only the four largest look different. */
function lookOf(at: number, count: number) {
  return looks[Math.max(0, looks.length - (count - at))] ?? 'hollow';
}

const factsOf = ({ model, origin }: ModelCurve) => ({
  ...{ model: model.name, model_sha256: model.sha256, activation_bits: model.activationBits },
  ...{ parameters: model.parameters ?? '', bytes: model.bytes ?? '' },
  ...{ tokens_trained: model.tokensTrained ?? '', origin },
});
