import { html, nothing, svg, type TemplateResult } from 'lit';
import type { CurvePoint, PairedPoint } from 'shotglass/experiments';
import { strings } from '../../../strings/index.ts';
import { probability } from '../../../ui/bars.ts';
import { formatPoints, formatProbability, formatPValue } from '../../../ui/numbers.ts';
import { formatCount } from '../../../util/numerals.ts';
import type { FigureFile, PairFigure } from '../../figure.ts';
import { cautionsOf } from '../evaluation.ts';
import { cautionList, evaluationFiles } from '../why-evaluation.ts';

/** How far beside the middle of its column the curve of each prompt stands, in pixels. */
const aside = 6;
/** A result that chance brings about less often is said to be clear. */
const clear = 0.05;

/** Both curves, the table that compares them, and what they cannot say. */
export function drawPair(figure: PairFigure): TemplateResult {
  const { a, b, points, isFree, calibration } = figure;
  const words = strings.pair;
  const notRun = [...a.notRun, ...(b?.notRun ?? [])];
  const cautions = cautionsOf({ ...figure, evaluation: { ...(b ?? a), notRun } });
  return html`
    <p class="why-title">${words.curve(isFree)}</p>
    ${isFree ? nothing : html`<p class="hint calibrated-by">${strings.evaluate.calibratedBy[calibration]}</p>`}
    ${drawCurves(a.curve, b?.curve ?? [])}
    ${points.length === 0 ? html`<p class="hint">${words.first}</p>` : pairTable(points)}
    ${cautionList(cautions, points.length > 1 ? [words.several] : [])}
  `;
}

function drawCurves(a: readonly CurvePoint[], now: readonly CurvePoint[]): TemplateResult {
  const words = strings.pair;
  const all = [...new Set([...a, ...now].map(({ shots }) => shots))].sort((x, y) => x - y);
  const x = ({ shots }: CurvePoint) => `${((all.indexOf(shots) + 0.5) / all.length) * 100}%`;
  const y = (share: number) => `${(1 - share) * 100}%`;
  const curve = (points: readonly CurvePoint[], side: 'a' | 'now', shift: number) => svg`
    <g class="curve-of-${side}" transform="translate(${shift} 0)">
      ${points.slice(1).map((point, i) => {
        const before = points[i] ?? point;
        return svg`<line class="curve-line" x1=${x(before)} y1=${y(before.mean)} x2=${x(point)} y2=${y(point.mean)}></line>`;
      })}
      ${points.map(
        (point) => svg`
          <line class="whisker" x1=${x(point)} x2=${x(point)} y1=${y(point.interval.low)} y2=${y(point.interval.high)}></line>
          <circle class="curve-dot" cx=${x(point)} cy=${y(point.mean)} r="4.5"></circle>`,
      )}
    </g>`;
  return html`<div class="curve" aria-hidden="true">
    <span class="curve-axis"><i>100%</i><i>50</i><i>0</i></span>
    <svg class="curve-plot">
      ${[0, 0.5, 1].map((share) => svg`<line class="grid-line" x1="0" x2="100%" y1=${y(share)} y2=${y(share)}></line>`)}
      ${curve(a, 'a', -aside)} ${curve(now, 'now', aside)}
    </svg>
    <span class="curve-shots">${all.map((shots) => html`<span>k = ${shots}</span>`)}</span>
    <p class="hint curve-key"><span class="key-a"></span> ${words.a} <span class="key-now"></span> ${words.now}</p>
  </div>`;
}

function pairTable(points: readonly PairedPoint[]): TemplateResult {
  const words = strings.pair;
  const numeral = (name: string) => html`<th scope="col" class="numeral">${name}</th>`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label=${strings.why.inNumbers}>
      <table class="plain pair-table">
        <thead>
          <tr>
            <th scope="col">${words.head.shots}</th>
            ${[words.a, words.now, ...(['difference', 'interval', 'onlyA', 'onlyNow', 'p'] as const).map((name) => words.head[name])].map(numeral)}
          </tr>
        </thead>
        <tbody>
          ${points.map(
            ({ shots, a, b, difference, interval, better, p }) => html`<tr>
              <th scope="row">${shots}</th>
              <td class="numeral">${withInterval(a)}</td>
              <td class="numeral">${withInterval(b)}</td>
              <td class="numeral points" data-sign=${signOf(difference)}><data value=${difference}>${formatPoints(difference)}</data></td>
              <td class="numeral">${words.range(formatPoints(interval.low), formatPoints(interval.high))}</td>
              <td class="numeral">${formatCount(better.a)}</td>
              <td class="numeral">${formatCount(better.b)}</td>
              <td class="numeral"><data value=${p}>${formatPValue(p)}</data></td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="hint">${words.test(isSeveral(points))}</p>`;
}

const withInterval = ({ mean, interval }: PairedPoint['a']) =>
  html`${probability(mean)}<br /><span class="aside">${formatProbability(interval.low)} – ${formatProbability(interval.high)}</span>`;

const isSeveral = (points: readonly PairedPoint[]) => points.some(({ cells }) => cells > 1);

/** Of what is printed: what rounds to nothing has no sign. */
function signOf(difference: number): 'more' | 'less' | 'none' {
  if (Math.abs(difference) < 0.0005) return 'none';
  return difference > 0 ? 'more' : 'less';
}

export function pairFinding({ points }: Pick<PairFigure, 'points'>): string {
  const point = points.at(-1);
  if (!point) return '';
  const { shots, a, b, difference, interval, p } = point;
  const words = strings.pair;
  const found = words.finding(
    strings.evaluate.shotsAt(shots),
    formatProbability(a.mean),
    formatProbability(b.mean),
    formatPoints(difference),
    formatPoints(interval.low),
    formatPoints(interval.high),
    p < 0.001 ? '< 0.001' : `= ${formatPValue(p)}`,
  );
  return found + strings.words.between + (p < clear ? words.clear : words.unclear);
}

/** Each evaluation with all its rows. */
export function pairFiles({ a, b }: PairFigure): FigureFile[] {
  return [...evaluationFiles(a, 'shotglass-a'), ...(b ? evaluationFiles(b, 'shotglass-now') : [])];
}
