import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { isSameTask } from '../app/own-task.ts';
import type { Draft } from '../app/state.ts';
import { LabElement } from '../elements/lab-element.ts';
import { formatProbability } from '../ui/numbers.ts';
import type { Headline } from './headline.ts';

/** The answer in one word. It keeps its place while the model is asked for the next one. */
@customElement('lab-headline')
export class LabHeadline extends LabElement {
  /** Null while the answer to the prompt as it stands is not known. */
  @property({ attribute: false }) headline: Headline | null = null;
  @property({ attribute: false }) draft!: Draft;
  /** Whether there is a model to ask. */
  @property({ type: Boolean }) live = false;
  private last: Headline | null = null;

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('draft');
    // The answer to another task keeps no place, and none where nobody is asked.
    if ((before && !isSameTask(before, this.draft)) || !this.live) this.last = null;
    this.last = this.headline ?? this.last;
  }

  protected override render(): TemplateResult {
    const { last } = this;
    return html`<p class="headline ${this.headline ? '' : 'old'}" data-kind=${last?.kind ?? 'none'}>
      <span class="headline-word" dir="auto">${last?.text ?? '…'}</span>
      ${last ? html`<data class="headline-p" value=${last.p}>${formatProbability(last.p)}</data>` : nothing}
    </p>`;
  }
}
