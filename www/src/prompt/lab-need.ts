import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { LabElement } from '../elements/lab-element.ts';
import { strings } from '../strings/index.ts';

/** Asks, beside the field that was edited, whether to load the model. Nothing is fetched before the reader says so. */
@customElement('lab-need')
export class LabNeed extends LabElement {
  /** Null where nothing needs to be loaded. */
  @property({ attribute: false }) need: { isKept: boolean; bytesLeft: number } | null = null;

  protected override render(): TemplateResult {
    const { tasks } = strings;
    return html`<p class="need" role="status">
      ${
        this.need
          ? html`${this.need.isKept ? tasks.needsKept : tasks.needs(this.need.bytesLeft)}
              <button type="button" class="link" @click=${() => this.send('lab-load', null)}>${tasks.run}</button>`
          : nothing
      }
    </p>`;
  }
}
