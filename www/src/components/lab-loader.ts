import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { defaultModel } from 'shotglass';
import { formatTimeLeft } from '../format.ts';
import type { Loading } from '../model-slot.ts';
import { formatBytes, formatRate } from '../numerals.ts';
import type { Problem } from '../problem.ts';
import { strings } from '../strings/index.ts';
import { LabElement } from './lab-element.ts';
import { share } from './share.ts';

/** From no model to a model: the button, the bar, and what to do when it goes wrong. */
@customElement('lab-loader')
export class LabLoader extends LabElement {
  @property({ attribute: false }) loading: Loading | null = null;
  @property({ attribute: false }) problem: Problem | null = null;
  /** Whether a model is there already, which goes on working meanwhile. */
  @property({ type: Boolean }) loaded = false;

  protected override render(): TemplateResult | typeof nothing {
    if (this.loading) return this.progress(this.loading);
    if (this.problem) return this.failed(this.problem);
    return this.loaded ? nothing : this.offer();
  }

  private offer(): TemplateResult {
    return html`
      <div class="loader offer">
        <button type="button" class="primary" @click=${() => this.send('lab-load', null)}>
          <span>${strings.load}</span>
          <span class="primary-aside">${strings.loadSize(defaultModel.bytes)}</span>
        </button>
        <p class="hint">${strings.loadHint} ${this.fileButton()}.</p>
      </div>
    `;
  }

  private progress(loading: Loading): TemplateResult {
    const { bytesLoaded, bytesTotal, bytesPerSecond, secondsLeft } = loading;
    const loadedShare = bytesTotal ? Math.min(1, bytesLoaded / bytesTotal) : null;
    const amount = strings.loadingProgress(
      formatBytes(bytesLoaded),
      bytesTotal ? formatBytes(bytesTotal) : null,
    );
    const facts = bytesLoaded === 0 ? [strings.starting] : [amount];
    if (bytesPerSecond !== null) facts.push(formatRate(bytesPerSecond));
    if (secondsLeft !== null) facts.push(formatTimeLeft(secondsLeft));
    return html`
      <div class="loader loading">
        <p class="loader-title" id="loading-title">${strings.loadingName(loading.name)}</p>
        <div
          class="progress"
          role="progressbar"
          aria-labelledby="loading-title"
          aria-valuemin="0"
          aria-valuemax="100"
          aria-valuenow=${loadedShare === null ? nothing : Math.round(loadedShare * 100)}
          aria-valuetext=${amount}
        >
          <span ${share(loadedShare ?? 0)}></span>
        </div>
        <div class="loader-foot">
          <p class="loader-facts">${facts.join(' · ')}</p>
          <button type="button" class="quiet" @click=${() => this.send('lab-cancel', null)}>${strings.cancel}</button>
        </div>
      </div>
    `;
  }

  private failed({ code, sentence }: Problem): TemplateResult {
    const crashed = code === 'crashed';
    return html`
      <div class="loader problem" role="alert" data-code=${code}>
        <p class="loader-title">${crashed ? strings.problemCrash : strings.problemLoad}</p>
        <p>${sentence} ${this.loaded ? strings.keepsModel : nothing}</p>
        <div class="loader-foot">
          <button type="button" class="primary small" @click=${() => this.send('lab-retry', null)}>
            ${crashed ? strings.startAgain : strings.retry}
          </button>
          ${this.fileButton()}
          ${
            this.loaded
              ? html`<button type="button" class="link" @click=${() => this.send('lab-dismiss', null)}>${strings.dismiss}</button>`
              : nothing
          }
        </div>
      </div>
    `;
  }

  private fileButton(): TemplateResult {
    return html`<button type="button" class="link" @click=${() => this.send('lab-choose', null)}>${strings.chooseFile}</button>`;
  }
}
