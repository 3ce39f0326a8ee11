import { html, nothing, svg, type TemplateResult } from 'lit';
import { strings } from '../../strings/index.ts';
import { probability } from '../../ui/bars.ts';
import { formatProbability } from '../../ui/numbers.ts';
import { share } from '../../ui/share.ts';
import type { ManyShotsFigure, ManyShotsPoint } from '../figure.ts';

/** As many demonstrations as the experiment shows at most. */
const mostShots = 512;

/** How far a number of shots stands along an axis on which each doubling is as wide as the last, 0 to 1. */
export function placeOf(k: number, most: number): number {
  return most <= 1 ? 0.5 : Math.log2(Math.max(1, k)) / Math.log2(most);
}

/** P(answer) and accuracy over the numbers of shots. */
export function drawManyShots(figure: ManyShotsFigure): TemplateResult {
  const words = strings.choosing.manyShots;
  const { about, isFree, pool, rows, points, ended } = figure;
  const most = Math.max(...points.map(({ k }) => k), ended ?? 1);
  // A line begins a little after the axis and ends a little before the edge.
  const x = (k: number) => `${3 + 94 * placeOf(k, most)}%`;
  const y = (p: number) => `${(1 - p) * 100}%`;
  const line = (of: (point: ManyShotsPoint) => number | null) =>
    points.slice(1).map((point, i) => {
      const before = points[i] ?? point;
      const [a, b] = [of(before), of(point)];
      if (a === null || b === null) return nothing;
      return svg`<line class="curve-line" x1=${x(before.k)} x2=${x(point.k)} y1=${y(a)} y2=${y(b)}></line>`;
    });
  const accuracyOf = ({ accuracy }: ManyShotsPoint) => accuracy?.accuracy ?? null;
  return html`
    <p class="why-title">${words.caption(about, isFree)}</p>
    <ul class="why-legend" aria-hidden="true">
      <li><svg class="key"><circle class="curve-dot" cx="50%" cy="50%" r="4"></circle></svg>P(${about})</li>
      ${rows > 0 ? html`<li><svg class="key"><rect class="many-accuracy" x="25%" y="25%" width="50%" height="50%"></rect></svg>${words.accuracy(rows, isFree)}</li>` : nothing}
    </ul>
    <div class="curve many-curve" aria-hidden="true">
      <span class="curve-axis"><i>100%</i><i>50</i><i>0</i></span>
      <svg class="curve-plot">
        ${[0, 0.5, 1].map((tick) => svg`<line class="grid-line" x1="0" x2="100%" y1=${y(tick)} y2=${y(tick)}></line>`)}
        <g class="many-accuracies">
          ${line(accuracyOf)}
          ${points.map(({ k, accuracy }) =>
            accuracy
              ? svg`<line class="whisker" x1=${x(k)} x2=${x(k)} y1=${y(accuracy.interval.low)} y2=${y(accuracy.interval.high)}></line>
                  <svg x=${x(k)} y=${y(accuracy.accuracy)} overflow="visible"><rect class="many-accuracy" x="-4" y="-4" width="8" height="8"></rect></svg>`
              : nothing,
          )}
        </g>
        ${line(({ p }) => p)}
        ${points.map(({ k, p }) => svg`<circle class="curve-dot" cx=${x(k)} cy=${y(p)} r="4"></circle>`)}
        ${ended === null ? nothing : svg`<line class="many-end" x1=${x(ended)} x2=${x(ended)} y1="0" y2="100%"></line>`}
      </svg>
      <span class="many-ticks">
        ${[...points.map(({ k }) => k), ...(ended === null ? [] : [ended])].map(
          (k) => html`<span ${share(0.03 + 0.94 * placeOf(k, most))}>${k}</span>`,
        )}
      </span>
    </div>
    ${ended === null ? nothing : html`<p class="hint">${words.ended(ended)}</p>`}
    ${ended === null && pool < mostShots ? html`<p class="hint">${words.more(pool)}</p>` : nothing}
    <details>
      <summary class="hint">${strings.why.inNumbers}</summary>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">${words.head.shots}</th>
            <th scope="col" class="numeral">P(${about})</th>
            ${rows > 0 ? html`<th scope="col" class="numeral">${words.head.correct}</th><th scope="col" class="numeral">${words.head.interval}</th>` : nothing}
          </tr>
        </thead>
        <tbody>${points.map((point) => numbersRow(point, rows > 0))}</tbody>
      </table>
    </details>
  `;
}

function numbersRow({ k, p, accuracy }: ManyShotsPoint, hasRows: boolean): TemplateResult {
  const { correct } = strings.choosing.choose;
  return html`<tr>
    <th scope="row">${k}</th>
    <td class="numeral">${probability(p)}</td>
    ${
      hasRows
        ? html`<td class="numeral">${accuracy ? correct(accuracy.correct, accuracy.n) : strings.why.pending}</td>
            <td class="numeral">${accuracy ? `${formatProbability(accuracy.interval.low)} – ${formatProbability(accuracy.interval.high)}` : nothing}</td>`
        : nothing
    }
  </tr>`;
}

export function manyShotsFinding(figure: ManyShotsFigure): string {
  const { about, isFree, points, rows } = figure;
  const words = strings.choosing.manyShots;
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || first === last) return '';
  const finding = words.finding(
    formatProbability(first.p),
    formatProbability(last.p),
    first.k,
    last.k,
    about,
    isFree,
  );
  const whole = points.filter(({ accuracy }) => accuracy?.n === rows);
  const [a, b] = [whole[0]?.accuracy, whole.at(-1)?.accuracy];
  if (!a || !b || whole.length < points.length) return finding;
  return finding + strings.why.gap + words.findingRows(rows, a.correct, b.correct);
}
