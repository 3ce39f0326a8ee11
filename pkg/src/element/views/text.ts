/** What the model goes on with, always by the most probable token. */

import type { Strings } from '../strings/index.js';
import { h } from './dom.js';
import { drawnText } from './tokens.js';

/** The text, its white space visible. */
export function continuation(text: string, caption: string, strings: Strings): HTMLElement {
  return h(
    'figure',
    { class: 'continued' },
    h('figcaption', { part: 'caption' }, caption),
    text === ''
      ? h('p', { class: 'quiet' }, strings.nothing)
      : h('p', { class: 'continuation', part: 'continuation', dir: 'auto' }, ...drawnText(text)),
  );
}
