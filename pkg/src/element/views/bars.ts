/** A table of probabilities, each with a bar on an axis from 0 to 100%. */
import { formatExactProbability, formatProbability } from '../../format/numbers.js';
import type { Strings } from '../strings/index.js';
import { h } from './dom.js';

/** One row. */
export interface BarRow {
  name: (Node | string)[];
  /** 0 to 1. */
  p: number;
  /** What the others leave over: set apart. */
  isRest?: boolean;
}

/** Only data decides what it looks like: the same rows are the same table. */
export function barTable(
  rows: readonly BarRow[],
  { caption, head }: { caption: string; head: string },
  strings: Strings,
): HTMLTableElement {
  return h(
    'table',
    { part: 'table' },
    h('caption', { part: 'caption' }, caption),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col', class: 'name' }, head),
        h('th', { scope: 'col', class: 'drawing' }, axis(strings)),
        h('th', { scope: 'col', class: 'figure' }, strings.p),
      ),
    ),
    h('tbody', {}, ...rows.map(tableRow)),
  );
}

function tableRow({ name, p, isRest = false }: BarRow): HTMLTableRowElement {
  const filled = h('span', { class: 'filled', part: 'bar' });
  // By the object model: a style attribute is what strict security policies forbid.
  filled.style.inlineSize = `${Math.min(1, Math.max(0, p)) * 100}%`;
  return h(
    'tr',
    { class: isRest ? 'rest' : null, part: isRest ? 'row rest' : 'row' },
    h('th', { scope: 'row', class: 'name' }, ...name),
    h('td', { class: 'drawing' }, h('span', { class: 'bar', 'aria-hidden': 'true' }, filled)),
    h(
      'td',
      { class: 'figure', part: 'figure' },
      h('data', { value: p, title: formatExactProbability(p) }, formatProbability(p)),
    ),
  );
}

function axis(strings: Strings): HTMLSpanElement {
  const scale = h('span', { class: 'axis', 'aria-hidden': 'true' });
  scale.append(h('span', {}, '0'), h('span', {}, '100%'));
  return h('span', {}, h('span', { class: 'heard' }, strings.drawn), scale);
}
