import type { Card } from '../card.ts';
import { headsChart } from './chart.ts';
import type { HeadsFigure } from './heads-figure.ts';
import { readHeads } from './reading.ts';
import { drawHeads, headsFinding } from './why-heads.ts';

export const headsCard: Card<HeadsFigure> = {
  run: readHeads,
  draw: drawHeads,
  finding: headsFinding,
  chart: headsChart,
};
