import { html, svg, type TemplateResult } from 'lit';
import type { SourceName } from '../ui/sources.ts';

export type Station = 'pretraining' | 'fineTuning' | 'features' | 'shots' | 'distillation';

/** The ways to put a model to work, in the order in which one may meet them. */
export const stations: readonly { id: Station; source: readonly SourceName[] }[] = [
  { id: 'pretraining', source: ['gpt3', 'card'] },
  { id: 'fineTuning', source: ['bert', 'smollm2'] },
  { id: 'features', source: ['features'] },
  { id: 'shots', source: ['gpt3'] },
  { id: 'distillation', source: ['distillation'] },
];

interface Dot {
  x: number;
  y: number;
  /** Whether this weight changes: from nothing, a little, or not at all. */
  tone: 'new' | 'tuned' | 'kept';
}

/** A square of weights, `side` of them each way. */
const square = (side: number, x: number, tone: Dot['tone']): Dot[] =>
  Array.from({ length: side * side }, (_, i) => ({
    x: x + (i % side) * 9,
    y: 22 + (Math.floor(i / side) - (side - 1) / 2) * 9,
    tone,
  }));

const dots: Record<Station, Dot[]> = {
  pretraining: square(4, 12, 'new'),
  fineTuning: square(4, 12, 'tuned'),
  features: [
    ...square(4, 12, 'kept'),
    { x: 64, y: 13, tone: 'new' },
    { x: 64, y: 22, tone: 'new' },
    { x: 64, y: 31, tone: 'new' },
  ],
  shots: square(4, 62, 'kept'),
  distillation: [...square(4, 12, 'kept'), ...square(3, 64, 'new')],
};

/** What changes, drawn: each dot a weight, each line a line of the prompt. For the eye; the text beside it says the same. */
export function weightsPicture(station: Station): TemplateResult {
  const lines = station === 'shots' ? [8, 15, 22, 29, 36] : [];
  const arrow = station === 'features' || station === 'distillation' || station === 'shots';
  return html`<svg class="weights" viewBox="0 0 100 44" aria-hidden="true" focusable="false">
    ${lines.map((y, i) => svg`<line class="prompt-line" x1="8" x2=${i === 4 ? 24 : 40} y1=${y} y2=${y} />`)}
    ${arrow ? svg`<path class="leads-to" d="M46 22h8m-3-3l3 3-3 3" />` : ''}
    ${dots[station].map(({ x, y, tone }) => svg`<circle class=${`weight ${tone}`} cx=${x} cy=${y} r="3" />`)}
  </svg>`;
}
