import { html, nothing, type TemplateResult } from 'lit';
import { drawn } from '../../elements/lab-element.ts';
import { strings } from '../../strings/index.ts';
import { insideWords } from '../../strings/inside-words.ts';
import { formatProbability } from '../../ui/numbers.ts';
import { share } from '../../ui/share.ts';
import { textOfBytes, tokenPieces } from '../../ui/visible.ts';
import { carriersOf, type PatchFigure, type PatchRow } from './patch-figure.ts';

/** A table of tokens by layers, each cell as dark as the share that it carries. */
export function drawPatch(figure: PatchFigure): TemplateResult {
  const words = insideWords().patch;
  const { about, layers, rows } = figure;
  return html`
    <p class="why-title">${words.caption(about)}</p>
    <p class="patch-legend" aria-hidden="true">
      <span>−100%</span><span class="patch-scale"></span><span>100%</span>
    </p>
    <div class="patch-scroll" tabindex="0" role="group" aria-label=${words.caption(about)}>
      <table class="patch-grid">
        <thead>
          <tr>
            <th scope="col">${words.token}</th>
            ${layers.map((layer, i) => html`<th scope="col" class="patch-layer"><span class="visually-hidden">${words.layer} </span>${isNamed(layers, i) ? layer : html`<span class="visually-hidden">${layer}</span>`}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map((row) => tokenRow(row))}
        </tbody>
      </table>
    </div>
    <p class="hint">${words.hint[figure.isPinned ? 'pinned' : 'outputs']}${strings.why.gap}${words.scale} ${extentOf(figure)}</p>
  `;
}

/** Of many layers only some are named: every fifth. */
const isNamed = (layers: readonly number[], i: number) =>
  layers.length <= 11 || (layers[i] ?? 0) % 5 === 0;

function tokenRow({ tokens, differs, shares, isWide }: PatchRow): TemplateResult {
  return html`<tr>
    <th scope="row" class="mono" data-differs=${differs ? 'yes' : 'no'}>${tokens.map((bytes) => drawn(tokenPieces(bytes)))}</th>
    ${shares.map((value, i) =>
      value === null
        ? html`<td><span class="visually-hidden">${strings.why.pending}</span></td>`
        : html`<td
            class=${isWide[i] ? 'wide' : nothing}
            data-sign=${value < 0 ? 'less' : 'more'}
            title=${percent(value)}
            ${share(Math.min(1, Math.abs(value)))}
          ><span class="visually-hidden">${percent(value)}</span></td>`,
    )}
  </tr>`;
}

function percent(value: number): string {
  const whole = Math.round(Math.abs(value) * 100);
  return `${value < 0 && whole > 0 ? '−' : ''}${whole}%`;
}

/** Which layers and tokens the grid has, and how the prompts were matched. */
export function extentOf({ layers, rows, tokens }: PatchFigure): string {
  const words = insideWords().patch;
  const stride = layers.length > 1 ? (layers[1] ?? 0) - (layers[0] ?? 0) : 1;
  const width = Math.max(...rows.map((row) => row.tokens.length));
  const sentences = [
    ...(stride > 1 ? [words.stride(stride)] : []),
    ...(width > 1 ? [words.joined(width)] : []),
    tokens.from === tokens.into ? words.same(tokens.into) : words.matched(tokens.from, tokens.into),
  ];
  return sentences.join(strings.why.gap);
}

/** What the other outputs do to the answer, and which states carry it. */
export function patchFinding(figure: PatchFigure): string {
  const words = insideWords().patch;
  const { about, from, into, rows, isPinned } = figure;
  const [after, without] = [formatProbability(from), formatProbability(into)];
  const sentences = [words.between(about, after, without, isPinned)];
  const found = carriersOf(figure);
  if (Math.abs(Math.log(from) - Math.log(into)) < 0.1) {
    sentences.push(words.little);
  } else if (found) {
    const tokens = rows[found.row]?.tokens ?? [];
    const text = tokens
      .map((bytes) => textOfBytes(bytes) ?? '�')
      .join('')
      .trim();
    sentences.push(words.carries(text, percent(found.share)));
    if (found.arrives !== null) sentences.push(words.arrives(found.arrives));
  }
  return sentences.join(strings.why.gap);
}
