import { html, nothing, svg, type TemplateResult } from 'lit';
import type { CurvePoint } from 'shotglass/experiments';
import { strings } from '../../strings/index.ts';
import { probability } from '../../ui/bars.ts';
import { formatPoints, formatProbability, formatPValue, shortCount } from '../../ui/numbers.ts';
import { share } from '../../ui/share.ts';
import { nameText } from '../../ui/visible.ts';
import { formatBytes } from '../../util/numerals.ts';
import { cautionsOf } from '../evaluate/evaluation.ts';
import { cautionList, evaluationFiles } from '../evaluate/why-evaluation.ts';
import type { FigureFile, ModelsFigure } from '../figure.ts';
import { bySize, extremesOf, labelPlaces, type ModelCurve } from './curves.ts';

/** How far the marks of neighbouring models stand apart, in pixels. */
const aside = 5;
/** Height of a label, as a share of the plot's. */
const labelShare = 0.085;
/** A result that chance brings about less often is said to be clear. */
const clear = 0.05;

/** One line for each model, the table of the models, and what they cannot say. */
export function drawModels(figure: ModelsFigure): TemplateResult {
  const { isFree, models: curves } = figure;
  const words = strings.acrossModels;
  const all = bySize(curves);
  const [first] = all;
  const cautions = cautionsOf({
    evaluation: {
      cells: first?.cells ?? [],
      labels: null,
      notRun: curves.flatMap(({ evaluation }) => evaluation?.notRun ?? []),
    },
    leftOut: figure.leftOut,
  });
  const isRecorded = curves.some(({ origin }) => origin === 'recorded');
  return html`
    <p class="why-title">${words.curve(isFree)}</p>
    ${drawLines(all)} ${modelTable(figure, all)}
    ${isRecorded ? html`<p class="hint models-recorded">${words.recordedHint}</p>` : nothing}
    ${numbersTable(figure, all)} ${cautionList(cautions, [words.caution])}
  `;
}

/** All numbers of shots that a model has been asked at, in ascending order. */
export function shotsOf(curves: readonly ModelCurve[]): number[] {
  const all = new Set(curves.flatMap(({ curve }) => curve.map(({ shots }) => shots)));
  return [...all].sort((a, b) => a - b);
}

/** A line is named by its place in the table and its size. */
export function lineName(at: number, { model }: ModelCurve): string {
  return `${at + 1} · ${model.parameters === null ? strings.acrossModels.unknown : shortCount(model.parameters)}`;
}

/** From the smallest model to the largest, the lines get darker. */
function drawLines(curves: readonly ModelCurve[]): TemplateResult {
  const shots = shotsOf(curves);
  const x = ({ shots: k }: CurvePoint) => `${((shots.indexOf(k) + 0.5) / shots.length) * 100}%`;
  const y = (mean: number) => `${(1 - mean) * 100}%`;
  const drawn = curves.map((curve, at) => ({ curve, at, last: curve.curve.at(-1) }));
  const ended = drawn.filter(({ last }) => last !== undefined);
  const places = labelPlaces(
    ended.map(({ last }) => 1 - (last?.mean ?? 0)),
    labelShare,
  );
  return html`<div class="curve models-curve" aria-hidden="true">
    <span class="curve-axis"><i>100%</i><i>50</i><i>0</i></span>
    <svg class="curve-plot">
      ${[0, 0.5, 1].map((tick) => svg`<line class="grid-line" x1="0" x2="100%" y1=${y(tick)} y2=${y(tick)}></line>`)}
      ${drawn.map(({ curve: { curve, origin }, at }) => {
        const shift = (at - (curves.length - 1) / 2) * aside;
        return svg`<g class="model-line" data-origin=${origin} ${share(curves.length > 1 ? at / (curves.length - 1) : 1)} transform="translate(${shift} 0)">
          ${curve.slice(1).map((point, i) => {
            const before = curve[i] ?? point;
            return svg`<line class="curve-line" x1=${x(before)} y1=${y(before.mean)} x2=${x(point)} y2=${y(point.mean)}></line>`;
          })}
          ${curve.map(
            (point) => svg`
              <line class="whisker" x1=${x(point)} x2=${x(point)} y1=${y(point.interval.low)} y2=${y(point.interval.high)}></line>
              <circle class="curve-dot" cx=${x(point)} cy=${y(point.mean)} r="4"></circle>`,
          )}
        </g>`;
      })}
    </svg>
    <span class="models-names">
      ${ended.map(({ curve, at }, i) => html`<span ${share(places[i])}>${lineName(at, curve)}</span>`)}
    </span>
    <span class="curve-shots">${shots.map((k) => html`<span>k = ${k}</span>`)}</span>
  </div>`;
}

const numeral = (name: string) => html`<th scope="col" class="numeral">${name}</th>`;

function modelTable(figure: ModelsFigure, curves: readonly ModelCurve[]): TemplateResult {
  const words = strings.acrossModels;
  const { about, isFree } = figure;
  const most = shotsOf(curves).at(-1);
  const hasAnswers = curves.some(({ query }) => query.length > 0);
  const at = most === undefined ? '' : words.at(strings.evaluate.shotsAt(most));
  const withShots = (name: string) =>
    html`<th scope="col" class="numeral">${name}<br /><span class="aside">${at}</span></th>`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label=${words.table}>
      <table class="plain models-table">
        <thead>
          <tr>
            <th scope="col">${words.head.model}</th>
            ${[words.head.parameters, words.head.tokens, words.head.bytes].map(numeral)}
            ${withShots(words.head.accuracy)}
            ${hasAnswers ? withShots(words.head.answer(about)) : nothing}
          </tr>
        </thead>
        <tbody>
          ${curves.map((curve, i) => modelRow(curve, i, most, hasAnswers ? figure : null))}
        </tbody>
      </table>
    </div>
    ${
      hasAnswers
        ? html`<p class="hint">${words.answerHint(figure.query, isFree)}${about === '' ? html` ${words.noRight}` : nothing}</p>`
        : nothing
    }`;
}

function modelRow(
  one: ModelCurve,
  at: number,
  shots: number | undefined,
  figure: ModelsFigure | null,
): TemplateResult {
  const words = strings.acrossModels;
  const { model, origin, curve } = one;
  const point = curve.find((each) => each.shots === shots);
  const { kind, tokensTrained } = model;
  return html`<tr data-origin=${origin}>
    <th scope="row">
      <span class="model-place">${at + 1}</span> ${nameText(model.name)}
      <span class="aside">${kind === null ? nothing : html`${words[kind]} · `}<span class="model-origin">${words[origin]}</span></span>
    </th>
    <td class="numeral">${model.parameters === null ? words.unknown : shortCount(model.parameters)}</td>
    <td class="numeral">${tokensTrained === null ? words.unknown : shortCount(tokensTrained)}</td>
    <td class="numeral">${model.bytes === null ? words.unknown : formatBytes(model.bytes)}</td>
    <td class="numeral">${point ? withInterval(point) : strings.why.pending}</td>
    ${figure ? html`<td class="numeral">${answerAt(one, shots, figure)}</td>` : nothing}
  </tr>`;
}

const withInterval = ({ mean, interval }: CurvePoint) =>
  html`${probability(mean)}<br /><span class="aside">${rangeOf(interval)}</span>`;

const rangeOf = ({ low, high }: CurvePoint['interval']) =>
  `${formatProbability(low)} – ${formatProbability(high)}`;

/** The probability of the answer, and what the model says where that is something else. */
function answerAt(
  { query }: ModelCurve,
  shots: number | undefined,
  { about }: ModelsFigure,
): TemplateResult | string {
  const reading = query.find(({ k }) => k === shots);
  if (!reading || reading.p === null) return strings.acrossModels.unknown;
  const { p, predicted } = reading;
  const says =
    predicted !== null && predicted !== about ? strings.acrossModels.says(predicted) : null;
  return html`${probability(p)}${says === null ? nothing : html`<br /><span class="aside">${says}</span>`}`;
}

function numbersTable(figure: ModelsFigure, curves: readonly ModelCurve[]): TemplateResult {
  const { head } = strings.acrossModels;
  const hasSd = curves.some(({ curve }) => curve.some(({ sd }) => sd !== null));
  const hasAnswers = curves.some(({ query }) => query.length > 0);
  return html`<details>
    <summary class="hint">${strings.why.inNumbers}</summary>
    <div class="scroll" tabindex="0" role="group" aria-label=${strings.why.inNumbers}>
      <table class="plain models-numbers">
        <thead>
          <tr>
            <th scope="col">${head.model}</th>
            ${[head.shots, head.accuracy, head.interval, ...(hasSd ? [head.sd] : []), ...(hasAnswers ? [head.answer(figure.about)] : [])].map(numeral)}
          </tr>
        </thead>
        <tbody>
          ${curves.map(({ curve, ...one }, at) =>
            curve.map(
              (point) => html`<tr>
                <th scope="row">${lineName(at, { curve, ...one })}</th>
                <td class="numeral">${point.shots}</td>
                <td class="numeral">${probability(point.mean)}</td>
                <td class="numeral">${rangeOf(point.interval)}</td>
                ${hasSd ? html`<td class="numeral">${point.sd === null ? strings.evaluate.none : formatProbability(point.sd)}</td>` : nothing}
                ${hasAnswers ? html`<td class="numeral">${answerAt({ curve, ...one }, point.shots, figure)}</td>` : nothing}
              </tr>`,
            ),
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

/** The smallest and the largest on the rows of both; of one alone how often it is right. */
export function modelsFinding({ models: curves }: ModelsFigure): string {
  const words = strings.acrossModels;
  const found = extremesOf(curves);
  if (!found) return findingOfOne(bySize(curves).find(({ curve }) => curve.length > 0));
  const { small, large, point } = found;
  const { shots, a, b, difference, interval, p } = point;
  const sentence = words.finding(
    strings.evaluate.shotsAt(shots),
    nameText(small.model.name),
    formatProbability(a.mean),
    nameText(large.model.name),
    formatProbability(b.mean),
    formatPoints(difference),
    formatPoints(interval.low),
    formatPoints(interval.high),
    p < 0.001 ? '< 0.001' : `= ${formatPValue(p)}`,
  );
  return sentence + strings.words.between + (p < clear ? words.clear : words.unclear);
}

function findingOfOne(one: ModelCurve | undefined): string {
  const point = one?.curve.at(-1);
  if (!one || !point) return '';
  return strings.acrossModels.findingOne(
    strings.evaluate.shotsAt(point.shots),
    nameText(one.model.name),
    formatProbability(point.mean),
    formatProbability(point.interval.low),
    formatProbability(point.interval.high),
  );
}

/** Of each model that was measured here, all its rows. */
export function modelsFiles({ models: curves }: ModelsFigure): FigureFile[] {
  return bySize(curves).flatMap(({ evaluation, model }) =>
    evaluation ? evaluationFiles(evaluation, `shotglass-${slugOf(model.name)}`) : [],
  );
}

/** A name out of a file that somebody else has written, as a part of another file's name. */
function slugOf(name: string): string {
  const slug = nameText(name)
    .replace(/[^\p{L}\p{N}.]+/gu, '-')
    .slice(0, 60);
  return slug.toLowerCase().replace(/^-+|-+$/g, '') || 'model';
}
