/** The labels of a task: which the model would choose, and how much of all it says they are. */

import type { Reading } from '../state/reading.js';
import type { Strings } from '../strings/index.js';
import { type BarRow, barTable } from './bars.js';
import { h } from './dom.js';

type Labels = Extract<Reading, { view: 'labels' }>;

/** A row for each label, which together are 1, and below them the label-space mass. */
export function labelTable(
  { labels, mass }: Labels,
  caption: string,
  strings: Strings,
): HTMLTableElement {
  const rows = labels.map(
    ({ label, p }): BarRow => ({
      name: [h('span', { class: 'label', part: 'label', dir: 'auto' }, label)],
      p,
    }),
  );
  return barTable(
    [...rows, { name: [strings.mass], p: mass, isRest: true }],
    { caption, head: strings.label },
    strings,
  );
}

/** What is read out of the most probable one. */
export function topLabel({ labels }: Labels, strings: Strings): string {
  const top = labels.reduce(
    (best, one) => (one.p > best.p ? one : best),
    labels[0] ?? { label: '', p: 0 },
  );
  return strings.topLabel(top.label, strings.percent(top.p));
}
