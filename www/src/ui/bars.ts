import { html, type TemplateResult } from 'lit';
import { formatExactProbability, tableProbability } from './numbers.ts';
import { share } from './share.ts';

/** A bar on the axis from 0 to 1, beside a number that says the same. */
export function bar(p: number): TemplateResult {
  return html`<span class="bar" aria-hidden="true"><span ${share(p)}></span></span>`;
}

/** Aligned at the decimal point, like any column of figures. The tooltip has the exact value. */
export function probability(p: number): TemplateResult {
  return html`<data value=${p} title=${formatExactProbability(p)}>${aligned(tableProbability(p))}</data>`;
}

/** A figure whose decimals take the same room in every row. */
export function aligned(figure: string): TemplateResult {
  const [, whole = '', fraction = ''] = /^([^.]*)(.*)$/.exec(figure) ?? [];
  return fraction.startsWith('.')
    ? html`${whole}<span class="fraction">${fraction}</span>`
    : html`${whole}`;
}

/** The head of a column of such bars: what it is of, and where it begins and ends. */
export function axis(name: string): TemplateResult {
  return html`<span class="visually-hidden">${name}</span
    ><span class="axis" aria-hidden="true"><i>0</i><i>50</i><i>100%</i></span>`;
}
