import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { drawn, LabElement } from '../../elements/lab-element.ts';
import { strings } from '../../strings/index.ts';
import { pieces } from '../../ui/visible.ts';
import type { Tree } from '../tree/tree.ts';
import { pairTable } from './pair-table.ts';
import type { Held } from './side-by-side.ts';
import { wordPairs } from './words.ts';

/** The words after two prompts: a row for each that is high up in either, and one for all others. */
@customElement('lab-compare-words')
export class LabCompareWords extends LabElement {
  /** The words after the pinned prompt and after the present one; null while they are not known. */
  @property({ attribute: false }) a: Tree | null = null;
  @property({ attribute: false }) now: Tree | null = null;
  @property({ attribute: false }) held!: Held;
  @property({ attribute: false }) text = '';
  /** Whether what is not there yet will come. */
  @property({ type: Boolean }) waiting = false;

  protected override render(): TemplateResult {
    const [a, now] = [this.a, this.now].map((tree) => tree?.branches.get(''));
    if (!a || !now)
      return html`<p class="hint compare-pending">${this.waiting ? strings.compare.pending : nothing}</p>`;
    const old = this.a?.prompt !== this.held.text || this.now?.prompt !== this.text;
    const { rows, rest } = wordPairs(a, now);
    return html`
      ${pairTable(
        { caption: strings.compare.wordsCaption, name: strings.tree.word },
        rows.map(({ text, ...ps }) => ({ name: wordName(text), ...ps })),
        { name: strings.tree.rest, ...rest },
        { old, busy: old },
      )}
      <p class="distance">${this.held.text === this.text ? strings.compare.same : strings.compare.wordsHint}</p>
    `;
  }
}

/** The text may end in the place of a word. */
function wordName(text: string): TemplateResult | string {
  return text === ''
    ? strings.tree.end
    : html`<span class="label-words" dir="auto">${drawn(pieces(text))}</span>`;
}
