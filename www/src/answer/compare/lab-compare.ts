import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { JobState } from '../../app/job.ts';
import { drawn, LabElement } from '../../elements/lab-element.ts';
import { strings } from '../../strings/index.ts';
import { axis, probability } from '../../ui/bars.ts';
import { formatDivergence, formatPoints, formatProbability } from '../../ui/numbers.ts';
import { share } from '../../ui/share.ts';
import { spokenToken, tokenPieces } from '../../ui/visible.ts';
import '../../elements/lab-term.ts';
import type { Pair } from './compare.ts';
import type { Held, SideBySide } from './side-by-side.ts';

/** The distributions after two prompts: a row for each token that is high up in either, and one for the rest. */
@customElement('lab-compare')
export class LabCompare extends LabElement {
  @property({ attribute: false }) jobState!: JobState<SideBySide>;
  @property({ attribute: false }) held!: Held;
  @property({ attribute: false }) text = '';
  /** Whether what is not there yet will come. */
  @property({ type: Boolean }) waiting = false;

  protected override render(): TemplateResult | typeof nothing {
    const { result, problem, running } = this.jobState;
    if (problem) {
      return html`<p class="sentence" role="alert" data-code=${problem.code}>${problem.sentence}</p>`;
    }
    if (!result)
      return html`<p class="hint compare-pending">${this.waiting ? strings.compare.pending : nothing}</p>`;
    const { a, now, pair } = result;
    const old = a.of !== this.held.text || now.of !== this.text;
    return html`
      ${this.table(pair, old, running)}
      <p class="distance">
        ${
          this.held.text === this.text
            ? strings.compare.same
            : strings.compare.distance(
                formatProbability(pair.distance.totalVariation),
                formatDivergence(pair.distance.divergence),
              )
        }<lab-term .name=${strings.compare.distanceName} .about=${strings.compare.distanceTitle}></lab-term>
      </p>
    `;
  }

  private table({ rows, rest }: Pair, old: boolean, running: boolean): TemplateResult {
    const { compare } = strings;
    return html`<table class="bars pair ${old ? 'old' : ''}" aria-busy=${old && running ? 'true' : 'false'}>
      <caption class="visually-hidden">${compare.caption}</caption>
      <thead>
        <tr>
          <th scope="col" class="token-cell">${strings.nextToken}</th>
          <th scope="col" class="bar-cell">
            ${axis(strings.probability)}
          </th>
          <th scope="col" class="numeral of-a" title=${compare.aTitle}><span class="held-a">${compare.a}</span></th>
          <th scope="col" class="numeral" title=${compare.nowTitle}>${compare.now}</th>
          <th scope="col" class="numeral" title=${compare.differenceTitle}>${compare.difference}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(({ token, a, now }) =>
          pairRow(
            html`<span class="label-words" dir="auto" aria-hidden="true">${drawn(tokenPieces(token.bytes))}</span
              ><span class="visually-hidden">${spokenToken(token.bytes)}</span>`,
            a,
            now,
            false,
          ),
        )}
      </tbody>
      <tbody>
        ${pairRow(strings.rest(rest.count), rest.a, rest.now, true)}
      </tbody>
    </table>`;
  }
}

function pairRow(
  name: TemplateResult | string,
  a: number,
  now: number,
  isRest: boolean,
): TemplateResult {
  return html`<tr class=${isRest ? 'rest' : ''}>
    <th scope="row" class="token-cell">${name}</th>
    <td class="bar-cell">
      <span class="bar two" aria-hidden="true"
        ><span class="of-a" ${share(a)}></span><span class="of-now" ${share(now)}></span
      ></span>
    </td>
    <td class="numeral of-a">${probability(a)}</td>
    <td class="numeral">${probability(now)}</td>
    <td class="numeral points" data-sign=${sign(now - a)}>
      <data value=${now - a}>${formatPoints(now - a)}</data>
    </td>
  </tr>`;
}

/** Of what is printed: what rounds to nothing has no sign, and no colour. */
function sign(difference: number): 'more' | 'less' | 'none' {
  if (Math.abs(difference) < 0.0005) return 'none';
  return difference > 0 ? 'more' : 'less';
}
