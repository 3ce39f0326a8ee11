/** From recorded to live: the button, the download, and what went wrong with it. */
import type { LoadProgress } from '../../types.js';
import { factsOf, type RunStatus } from '../live/run-status.js';
import type { Strings } from '../strings/index.js';
import { h, setAttributes, setChildren, setText } from './dom.js';

/** What a reader can do. */
export interface RunActions {
  start(): void;
  cancel(): void;
  again(): void;
}

/** The way to the model, as nodes. */
export class RunView {
  readonly node = h('div', { class: 'run', part: 'run', tabindex: -1 });
  readonly #start = button('primary');
  readonly #aside = h('span', { class: 'aside' });
  readonly #name = h('span');
  readonly #title = h('p', { class: 'title', id: 'loading' });
  readonly #facts = h('p', { class: 'quiet' });
  readonly #filled = h('span', { class: 'filled' });
  readonly #progress = h(
    'div',
    { class: 'progress', part: 'progress', role: 'progressbar', 'aria-labelledby': 'loading' },
    this.#filled,
  );
  readonly #cancel = button('plain');
  readonly #problem = h('div', { class: 'problem', part: 'problem', role: 'alert' });
  readonly #problemTitle = h('strong');
  readonly #sentence = h('span', { dir: 'auto' });
  readonly #again = button('primary');
  readonly #note = h('p', { class: 'quiet' });

  constructor(actions: RunActions) {
    this.#start.append(this.#name, this.#aside);
    this.#problem.append(h('p', {}, this.#problemTitle, ' ', this.#sentence));
    this.#start.addEventListener('click', () => actions.start());
    this.#cancel.addEventListener('click', () => actions.cancel());
    this.#again.addEventListener('click', () => actions.again());
  }

  update(shown: RunStatus, strings: Strings): void {
    const hadFocus = this.node.matches(':focus-within');
    setChildren(this.node, this.#children(shown, strings));
    // Whoever pressed a button that has gone goes on with what has come in its place.
    if (hadFocus && !this.node.matches(':focus-within')) {
      (this.node.querySelector('button') ?? this.node).focus();
    }
  }

  #children(shown: RunStatus, strings: Strings): (Node | null)[] {
    switch (shown.kind) {
      case 'offer':
        setText(this.#name, strings.run);
        setText(this.#aside, ` — ${shown.aside}`);
        return [this.#start];
      case 'loading':
        this.#showProgress(shown.progress, strings);
        setText(this.#title, strings.loading);
        setText(this.#cancel, strings.cancel);
        return [this.#title, this.#progress, this.#facts, this.#cancel];
      case 'problem':
        setText(this.#problemTitle, shown.title);
        setText(this.#sentence, shown.sentence);
        setText(this.#again, shown.again);
        return [this.#problem, this.#again];
      case 'ready':
        setText(this.#note, shown.note);
        return [shown.note === '' ? null : this.#note];
    }
  }

  #showProgress(progress: LoadProgress | null, strings: Strings): void {
    const { bytesLoaded = 0, bytesTotal = null } = progress ?? {};
    const share = bytesTotal ? Math.min(1, bytesLoaded / bytesTotal) : null;
    const amount = strings.amount(bytesLoaded, bytesTotal);
    this.#filled.style.inlineSize = `${(share ?? 0) * 100}%`;
    setAttributes(this.#progress, {
      'aria-valuemin': 0,
      'aria-valuemax': 100,
      'aria-valuenow': share === null ? null : Math.round(share * 100),
      'aria-valuetext': amount,
    });
    setText(this.#facts, factsOf(progress, strings));
  }
}

/** A button, as yet without a text. */
export function button(name: string): HTMLButtonElement {
  return h('button', { type: 'button', class: name, part: 'button' });
}
