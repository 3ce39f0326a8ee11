import { type Chart, type Datum, probabilities, type Setting } from '../../figure/chart.ts';
import { strings } from '../../strings/index.ts';
import { tableProbability } from '../../ui/numbers.ts';
import type { OrderDot, OrderFigure } from '../figure.ts';
import { extremes, said } from './why-order.ts';

/** The dots as data, to be saved. */
export function orderChart({ about, isFree, lasts, orders }: OrderFigure, setting: Setting): Chart {
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
