import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { namesIn } from '../app/label-names.ts';
import { strings } from '../strings/index.ts';
import { LabElement } from './lab-element.ts';

/** Where labels are named: beside the task that they belong to, and under the bars that they have. */
@customElement('lab-label-names')
export class LabLabelNames extends LabElement {
  /** What the ids of its parts end in: it may be on the page twice. */
  @property() place = '';
  /** The labels that are compared, by name. */
  @property({ attribute: false }) names: readonly string[] = [];
  /** Whether the task names them; else they are outputs of its demonstrations. */
  @property({ type: Boolean }) own = false;
  /** What is being typed, commas and spaces as they are; a label that is half written is none. */
  @state() private typed: string | null = null;

  protected override render(): TemplateResult {
    const words = strings.labels;
    const { place, own } = this;
    return html`
      <input
        type="text"
        id="labels-${place}"
        class="mono"
        dir="auto"
        autocomplete="off"
        spellcheck="false"
        aria-label=${words.field}
        aria-describedby="labels-hint-${place}"
        placeholder=${words.fieldEmpty}
        .value=${live(this.typed ?? this.names.join(', '))}
        @input=${(event: Event) => {
          this.typed = (event.target as HTMLInputElement).value;
        }}
        @change=${(event: Event) => {
          this.typed = null;
          this.name(namesIn((event.target as HTMLInputElement).value));
        }}
        @blur=${() => {
          this.typed = null;
        }}
      />
      <p class="hint" id="labels-hint-${place}">
        ${words.fieldHint}
        ${own ? html`<button type="button" class="link" @click=${() => this.name([])}>${words.fromOutputs}</button>` : nothing}
      </p>
    `;
  }

  private name(names: string[]): void {
    this.edit({ type: 'labels', labels: names.length > 0 ? names : null });
    this.edit({ type: 'pause' });
  }
}
