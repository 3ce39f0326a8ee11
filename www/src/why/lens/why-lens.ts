import { html, nothing, svg, type TemplateResult } from 'lit';
import { drawn } from '../../elements/lab-element.ts';
import { strings } from '../../strings/index.ts';
import { insideWords } from '../../strings/inside-words.ts';
import { probability } from '../../ui/bars.ts';
import { formatProbability } from '../../ui/numbers.ts';
import { reached } from '../../ui/roving.ts';
import { tokenPieces } from '../../ui/visible.ts';
import { formatCount } from '../../util/numerals.ts';
import type { Wishes } from '../card.ts';
import { type LensFigure, type LensGrid, type LensPanel, lookedAt } from './lens-figure.ts';

/** The foot of the axis: what is rarer stands on it. */
const decades = 6;

/** Small multiples: the answers through the layers, after more and more demonstrations. */
export function drawLens(figure: LensFigure, look: Wishes['look']): TemplateResult {
  const { about, panels, grid } = figure;
  const words = insideWords().lens;
  const names = panels.find(({ answers }) => answers.length > 0)?.answers ?? [];
  return html`
    <p class="why-title">${words.caption}</p>
    <ul class="why-legend" aria-hidden="true">
      ${names.map(({ name }) => html`<li><span class="lens-key" data-about=${name === about ? 'yes' : 'no'}></span><span class="mono">${name}</span></li>`)}
    </ul>
    <div class="lens-multiples" aria-hidden="true">
      ${panels.map((panel) => multiple(panel, about))}
    </div>
    ${leadTable(figure)}
    <p class="hint">${words.caveat}</p>
    ${grid ? drawGrid(grid, look) : nothing}
    ${layerTable(panels.at(-1), about)}
  `;
}

function multiple(panel: LensPanel, about: string): TemplateResult {
  const words = insideWords().lens;
  const { k, answers, layers } = panel;
  const last = Math.max(1, layers.length - 1);
  const lead = lookedAt(panel, about)?.topFrom ?? null;
  const height = (p: number) => Math.min(1, -Math.log10(Math.max(p, 1e-30)) / decades) * 100;
  const line = (ps: readonly number[]) => ps.map((p, layer) => `${layer},${height(p)}`).join(' ');
  const isLooked = (name: string) => (name === about ? 'yes' : 'no');
  // What is looked at is drawn last, over the others.
  const ordered = [...answers].sort((a, b) => Number(a.name === about) - Number(b.name === about));
  return html`<figure class="lens-multiple">
    <figcaption>k = ${k}</figcaption>
    <span class="lens-axis"><i>1</i><i>10⁻³</i><i>10⁻⁶</i></span>
    <svg viewBox="0 0 ${last} 100" preserveAspectRatio="none">
      ${[0, 50, 100].map((y) => svg`<line class="grid-line" x1="0" x2=${last} y1=${y} y2=${y}></line>`)}
      ${lead === null ? nothing : svg`<line class="lens-lead" x1=${lead} x2=${lead} y1="0" y2="100"></line>`}
      ${ordered.map(({ name, ps }) => svg`<polyline class="lens-line" data-about=${isLooked(name)} points=${line(ps)}></polyline>`)}
    </svg>
    <span class="lens-layers"><i>0</i><i>${layers.length > 0 ? last : ''}</i></span>
    <span class="lens-from">${answers.length === 0 ? strings.why.notRun : lead === null ? words.never : words.from(lead)}</span>
  </figure>`;
}

/** For each number of demonstrations, where the answer takes the lead and what it comes to. */
function leadTable({ panels, about }: LensFigure): TemplateResult {
  const { head, none } = insideWords().lens;
  const numeral = (name: string) => html`<th scope="col" class="numeral">${name}</th>`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label=${insideWords().lens.caption}>
    <table class="plain lens-leads">
    <thead>
      <tr>
        <th scope="col">${head.k}</th>
        ${[head.lead, head.ahead, `P(${about})`, head.rank].map(numeral)}
      </tr>
    </thead>
    <tbody>
      ${panels.map((panel) => {
        const answer = lookedAt(panel, about);
        const rank = answer?.ranks.at(-1);
        return html`<tr>
          <th scope="row">${panel.k}</th>
          ${
            answer
              ? html`<td class="numeral">${answer.topFrom ?? none}</td>
                  <td class="numeral">${answer.aheadFrom ?? none}</td>
                  <td class="numeral">${probability(answer.ps.at(-1) ?? 0)}</td>
                  <td class="numeral">${rank === undefined ? nothing : formatCount(rank)}</td>`
              : html`<td colspan="4">${strings.why.notRun}</td>`
          }
        </tr>`;
      })}
    </tbody>
  </table></div>`;
}

/** The top tokens of layers over tokens; the last layer stands above, and what does not change any more is grey. */
function drawGrid({ strip, end, layers, columns }: LensGrid, look: Wishes['look']): TemplateResult {
  const words = insideWords().lens;
  const rows = [...layers.keys()].reverse();
  return html`
    <p class="why-title">${words.grid}</p>
    ${look && strip.length > 0 ? drawStrip(strip, end, look) : nothing}
    <div class="scroll" tabindex="0" role="group" aria-label=${words.grid}>
      <table class="lens-grid">
        <thead>
          <tr>
            <th scope="col">${words.head.layer}</th>
            ${columns.map(({ token }) => html`<th scope="col"><span class="mono">${drawn(tokenPieces(token))}</span></th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) => html`<tr>
              <th scope="row">${layers[row]}</th>
              ${columns.map(({ tops, stableFrom }) => {
                const top = tops[row];
                return html`<td data-stable=${row >= stableFrom ? 'yes' : 'no'} title=${formatProbability(top?.p ?? 0)}><span class="mono">${top ? drawn(tokenPieces(top.bytes)) : nothing}</span></td>`;
              })}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="hint">${words.gridHint}</p>
  `;
}

/** All tokens of the prompt; the one that is chosen stands in the last column. */
function drawStrip(
  strip: readonly Uint8Array[],
  end: number,
  look: (position: number) => void,
): TemplateResult {
  const words = insideWords().lens;
  return html`<p class="lens-strip" role="group" aria-label=${words.strip} @keydown=${stripKeys}>
    ${strip.map(
      (bytes, position) => html`<button
        type="button"
        class="mono"
        aria-pressed=${position === end ? 'true' : 'false'}
        tabindex=${position === end ? 0 : -1}
        @click=${() => look(position)}
      >${drawn(tokenPieces(bytes))}</button>`,
    )}
  </p>`;
}

/** Arrows, Home and End move the focus from token to token. */
function stripKeys(event: KeyboardEvent): void {
  const tokens = [...(event.currentTarget as HTMLElement).children] as HTMLElement[];
  const at = tokens.indexOf(event.target as HTMLElement);
  const index = reached(event, { at, last: tokens.length - 1, along: 'lines' });
  if (index !== null) tokens[index]?.focus();
}

/** Every layer in numbers, after all demonstrations of the prompt. */
function layerTable(panel: LensPanel | undefined, about: string): TemplateResult | typeof nothing {
  const answer = panel && lookedAt(panel, about);
  if (!panel || !answer) return nothing;
  const { head } = insideWords().lens;
  return html`<details>
    <summary class="hint">${insideWords().lens.numbers(strings.evaluate.shotsAt(panel.k))}</summary>
    <table class="plain lens-numbers">
      <thead>
        <tr>
          <th scope="col">${head.layer}</th>
          <th scope="col">${head.top}</th>
          ${[head.p, `P(${about})`, head.rank].map((name) => html`<th scope="col" class="numeral">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${panel.layers.map(
          ({ top, p }, layer) => html`<tr>
            <th scope="row">${layer}</th>
            <td><span class="mono">${drawn(tokenPieces(top))}</span></td>
            <td class="numeral">${probability(p)}</td>
            <td class="numeral">${probability(answer.ps[layer] ?? 0)}</td>
            <td class="numeral">${formatCount(answer.ranks[layer] ?? 0)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </details>`;
}

/** Where the answer takes the lead with all demonstrations, and with the fewest. */
export function lensFinding({ panels, about }: LensFigure): string {
  const words = insideWords().lens;
  const read = panels.filter(({ answers }) => answers.length > 0);
  const [first, last] = [read[0], read.at(-1)];
  if (!first || !last) return '';
  const say = (panel: LensPanel) => {
    const lead = lookedAt(panel, about)?.topFrom ?? null;
    const k = strings.evaluate.shotsAt(panel.k);
    const layers = panel.layers.length - 1;
    return lead === null ? words.behind(k, about) : words.leads(k, about, lead, layers);
  };
  return first === last ? say(last) : say(last) + strings.why.gap + say(first);
}
