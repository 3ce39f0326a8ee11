import type { Card } from '../card.ts';
import { lensChart } from './chart.ts';
import { readLayers } from './layers.ts';
import type { LensFigure } from './lens-figure.ts';
import { drawLens, lensFinding } from './why-lens.ts';

export const lensCard: Card<LensFigure> = {
  run: readLayers,
  draw: drawLens,
  finding: lensFinding,
  chart: lensChart,
};
