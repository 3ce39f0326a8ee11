import { renderPrompt } from 'shotglass';
import type { Card } from '../card.ts';
import type { Question } from '../figure.ts';
import { lensChart } from './chart.ts';
import { readLayers } from './layers.ts';
import type { LensFigure } from './lens-figure.ts';
import { unpacked } from './recorded.ts';
import { drawLens, lensFinding } from './why-lens.ts';

/** The question must be about the prompt that was recorded, and about its answer. */
async function recorded({ task, query, answer }: Question): Promise<LensFigure | null> {
  const { default: record } = await import('../../measured/layers/opening.json');
  const isSame = record.prompt === renderPrompt(task, { query }).text && record.about === answer;
  return isSame ? unpacked(record) : null;
}

export const lensCard: Card<LensFigure> = {
  run: readLayers,
  recorded,
  draw: (figure, { look }) => drawLens(figure, look),
  finding: lensFinding,
  chart: lensChart,
};
