import { order } from 'shotglass/experiments';
import type { Card } from '../card.ts';
import { type OrderFigure, predictedOf, type Reading, readingOf, shareOf } from '../figure.ts';
import { aboutOfAll, drawn, optionsOf } from '../running.ts';
import { orderChart } from './chart.ts';
import { drawOrder, orderFinding } from './why-order.ts';

export const orderCard: Card<OrderFigure> = {
  draw: (figure, { use }) => drawOrder(figure, use),
  finding: orderFinding,
  chart: orderChart,
  run: (model, question) => {
    const { task, isFree } = question;
    return drawn(order(model, task, optionsOf(question)), ({ readings }) => {
      const all = readings.map(({ classification }) => readingOf(classification, isFree));
      const about = aboutOfAll(question, all);
      return {
        experiment: 'order' as const,
        about,
        isFree,
        lasts: [...new Set(task.demonstrations.map(({ output }) => output))],
        orders: readings.map(({ order }, i) => {
          const reading = all[i] as Reading;
          const last = task.demonstrations[order.at(-1) ?? 0]?.output ?? '';
          return { order, p: shareOf(reading, about), predicted: predictedOf(reading), last };
        }),
      };
    });
  },
};
