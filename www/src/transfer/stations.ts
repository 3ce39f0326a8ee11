/** The five ways to put a model to work: what each changes, what it needs, and the button that runs it here. */
import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Way } from '../app/transfer.ts';
import { transferWords } from '../strings/transfer-words.ts';
import { cite } from '../ui/cite.ts';
import type { SourceName } from '../ui/sources.ts';

export type Station = 'pretraining' | 'fineTuning' | 'features' | 'shots' | 'distillation';

/** In the order in which one may meet them, with what each of them runs. */
const stations: readonly { id: Station; source: readonly SourceName[]; way: Way | null }[] = [
  { id: 'pretraining', source: ['gpt3', 'adaptation'], way: 'adapt' },
  { id: 'fineTuning', source: ['bert', 'lora'], way: 'finetune' },
  { id: 'features', source: ['features'], way: null },
  { id: 'shots', source: ['gpt3'], way: null },
  { id: 'distillation', source: ['distillation', 'contextDistillation'], way: 'distil' },
];

/** What a station runs: a way of training, the probe, or the prompt itself. */
export type StationWish = Way | 'probe' | 'shots';

export function drawStations(current: Way, choose: (wish: StationWish) => void): TemplateResult {
  const text = transferWords().stations;
  return html`<ol class="stations" aria-label=${text.heading}>
    ${stations.map(({ id, source, way }) => {
      const { name, idea, changes, needs, here, run } = text[id];
      const wish = way ?? (id === 'features' ? 'probe' : 'shots');
      return html`<li data-station=${id} data-current=${way === current ? 'true' : 'false'}>
        ${weightsPicture(id)}
        <h3>${name}</h3>
        <p>${idea}</p>
        <dl>
          <dt>${text.changes}</dt>
          <dd>${changes}</dd>
          <dt>${text.needs}</dt>
          <dd>${needs}</dd>
          <dt>${text.here}</dt>
          <dd>${here}</dd>
        </dl>
        <p class="sources">${source.map((one) => html`${cite(one)} `)}</p>
        <button
          type="button"
          class="quiet"
          aria-pressed=${way ? (way === current ? 'true' : 'false') : nothing}
          @click=${() => choose(wish)}
        >${run}</button>
      </li>`;
    })}
  </ol>`;
}

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
function weightsPicture(station: Station): TemplateResult {
  const lines = station === 'shots' ? [8, 15, 22, 29, 36] : [];
  const arrow = station === 'features' || station === 'distillation' || station === 'shots';
  return html`<svg class="weights" viewBox="0 0 100 44" aria-hidden="true" focusable="false">
    ${lines.map((y, i) => svg`<line class="prompt-line" x1="8" x2=${i === 4 ? 24 : 40} y1=${y} y2=${y} />`)}
    ${arrow ? svg`<path class="leads-to" d="M46 22h8m-3-3l3 3-3 3" />` : ''}
    ${dots[station].map(({ x, y, tone }) => svg`<circle class=${`weight ${tone}`} cx=${x} cy=${y} r="3" />`)}
  </svg>`;
}
