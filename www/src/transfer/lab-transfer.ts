import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Problem } from '../app/problem.ts';
import type { TransferView } from '../app/transfer.ts';
import { LabElement } from '../elements/lab-element.ts';
import { strings } from '../strings/index.ts';

/** The section *Transfer*. All below its heading is fetched when it comes near the reader. */
@customElement('lab-transfer')
export class LabTransfer extends LabElement {
  /** Null until its part of the page is there. */
  @property({ attribute: false }) view: TransferView | null = null;
  @property({ attribute: false }) problem: Problem | null = null;
  #observer: IntersectionObserver | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        this.#observer?.disconnect();
        this.send('lab-transfer-open', null);
      },
      { rootMargin: '50%' },
    );
    this.#observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
  }

  protected override render(): TemplateResult {
    const { transfer } = strings;
    return html`<section class="transfer" aria-labelledby="transfer-heading">
      <header class="story-head">
        <h2 id="transfer-heading">${transfer.heading}</h2>
        <p>${transfer.lede}</p>
      </header>
      ${this.view ? html`<lab-transfer-bench .view=${this.view}></lab-transfer-bench>` : nothing}
      ${
        this.problem
          ? html`<p class="sentence" role="alert">${this.problem.sentence} <button type="button" class="link" @click=${() => this.send('lab-transfer-open', null)}>${strings.retry}</button></p>`
          : nothing
      }
    </section>`;
  }
}
