import { html, nothing, type TemplateResult } from 'lit';
import { labelVariants } from 'shotglass/experiments';
import { strings } from '../../strings/index.ts';
import { probability } from '../../ui/bars.ts';
import { formatProbability, tableProbability } from '../../ui/numbers.ts';
import { share } from '../../ui/share.ts';
import {
  type FormatFigure,
  type LabelsFigure,
  predictedOf,
  type Reading,
  shareOf,
} from '../figure.ts';

// As many as `why-variants.css` tells apart.
const shades = 6;

/** Small multiples: the same columns under each kind of outputs, on one axis from 0 to 1. */
export function drawLabels({ about, isFree, variants }: LabelsFigure): TemplateResult {
  const words = strings.why;
  const names = isFree ? words.variantsFree : words.variants;
  const first = variants.find(({ reading }) => reading)?.reading;
  const answers = first?.answers.map(({ name }) => name) ?? [];
  return html`
    <p class="why-title">${words.labels.caption(isFree)}</p>
    <ul class="why-legend" aria-hidden="true">
      ${answers.map((name, i) => html`<li><span class="swatch" data-shade=${i % shades} data-about=${name === about ? 'yes' : 'no'}></span><span class="mono">${name}</span></li>`)}
    </ul>
    <div class="multiples" aria-hidden="true">
      <span class="multiples-axis"><i>100%</i><i>50</i><i>0</i></span>
      ${labelVariants.map((variant) => {
        const found = variants.find((one) => one.variant === variant);
        return html`<div class="multiple">
          <span class="multiple-p">${found?.reading ? tableProbability(shareOf(found.reading, about)) : found ? '×' : nothing}</span>
          <span class="multiple-plot">
            ${answers.map((name, i) => html`<span class="column" data-shade=${i % shades} data-about=${name === about ? 'yes' : 'no'} ${share(found?.reading ? shareOf(found.reading, name) : 0)}></span>`)}
          </span>
          <span class="multiple-name">${names[variant]}</span>
        </div>`;
      })}
    </div>
    <details>
      <summary class="hint">${words.inNumbers}</summary>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">${words.labels.head}</th>
            ${answers.map((name) => html`<th scope="col" class="numeral">${name}</th>`)}
            <th scope="col" class="numeral">${words.mass}</th>
          </tr>
        </thead>
        <tbody>
          ${variants.map(
            ({ variant, reading }) => html`<tr>
              <th scope="row">${names[variant]}</th>
              ${
                reading
                  ? html`${reading.answers.map(({ p }) => html`<td class="numeral">${probability(p)}</td>`)}
                      <td class="numeral">${probability(reading.mass)}</td>`
                  : html`<td colspan=${answers.length + 1}>${words.notRun}</td>`
              }
            </tr>`,
          )}
        </tbody>
      </table>
    </details>
  `;
}

export function labelsFinding({ about, isFree, variants }: LabelsFigure): string {
  const words = strings.why.labels;
  const of = (name: string) => variants.find(({ variant }) => variant === name)?.reading;
  const [right, wrong] = [of('gold'), of('flipped')];
  if (!right || !wrong) return words.partial;
  return words.finding(
    about,
    formatProbability(shareOf(right, about)),
    formatProbability(shareOf(wrong, about)),
    isFree,
  );
}

/** One bar for each template: the same answer, otherwise dressed. */
export function drawFormat({ about, isFree, formats }: FormatFigure): TemplateResult {
  const words = strings.why.format;
  const own = formats.find(({ name }) => name === null)?.reading;
  const usual = own ? predictedOf(own) : null;
  return html`
    <p class="why-title">${words.caption(about, isFree)}</p>
    <table class="formats">
      <tbody>
        ${formats.map(({ name, reading }) => formatRow(name, reading, about, usual))}
      </tbody>
    </table>
  `;
}

function formatRow(
  name: string | null,
  reading: Reading | null | undefined,
  about: string,
  usual: string | null,
): TemplateResult {
  const words = strings.why;
  const instead =
    reading && predictedOf(reading) !== usual ? words.format.instead(predictedOf(reading)) : null;
  return html`<tr>
    <th scope="row">
      <span class="format-name">
        ${name === null ? words.format.own : html`<span class="mono">${name}</span>`}
        <span class="format-aside">
          ${reading === null ? words.notRun : nothing}
          ${reading ? html`${instead === null ? nothing : html`<b>${instead}</b>${strings.words.semicolon}`}${words.mass} ${tableProbability(reading.mass)}` : nothing}
        </span>
      </span>
      <span class="bar" aria-hidden="true"
        ><span data-own=${name === null ? 'yes' : 'no'} ${share(reading ? shareOf(reading, about) : 0)}></span
      ></span>
    </th>
    <td class="numeral strong">
      ${reading ? probability(shareOf(reading, about)) : reading === null ? nothing : words.pending}
    </td>
  </tr>`;
}

export function formatFinding({ formats }: FormatFigure): string {
  const words = strings.why.format;
  const read = formats.flatMap(({ name, reading }) => (reading ? [{ name, reading }] : []));
  const own = read.find(({ name }) => name === null);
  const others = read.filter(({ name }) => name !== null);
  if (!own || others.length === 0) return '';
  const usual = predictedOf(own.reading);
  const different = others.filter(({ reading }) => predictedOf(reading) !== usual).length;
  return different === 0 ? words.agree : words.differ(different, others.length);
}
