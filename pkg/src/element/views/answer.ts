/** The answer: the picture, where its numbers come from, and a word for those who hear the page. */

import type { Reading } from '../state/reading.js';
import type { Strings } from '../strings/index.js';
import { h, setAttributes, setChildren, setText } from './dom.js';
import { labelTable, topLabel } from './labels.js';
import { ladder, topOfLadder } from './ladder.js';
import { continuation } from './text.js';
import { tokenTable, topToken } from './tokens.js';

/** What is shown. */
export interface AnswerContent {
  /** Null where nothing is known of this prompt. */
  reading: Reading | null;
  /** Said in place of the picture. */
  absence: string;
  /** Whose numbers they are; null where there are none. */
  origin: 'recorded' | 'live' | null;
  /** Which model, and when. */
  source: string;
  /** How the live numbers compare with the recorded ones. */
  verdict: string;
  shots: number;
  /** The model is about to say something newer. */
  isBusy: boolean;
  strings: Strings;
}

/** Long enough for a slider to be through before anything is said. */
const PAUSE_MS = 700;

/** The answer as nodes. The picture is made anew from its data when that changes. */
export class AnswerView {
  readonly node = h('div', { class: 'answer', part: 'answer', role: 'group' });
  readonly #badge = h('p', { class: 'badge', part: 'badge' });
  readonly #picture = h('div', { class: 'picture' });
  readonly #source = h('p', { class: 'source', part: 'source' });
  readonly #status = h('p', { class: 'heard', role: 'status' });
  #drawn: { reading: Reading | null; caption: string; strings: Strings; absence: string } | null =
    null;
  readonly #foot: Node;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** What stands below the numbers. */
  constructor(foot: Node) {
    this.#foot = foot;
  }

  update(shown: AnswerContent): void {
    const { reading, absence, origin, source, verdict, shots, isBusy, strings } = shown;
    setAttributes(this.node, {
      'aria-label': strings.answer,
      'aria-busy': isBusy ? 'true' : null,
    });
    const isLive = origin === 'live';
    setAttributes(this.#badge, {
      part: isLive ? 'badge live' : 'badge recorded',
      class: `badge ${origin}`,
    });
    setText(this.#badge, origin ? strings[origin] : '');
    setText(this.#source, [source, verdict].filter((text) => text !== '').join('. '));
    const caption =
      reading && reading.view !== 'ladder' ? strings.caption(reading.view, shots) : '';
    const last = this.#drawn;
    const isSame =
      last !== null &&
      isEqual(last.reading, reading) &&
      last.caption === caption &&
      last.strings === strings &&
      last.absence === absence;
    if (!isSame) {
      this.#drawn = { reading, caption, strings, absence };
      this.#picture.replaceChildren(
        reading ? picture(reading, caption, strings) : h('p', { class: 'quiet' }, absence),
      );
    }
    if (!isSame && last && !isBusy) this.#say(reading ? spoken(reading, strings) : absence);
    setChildren(this.node, [
      origin ? this.#badge : null,
      this.#picture,
      source === '' ? null : this.#source,
      this.#foot,
      this.#status,
    ]);
  }

  #say(text: string): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => setText(this.#status, text), PAUSE_MS);
  }
}

function picture(reading: Reading, caption: string, strings: Strings): HTMLElement {
  switch (reading.view) {
    case 'tokens':
      return tokenTable(reading, caption, strings);
    case 'labels':
      return labelTable(reading, caption, strings);
    case 'text':
      return continuation(reading.text, caption, strings);
    case 'ladder':
      return ladder(reading, strings);
  }
}

function spoken(reading: Reading, strings: Strings): string {
  switch (reading.view) {
    case 'tokens':
      return topToken(reading, strings);
    case 'labels':
      return topLabel(reading, strings);
    case 'text':
      return strings.topText(reading.text);
    case 'ladder':
      return topOfLadder(reading, strings);
  }
}

/** A ladder is put together anew each time. */
function isEqual(one: Reading | null, other: Reading | null): boolean {
  if (one?.view !== 'ladder' || other?.view !== 'ladder') return one === other;
  return JSON.stringify(one) === JSON.stringify(other);
}
