import { html, nothing, svg, type TemplateResult } from 'lit';
import type { ReliabilityBin } from 'shotglass/experiments';
import { strings } from '../../strings/index.ts';
import { probability } from '../../ui/bars.ts';
import { share } from '../../ui/share.ts';

/** What was right against what was said; each cell as dark as it is heavy in its row. */
export function drawConfusion(
  confusion: readonly (readonly number[])[],
  names: readonly string[],
  menu: TemplateResult,
): TemplateResult {
  const words = strings.evaluate;
  return html`<div class="picture">
    <div class="figure-head"><h3>${words.confusion}</h3>${menu}</div>
    <div class="scroll" tabindex="0" role="group" aria-label=${words.confusion}>
      <table class="confusion">
        <thead>
          <tr>
            <td class="corner">${words.confusionCorner}</td>
            ${names.map((name) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${confusion.map((row, gold) => {
            const sum = row.reduce((total, n) => total + n, 0);
            return html`<tr>
              <th scope="row">${names[gold]}</th>
              ${row.map(
                (n, predicted) => html`<td
                  data-right=${gold === predicted ? 'yes' : 'no'}
                  data-dark=${sum > 0 && n / sum > 0.6 ? 'yes' : 'no'}
                  ${share(sum > 0 ? n / sum : 0)}
                >${n}</td>`,
              )}
            </tr>`;
          })}
        </tbody>
      </table>
    </div>
  </div>`;
}

/** Accuracy over confidence, in ten bins (Guo et al. 2017, figure 1), with the rows of each. */
export function drawReliability(
  bins: readonly ReliabilityBin[],
  ece: number,
  menu: TemplateResult,
): TemplateResult {
  const words = strings.evaluate;
  const percent = (share: number) => `${share * 100}%`;
  return html`<div class="picture">
    <div class="figure-head"><h3>${words.reliability}</h3>${menu}</div>
    <div class="reliability" aria-hidden="true">
      <span class="curve-axis"><i>100%</i><i>50</i><i>0</i></span>
      <svg class="reliability-plot">
        ${[0, 0.5, 1].map((y) => svg`<line class="grid-line" x1="0" x2="100%" y1=${percent(y)} y2=${percent(y)}></line>`)}
        ${bins.map(({ from, n, accuracy, confidence }) =>
          n === 0 || accuracy === null || confidence === null
            ? nothing
            : svg`
              <rect class="bin" x="${from * 100 + 1}%" width="8%" y=${percent(1 - accuracy)} height=${percent(accuracy)}></rect>
              <line class="bin-gap" x1=${percent(confidence)} x2=${percent(confidence)} y1=${percent(1 - accuracy)} y2=${percent(1 - confidence)}></line>
              <line class="bin-top" x1="${from * 100 + 1}%" x2="${from * 100 + 9}%" y1=${percent(1 - accuracy)} y2=${percent(1 - accuracy)}></line>`,
        )}
        <line class="diagonal" x1="0" y1="100%" x2="100%" y2="0"></line>
      </svg>
      <span class="reliability-n">${bins.map(({ n }) => html`<i>${n > 0 ? n : nothing}</i>`)}</span>
      <span class="reliability-x"><i>0</i><i>${words.confidence}</i><i>100%</i></span>
    </div>
    <p class="hint">${words.reliabilityHint(ece.toFixed(2))}</p>
    <details>
      <summary class="hint">${strings.why.inNumbers}</summary>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">${words.reliabilityHead.bin}</th>
            <th scope="col" class="numeral">${words.reliabilityHead.n}</th>
            <th scope="col" class="numeral">${words.reliabilityHead.confidence}</th>
            <th scope="col" class="numeral">${words.reliabilityHead.accuracy}</th>
          </tr>
        </thead>
        <tbody>
          ${bins.map(
            ({ from, to, n, confidence, accuracy }) => html`<tr>
              <th scope="row">${words.bin(String(Math.round(from * 100)), `${Math.round(to * 100)}%`)}</th>
              <td class="numeral">${n}</td>
              <td class="numeral">${confidence === null ? words.none : probability(confidence)}</td>
              <td class="numeral">${accuracy === null ? words.none : probability(accuracy)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </details>
  </div>`;
}
