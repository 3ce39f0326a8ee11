import { html, nothing, svg, type TemplateResult } from 'lit';
import { strings } from '../../strings/index.ts';
import { probability } from '../../ui/bars.ts';
import { formatProbability } from '../../ui/numbers.ts';
import { areAlike } from '../alike.ts';
import type { OrderDot, OrderFigure } from '../figure.ts';

/** Dots nearer than this on the axis would cover each other, and stand one above the other. */
const near = 0.035;
const rowHeight = 34;
const step = 8;

/** A strip of dots for each output that stands last: recency is the distance between the strips. */
export function drawOrder(
  figure: OrderFigure,
  use: ((order: readonly number[]) => void) | null,
): TemplateResult {
  const words = strings.why.order;
  const { about, isFree, lasts, orders } = figure;
  const [present] = orders;
  if (!present) return html``;
  const choices = extremes(orders).map(([name, one]) =>
    choice(words[name], one, one === present ? null : use),
  );
  return html`
    <p class="why-title">${words.caption(about, isFree)}</p>
    <div class="orders" aria-hidden="true">
      ${lasts.map((last) => strip(last, orders, present))}
      <span class="orders-axis"><i>0</i><i>50%</i><i>100%</i></span>
    </div>
    <ul class="why-legend" aria-hidden="true">
      <li><svg class="key"><circle class="dot-now" cx="50%" cy="50%" r="5.5"></circle></svg>${words.legendNow}</li>
      ${
        orders.some(({ predicted }) => predicted !== present.predicted)
          ? html`<li><svg class="key"><circle class="dot-same" cx="50%" cy="50%" r="4.5"></circle></svg>${words.legendSame}</li>
              <li><svg class="key"><circle class="dot-other" cx="50%" cy="50%" r="4"></circle></svg>${words.legendOther}</li>`
          : nothing
      }
    </ul>
    <table class="choices">
      <tbody>${choices}</tbody>
    </table>
    <details>
      <summary class="hint">${strings.why.inNumbers}</summary>
      <table class="plain">
        <thead>
          <tr><th scope="col">${words.head.order}</th><th scope="col" class="numeral">${words.head.p(isFree)}</th><th scope="col">${words.head.predicted}</th></tr>
        </thead>
        <tbody>
          ${orders.map(
            (one) => html`<tr>
              <th scope="row">${said(one.order)}</th>
              <td class="numeral">${probability(one.p)}</td>
              <td>${one.predicted}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </details>
  `;
}

type Extreme = 'best' | 'present' | 'presentBest' | 'presentWorst' | 'worst';

/** The best order, the present one, and the worst; one that is the present one too stands there once. */
export function extremes(orders: readonly OrderDot[]): [name: Extreme, order: OrderDot][] {
  const [present, ...others] = orders;
  if (!present) return [];
  const best = others.reduce((a, b) => (b.p > a.p ? b : a), present);
  const worst = others.reduce((a, b) => (b.p < a.p ? b : a), present);
  const all: [Extreme, OrderDot][] = [
    ['best', best],
    [presentName(present, best, worst), present],
    ['worst', worst],
  ];
  return all.filter(([name, order]) => order !== present || name.startsWith('present'));
}

function presentName(present: OrderDot, best: OrderDot, worst: OrderDot): Extreme {
  if (best === worst) return 'present';
  if (present === best) return 'presentBest';
  return present === worst ? 'presentWorst' : 'present';
}

function strip(last: string, orders: readonly OrderDot[], present: OrderDot): TemplateResult {
  const own = orders.filter((one) => one.last === last).sort((a, b) => a.p - b.p);
  const levels = levelsOf(own.map(({ p }) => p));
  const most = Math.max(...levels, 0) + 1;
  const gap = Math.min(step, (rowHeight - 12) / Math.max(1, most - 1));
  return html`<span class="orders-last">${strings.why.order.last(last)}</span>
    <svg class="orders-strip" height=${rowHeight}>
      ${[0, 50, 100].map((x) => svg`<line class="grid-line" x1="${x}%" x2="${x}%" y1="0" y2="100%"></line>`)}
      <line class="now-line" x1="${present.p * 100}%" x2="${present.p * 100}%" y1="0" y2="100%"></line>
      ${own.map((one, i) => {
        // From the middle outwards: level 0, then above, then below.
        const level = levels[i] ?? 0;
        const y = rowHeight / 2 + gap * Math.ceil(level / 2) * (level % 2 === 0 ? 1 : -1);
        const kind =
          one === present ? 'now' : one.predicted === present.predicted ? 'same' : 'other';
        const r = kind === 'now' ? 5.5 : kind === 'same' ? 4.5 : 4;
        return svg`<circle class="dot-${kind}" cx="${one.p * 100}%" cy=${y} r=${r}><title>${said(one.order)}${strings.words.colon}${formatProbability(one.p)}</title></circle>`;
      })}
    </svg>`;
}

/** For sorted places on the axis, how far out of the middle each dot has to stand. */
export function levelsOf(places: readonly number[]): number[] {
  const levels: number[] = [];
  for (const [i, place] of places.entries()) {
    const taken = new Set(levels.filter((_, j) => place - (places[j] ?? 0) < near));
    let level = 0;
    while (taken.has(level)) level += 1;
    levels[i] = level;
  }
  return levels;
}

function choice(
  name: string,
  { order, p }: OrderDot,
  use: ((order: readonly number[]) => void) | null,
): TemplateResult {
  return html`<tr>
    <th scope="row">${name}</th>
    <td class="mono">${said(order)}</td>
    <td class="numeral strong">${probability(p)}</td>
    <td class="choice-use">
      ${use ? html`<button type="button" class="quiet" aria-label=${strings.why.order.useOrder(said(order))} @click=${() => use(order)}>${strings.why.order.use}</button>` : nothing}
    </td>
  </tr>`;
}

/** Demonstrations by their numbers, from 1. */
export const said = (order: readonly number[]) => order.map((index) => index + 1).join(' ');

export function orderFinding({ about, isFree, orders }: OrderFigure): string {
  const words = strings.why.order;
  const [present] = orders;
  if (!present || orders.length < 2) return '';
  const ps = orders.map(({ p }) => p);
  const flips = orders.filter(({ predicted }) => predicted !== present.predicted).length;
  const say = areAlike(ps) ? words.alike : words.range;
  const range = say(
    formatProbability(Math.min(...ps)),
    formatProbability(Math.max(...ps)),
    about,
    isFree,
  );
  return range + strings.why.gap + words.flips(flips, orders.length);
}
