import { manyShots } from 'shotglass/experiments';
import type { Card } from '../card.ts';
import { rowOptions } from '../choose/asked.ts';
import { type ManyShotsFigure, readingOf, shareOf } from '../figure.ts';
import { aboutOfAll, drawn, optionsOf } from '../running.ts';
import { manyShotsChart } from './chart.ts';
import { drawManyShots, manyShotsFinding } from './why-many-shots.ts';

export const manyShotsCard: Card<ManyShotsFigure> = {
  draw: drawManyShots,
  finding: manyShotsFinding,
  chart: manyShotsChart,
  run: (model, question) => {
    const { task, train, isFree } = question;
    const { count, options } = rowOptions(question);
    const steps = manyShots(model, task, { ...optionsOf(question), ...options, pool: train });
    return drawn(steps, ({ readings, ended }) => {
      const all = readings.map(({ classification }) => readingOf(classification, isFree));
      const about = aboutOfAll(question, all);
      return {
        experiment: 'manyShots' as const,
        about,
        isFree,
        pool: train.length,
        rows: count,
        points: readings.map(({ k, accuracy }, i) => {
          const reading = all[i];
          return { k, p: reading ? shareOf(reading, about) : 0, accuracy };
        }),
        ended: ended?.k ?? null,
      };
    });
  },
};
