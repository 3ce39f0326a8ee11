import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { LabElement } from '../elements/lab-element.ts';
import { strings } from '../strings/index.ts';
import { type Offline, OfflineCopy } from './offline.ts';

/** Whether the page opens without a network, and whether a newer one is there. */
@customElement('lab-offline')
export class LabOffline extends LabElement {
  @state() private offline: Offline = 'unknown';
  private readonly copy = new OfflineCopy(() => {
    this.offline = this.copy.state;
  });

  protected override firstUpdated(): void {
    void this.copy.start();
  }

  protected override render(): TemplateResult {
    return html`<span role="status" data-offline=${this.offline}>${this.sentence()}</span>`;
  }

  private sentence(): string | TemplateResult | typeof nothing {
    const { first } = strings;
    switch (this.offline) {
      case 'unknown':
        return nothing;
      case 'ready':
        return html`<span title=${first.offlineTitle}>${first.offline}${first.stop}</span>`;
      case 'not kept':
        return first.notKept;
      case 'new version':
        return html`<span class="new-version">
          ${first.newVersion}
          <button type="button" class="link" @click=${() => this.copy.reload()}>${first.reload}</button>
        </span>`;
    }
  }
}
