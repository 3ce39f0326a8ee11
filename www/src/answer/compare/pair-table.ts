import { html, type TemplateResult } from 'lit';
import { strings } from '../../strings/index.ts';
import { axis, probability } from '../../ui/bars.ts';
import { formatPoints } from '../../ui/numbers.ts';
import { share } from '../../ui/share.ts';

/** What follows the pinned prompt and the present one. */
export interface PairLine {
  name: TemplateResult | string;
  /** Null where that is not known. */
  a: number | null;
  now: number | null;
}

/** A table of two probabilities in each line, and of the rest below them. */
export function pairTable(
  head: { caption: string; name: string },
  lines: readonly PairLine[],
  rest: PairLine,
  { old, busy }: { old: boolean; busy: boolean },
): TemplateResult {
  const { compare } = strings;
  return html`<table class="bars pair ${old ? 'old' : ''}" aria-busy=${busy ? 'true' : 'false'}>
    <caption class="visually-hidden">${head.caption}</caption>
    <thead>
      <tr>
        <th scope="col" class="token-cell">${head.name}</th>
        <th scope="col" class="bar-cell">
          ${axis(strings.probability)}
        </th>
        <th scope="col" class="numeral of-a" title=${compare.aTitle}><span class="held-a">${compare.a}</span></th>
        <th scope="col" class="numeral" title=${compare.nowTitle}>${compare.now}</th>
        <th scope="col" class="numeral" title=${compare.differenceTitle}>${compare.difference}</th>
      </tr>
    </thead>
    <tbody>
      ${lines.map((line) => pairRow(line, false))}
    </tbody>
    <tbody>
      ${pairRow(rest, true)}
    </tbody>
  </table>`;
}

function pairRow({ name, a, now }: PairLine, isRest: boolean): TemplateResult {
  const difference = a === null || now === null ? null : now - a;
  return html`<tr class=${isRest ? 'rest' : ''}>
    <th scope="row" class="token-cell">${name}</th>
    <td class="bar-cell">
      <span class="bar two" aria-hidden="true"
        ><span class="of-a" ${share(a ?? 0)}></span><span class="of-now" ${share(now ?? 0)}></span
      ></span>
    </td>
    <td class="numeral of-a">${shown(a)}</td>
    <td class="numeral">${shown(now)}</td>
    <td class="numeral points" data-sign=${sign(difference ?? 0)}>
      ${difference === null ? '' : html`<data value=${difference}>${formatPoints(difference)}</data>`}
    </td>
  </tr>`;
}

/** What is not among the words that were found has no number. */
function shown(p: number | null): TemplateResult | string {
  return p === null
    ? html`<span title=${strings.compare.notListed}>–<span class="visually-hidden">${strings.compare.notListed}</span></span>`
    : probability(p);
}

/** Of what is printed: what rounds to nothing has no sign, and no colour. */
function sign(difference: number): 'more' | 'less' | 'none' {
  if (Math.abs(difference) < 0.0005) return 'none';
  return difference > 0 ? 'more' : 'less';
}
