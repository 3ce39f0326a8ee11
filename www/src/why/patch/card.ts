import type { Card } from '../card.ts';
import { patchChart } from './chart.ts';
import type { PatchFigure } from './patch-figure.ts';
import { readPatches } from './patching.ts';
import { drawPatch, patchFinding } from './why-patch.ts';

export const patchCard: Card<PatchFigure> = {
  run: readPatches,
  draw: drawPatch,
  finding: patchFinding,
  chart: patchChart,
};
