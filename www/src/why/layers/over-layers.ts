/** Numbers from 0 to 1 over the layers of the model, and marks to compare them with. */
import { html, nothing, svg, type TemplateResult } from 'lit';
import { formatProbability } from '../../ui/numbers.ts';
import { share } from '../../ui/share.ts';
import { labelPlaces } from '../models/curves.ts';

export interface LayerPoint {
  layer: number;
  value: number;
  low?: number;
  high?: number;
}

export interface LayerLine {
  look: 'strong' | 'soft';
  name: string;
  points: readonly LayerPoint[];
  /** The layer that is spoken of; null where there is none. */
  chosen: number | null;
}

/** A dashed line at one number, across all layers. */
export interface LayerMark {
  name: string;
  value: number;
}

/** Height of a label, as a share of the plot's. */
const labelShare = 0.085;
const tickEvery = 5;

/** The picture; `last` is the last layer of the model. The numbers stand in a table beside it. */
export function drawOverLayers(
  lines: readonly LayerLine[],
  marks: readonly LayerMark[],
  last: number,
  axis: string,
): TemplateResult {
  const at = (layer: number) => (last === 0 ? 0.5 : layer / last);
  const x = (layer: number) => `${at(layer) * 100}%`;
  const y = (value: number) => `${(1 - value) * 100}%`;
  const ticks = Array.from({ length: Math.floor(last / tickEvery) + 1 }, (_, i) => i * tickEvery);
  const places = labelPlaces(
    marks.map(({ value }) => 1 - value),
    labelShare,
  );
  return html`<div class="curve layers-curve" aria-hidden="true">
      <span class="curve-axis"><i>100%</i><i>50</i><i>0</i></span>
      <svg class="curve-plot">
        ${[0, 0.5, 1].map((tick) => svg`<line class="grid-line" x1="0" x2="100%" y1=${y(tick)} y2=${y(tick)}></line>`)}
        ${marks.map(({ value }) => svg`<line class="layers-mark" x1="0" x2="100%" y1=${y(value)} y2=${y(value)}></line>`)}
        ${[...lines].reverse().map(
          ({ look, points, chosen }) => svg`<g class="layers-line" data-look=${look}>
          ${points.map(({ layer, low, high }) =>
            low === undefined || high === undefined
              ? nothing
              : svg`<line class="whisker" x1=${x(layer)} x2=${x(layer)} y1=${y(low)} y2=${y(high)}></line>`,
          )}
          ${points.slice(1).map((point, i) => {
            const before = points[i] ?? point;
            return svg`<line class="curve-line" x1=${x(before.layer)} y1=${y(before.value)} x2=${x(point.layer)} y2=${y(point.value)}></line>`;
          })}
          ${points.map(
            ({ layer, value }) =>
              svg`<circle class="curve-dot" cx=${x(layer)} cy=${y(value)} r=${layer === chosen ? 5.5 : 2.5}></circle>`,
          )}
        </g>`,
        )}
      </svg>
      <span class="layers-names">
        ${marks.map(({ name, value }, i) => html`<span ${share(places[i])}>${name}: ${formatProbability(value)}</span>`)}
      </span>
      <span class="layers-ticks">${ticks.map((layer) => html`<span ${share(at(layer))}>${layer}</span>`)}</span>
      <span class="layers-axis">${axis}</span>
    </div>
    ${lines.length < 2 ? nothing : legend(lines)}`;
}

function legend(lines: readonly LayerLine[]): TemplateResult {
  return html`<ul class="why-legend" aria-hidden="true">
    ${lines.map(
      ({ look, name }) =>
        html`<li><svg class="key layers-line" data-look=${look}><line class="curve-line" x1="0" x2="100%" y1="50%" y2="50%"></line></svg>${name}</li>`,
    )}
  </ul>`;
}
