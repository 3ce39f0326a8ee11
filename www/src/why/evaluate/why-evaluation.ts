import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Cell, CurvePoint, Evaluation } from 'shotglass/experiments';
import { toCsv, toJsonl } from 'shotglass/experiments';
import { strings } from '../../strings/index.ts';
import { probability } from '../../ui/bars.ts';
import { formatProbability } from '../../ui/numbers.ts';
import { formatCount } from '../../util/numerals.ts';
import type { Closer, FigureMenu } from '../card.ts';
import type { EvaluationFigure, FigureFile } from '../figure.ts';
import { confusionChart, reliabilityChart } from './chart.ts';
import { type Caution, cautionsOf, cellKey, commonestShare, isSpread } from './evaluation.ts';
import { mostRows } from './rows.ts';
import { drawConfusion, drawReliability } from './why-matrix.ts';
import './lab-each-row.ts';

/** The curve, what it cannot say, and under it one number of shots from near. */
export function drawEvaluation(
  figure: EvaluationFigure,
  closer: Closer,
  menu: FigureMenu,
): TemplateResult {
  const { evaluation, isFree, calibration } = figure;
  const { cells } = evaluation;
  const complete = cells.filter(({ isComplete }) => isComplete);
  const cell = complete.find((one) => cellKey(one) === closer.key) ?? complete.at(-1);
  const cautions = cautionsOf(figure);
  return html`
    <p class="why-title">
      ${strings.evaluate.curve(isFree)}${isSpread(evaluation) ? strings.evaluate.curveSpread : nothing}
    </p>
    ${isFree ? nothing : html`<p class="hint calibrated-by">${strings.evaluate.calibratedBy[calibration]}</p>`}
    ${drawCurve(evaluation)} ${curveTable(evaluation)}
    ${cautionList(cautions)}
    ${cell ? closeUp(cell, complete, evaluation, closer, menu) : nothing}
  `;
}

/** Accuracy over k: a dot, its interval, and a line to the next; behind them a mark for each prompt of several. */
function drawCurve(evaluation: Evaluation): TemplateResult {
  const { curve } = evaluation;
  const marks = isSpread(evaluation) ? evaluation.cells.filter(({ isComplete }) => isComplete) : [];
  const commonest = commonestShare(evaluation);
  const x = (i: number) => `${((i + 0.5) / Math.max(1, curve.length)) * 100}%`;
  const y = (share: number) => `${(1 - share) * 100}%`;
  return html`<div class="curve" aria-hidden="true">
      <span class="curve-axis"><i>100%</i><i>50</i><i>0</i></span>
      <svg class="curve-plot">
        ${[0, 0.5, 1].map((share) => svg`<line class="grid-line" x1="0" x2="100%" y1=${y(share)} y2=${y(share)}></line>`)}
        ${commonest === null ? nothing : svg`<line class="commonest" x1="0" x2="100%" y1=${y(commonest)} y2=${y(commonest)}></line>`}
        ${curve.slice(1).map((point, i) => svg`<line class="curve-line" x1=${x(i)} y1=${y(curve[i]?.mean ?? 0)} x2=${x(i + 1)} y2=${y(point.mean)}></line>`)}
        ${marks.map((cell) => {
          const at = curve.findIndex(({ shots }) => shots === cell.shots);
          return svg`<rect class="curve-mark" x=${x(at)} y=${y(cell.accuracy.accuracy)} width="22" height="3" transform="translate(-11 -1.5)"></rect>`;
        })}
        ${curve.map(
          ({ interval, mean }, i) => svg`
            <line class="whisker" x1=${x(i)} x2=${x(i)} y1=${y(interval.low)} y2=${y(interval.high)}></line>
            <circle class="curve-dot" cx=${x(i)} cy=${y(mean)} r="4.5"></circle>`,
        )}
      </svg>
      <span class="curve-shots">
        ${curve.map(({ shots, mean }) => html`<span><b>${formatProbability(mean)}</b><br />k = ${shots}</span>`)}
      </span>
    </div>
    ${commonest === null ? nothing : html`<p class="hint" aria-hidden="true">${strings.evaluate.commonest(formatProbability(commonest))}</p>`}`;
}

function curveTable(evaluation: Evaluation): TemplateResult {
  const { curve, cells, labels } = evaluation;
  const { head } = strings.evaluate;
  const spread = isSpread(evaluation);
  const hasSd = curve.some(({ sd }) => sd !== null);
  return html`<details>
    <summary class="hint">${strings.why.inNumbers}</summary>
    <table class="plain">
      <thead>
        <tr>
          <th scope="col">${head.shots}</th>
          <th scope="col" class="numeral">${head.accuracy}</th>
          <th scope="col" class="numeral">${head.interval}</th>
          ${hasSd ? html`<th scope="col" class="numeral">${head.sd}</th>` : nothing}
          <th scope="col" class="numeral">${spread ? head.spread : labels ? head.ece : head.perplexity}</th>
        </tr>
      </thead>
      <tbody>
        ${curve.map((point) =>
          curveRow(
            point,
            // Of several prompts at one number of shots the figures of one say little.
            spread ? undefined : cells.find(({ shots }) => shots === point.shots),
            hasSd,
          ),
        )}
      </tbody>
    </table>
  </details>`;
}

function curveRow(point: CurvePoint, cell: Cell | undefined, hasSd: boolean): TemplateResult {
  const { shots, mean, sd, interval, min, max } = point;
  const aside = cell
    ? (cell.labels?.ece.toFixed(2) ?? cell.text?.perplexity.toFixed(1))
    : `${formatProbability(min)} – ${formatProbability(max)}`;
  return html`<tr>
    <th scope="row">${shots}</th>
    <td class="numeral">${probability(mean)}</td>
    <td class="numeral">${formatProbability(interval.low)} – ${formatProbability(interval.high)}</td>
    ${hasSd ? html`<td class="numeral">${sd === null ? strings.evaluate.none : formatProbability(sd)}</td>` : nothing}
    <td class="numeral">${aside ?? nothing}</td>
  </tr>`;
}

function closeUp(
  cell: Cell,
  complete: readonly Cell[],
  { labels }: Evaluation,
  closer: Closer,
  menu: FigureMenu,
): TemplateResult {
  const words = strings.evaluate;
  const names = (labels ?? []).map(({ name }) => name);
  const of = { cell, name: cellName(cell, complete), labels: names };
  return html`
    <div class="closer">
      <label class="field inline">
        <span class="field-name">${words.at}</span>
        <select name="closer" @change=${(event: Event) => closer.choose((event.target as HTMLSelectElement).value)}>
          ${complete.map((one) => html`<option value=${cellKey(one)} ?selected=${one === cell}>${cellName(one, complete)}</option>`)}
        </select>
      </label>
      ${
        cell.labels && labels
          ? html`${drawConfusion(
              cell.labels.confusion,
              names,
              menu(words.confusion, (setting) => confusionChart(of, setting)),
            )}
              ${drawReliability(
                cell.labels.reliability,
                cell.labels.ece,
                menu(words.reliability, (setting) => reliabilityChart(of, setting)),
              )}`
          : nothing
      }
      <lab-each-row .rows=${cell.rows}></lab-each-row>
    </div>
  `;
}

/** Its seed and order are named where there are others with as many shots. */
function cellName({ shots, seed, order }: Cell, all: readonly Cell[]): string {
  const words = strings.evaluate;
  const alike = all.filter((one) => one.shots === shots);
  const seeds = alike.some((one) => one.seed !== seed) ? words.seedAt(seed) : '';
  const orders = alike.some((one) => one.order !== order) ? words.orderAt(order + 1) : '';
  return words.shotsAt(shots) + seeds + orders;
}

/** What the figures cannot say, and more of the same. */
export function cautionList(
  cautions: readonly Caution[],
  more: readonly string[] = [],
): TemplateResult | typeof nothing {
  const all = [...cautions.map(cautionText), ...more];
  return all.length === 0
    ? nothing
    : html`<ul class="cautions">${all.map((text) => html`<li>${text}</li>`)}</ul>`;
}

function cautionText(caution: Caution): string {
  const words = strings.evaluate.cautions;
  switch (caution.kind) {
    case 'tuning':
      return words.tuning;
    case 'few':
      return words.few(caution.rows);
    case 'missing':
      return words.missing(caution.label);
    case 'surplus':
      return words.surplus(caution.count, formatCount(mostRows));
    case 'too-long':
      return words.tooLong(strings.evaluate.shotsAt(caution.shots));
    default:
      return words[caution.kind](caution.count, caution.first);
  }
}

export function evaluationFinding({ evaluation }: EvaluationFigure): string {
  const point = evaluation.curve.at(-1);
  if (point && isSpread(evaluation)) return spreadFinding(point);
  const cell = evaluation.cells.at(-1);
  if (!cell) return '';
  const { accuracy, correct, n, interval } = cell.accuracy;
  return strings.evaluate.finding(
    strings.evaluate.shotsAt(cell.shots),
    formatProbability(accuracy),
    correct,
    n,
    formatProbability(interval.low),
    formatProbability(interval.high),
  );
}

function spreadFinding({ shots, cells, mean, sd, min, max, interval }: CurvePoint): string {
  return strings.evaluate.findingSpread(
    strings.evaluate.shotsAt(shots),
    formatProbability(mean),
    sd === null ? null : formatProbability(sd),
    cells,
    formatProbability(min),
    formatProbability(max),
    formatProbability(interval.low),
    formatProbability(interval.high),
  );
}

/**
 * From which a stranger can compute every figure again. They are made cell by cell: all rows of a large evaluation are
 * longer than a string may be.
 */
export function evaluationFiles(evaluation: Evaluation, stem = 'shotglass'): FigureFile[] {
  const ofCells = (write: (cell: Evaluation) => string) => () =>
    evaluation.cells.map((cell) => write({ ...evaluation, cells: [cell] }));
  const header = toCsv({ ...evaluation, cells: [] });
  return [
    { name: `${stem}.jsonl`, type: 'application/jsonl', parts: ofCells(toJsonl) },
    {
      name: `${stem}.csv`,
      type: 'text/csv',
      parts: () => [header, ...ofCells((cell) => toCsv(cell).slice(header.length))()],
    },
  ];
}
