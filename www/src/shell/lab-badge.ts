import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Origin } from '../app/answer.ts';
import { modelName } from '../app/source.ts';
import { LabElement } from '../elements/lab-element.ts';
import type { Agreement } from '../lab/recorded/reading.ts';
import { comparedSentence } from '../share/compared.ts';
import type { SentCheck } from '../share/receipt-check.ts';
import type { Sent } from '../share/sent.ts';
import { strings } from '../strings/index.ts';
import { nameText } from '../ui/visible.ts';

/** Where the numbers beside it come from: one word, and on demand the rest. */
@customElement('lab-badge')
export class LabBadge extends LabElement {
  @property({ attribute: false }) origin: Origin = 'recorded';
  /** The model that gave them. */
  @property({ attribute: false }) model!: Sent['model'];
  /** Whether the live numbers are those of the record; null where that is not known. */
  @property({ attribute: false }) agreement: Agreement | null = null;
  /** Whether the prompt that is shown is recorded, so that the agreement is about it. */
  @property({ attribute: false }) isRecorded = true;
  /** The result that a link brought of this prompt, and what the model here says to it; null while that is not known. */
  @property({ attribute: false }) sent: Sent | null = null;
  @property({ attribute: false }) sentCheck: SentCheck | null = null;

  protected override render(): TemplateResult {
    const { origin, agreement } = this;
    const { server } = this.model;
    const { first } = strings;
    return html`
      <details class="badge" data-origin=${origin} @keydown=${this.escape} @focusout=${this.left}>
        <summary title=${first.originTitle}>
          <span class="dot" aria-hidden="true"></span><span>${first.origins[origin]}</span>
        </summary>
        <div class="badge-about" tabindex="-1">
          <p>${this.about()}</p>
          ${
            agreement && agreement.kind !== 'other'
              ? html`${this.isRecorded ? nothing : html`<p>${first.elsewhere(this.verdict(agreement))}</p>`}
                <p>${first.largest(points(agreement.difference))}</p>`
              : nothing
          }
          ${this.sent && this.sentCheck ? this.ofSender(this.sent, this.sentCheck) : nothing}
          ${this.origin === 'sent' && server ? html`<p><button type="button" class="link" @click=${() => this.send('lab-models', { do: 'open', server: { url: server, model: this.model.name } })}>${first.connect}</button></p>` : nothing}
          <p class="badge-hash">
            <span>${server ? first.server : first.hash}</span>
            <code>${server ?? this.model.sha256}</code>
          </p>
        </div>
      </details>
      <p class="agreement" role="status">${agreement && (this.isRecorded || agreement.kind === 'other') ? this.verdict(agreement) : nothing}</p>
    `;
  }

  private about(): string {
    const { first } = strings;
    const { activationBits, server, name } = this.model;
    const model = server === undefined ? modelName(this.model) : nameText(name);
    const version = this.sent?.shotglass ?? '';
    switch (this.origin) {
      case 'live':
        return server === undefined
          ? first.live(model, activationBits)
          : first.liveServer(model, server);
      case 'recorded':
        return first.recorded(model, activationBits);
      case 'sent':
        return server === undefined
          ? first.sent(model, activationBits, version)
          : first.sentServer(model, server, version);
    }
  }

  /** Whether the sender's numbers hold here, and by how much they do not. */
  private ofSender({ model }: Sent, check: SentCheck): TemplateResult {
    const { first } = strings;
    if (check === 'other model') return html`<p>${first.sentOther(modelName(model))}</p>`;
    const verdict = check.agrees ? first.sentSame : first.sentDiffers;
    return html`<p>${verdict}${strings.words.between}${comparedSentence(check)}</p>`;
  }

  private verdict(agreement: Agreement): string {
    const { first } = strings;
    if (agreement.kind === 'other') return first.other;
    return agreement.kind === 'same' ? first.same : first.differs(points(agreement.difference));
  }

  private escape(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    const details = event.currentTarget as HTMLDetailsElement;
    details.open = false;
    details.querySelector('summary')?.focus();
  }

  private left(event: FocusEvent): void {
    const details = event.currentTarget as HTMLDetailsElement;
    if (!details.contains(event.relatedTarget as Node | null)) details.open = false;
  }
}

/** A difference of probabilities in percentage points, as small as it may be. */
function points(difference: number): string {
  const value = difference * 100;
  return value < 5e-7 ? '0.000000' : Number(value.toPrecision(2)).toFixed(value < 0.001 ? 6 : 3);
}
