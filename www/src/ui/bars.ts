import { html, nothing, type TemplateResult } from 'lit';
import { formatExactProbability, tableProbability } from './numbers.ts';
import { share } from './share.ts';

/** A bar on the axis from 0 to 1, beside a number that says the same. */
export function bar(p: number): TemplateResult {
  return html`<span class="bar" aria-hidden="true"><span ${share(p)}></span></span>`;
}

/** How far a run has come; `text` says it in words. */
export function runBar(
  { done, total }: { done: number; total: number },
  name: string,
  text?: string,
): TemplateResult {
  return html`<div
    class="progress thin"
    role="progressbar"
    aria-label=${name}
    aria-valuemin="0"
    aria-valuemax=${total}
    aria-valuenow=${done}
    aria-valuetext=${text ?? nothing}
  ><span ${share(total > 0 ? done / total : 0)}></span></div>`;
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
