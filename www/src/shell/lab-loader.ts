import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { defaultModel } from 'shotglass';
import type { Loading } from '../app/models.ts';
import type { Probe } from '../app/probe.ts';
import type { Problem } from '../app/problem.ts';
import { LabElement } from '../elements/lab-element.ts';
import { loadBar, loadFacts } from '../elements/load-progress.ts';
import type { Prospect } from '../lab/prospect.ts';
import { strings } from '../strings/index.ts';
import { nameText } from '../ui/visible.ts';

/** From no model to a model: the button, the bar, and what to do when it goes wrong. All but the last take the same room. */
@customElement('lab-loader')
export class LabLoader extends LabElement {
  @property({ attribute: false }) loading: Loading | null = null;
  @property({ attribute: false }) problem: Problem | null = null;
  /** Whether a model is there already, which goes on working meanwhile. */
  @property({ type: Boolean }) loaded = false;
  /** What is known of this device; null while it is looked at. */
  @property({ attribute: false }) probe: Probe | null = null;
  @property({ attribute: false }) keeping: Prospect = null;
  /** How much there is to download. */
  @property({ type: Number }) bytesLeft = defaultModel.bytes;
  /** It loads to answer a prompt that is recorded nowhere. */
  @property({ type: Boolean }) byEdit = false;

  protected override render(): TemplateResult | typeof nothing {
    if (this.loading) return this.progress(this.loading);
    if (this.problem) return this.failed(this.problem);
    return this.loaded ? nothing : this.offer();
  }

  private offer(): TemplateResult {
    const { first } = strings;
    const cannot = this.probe?.obstacle != null;
    const isKept = this.keeping === 'is kept';
    const aside = isKept
      ? first.isKept
      : this.keeping === 'will be kept'
        ? first.once
        : first.thisVisit;
    return html`
      <div class="loader offer">
        <button
          type="button"
          class="primary small"
          aria-disabled=${cannot ? 'true' : 'false'}
          aria-describedby=${cannot ? 'obstacle' : nothing}
          @click=${() => cannot || this.send('lab-load', null)}
        >
          <span>${cannot ? first.cannotRun : isKept ? first.runKept : first.run(this.bytesLeft, this.bytesLeft < defaultModel.bytes)}</span>
          ${cannot ? nothing : html`<span class="primary-aside">${aside}</span>`}
        </button>
      </div>
    `;
  }

  private progress(loading: Loading): TemplateResult {
    const name = strings.loadingName(nameText(loading.name));
    const title = this.byEdit ? strings.first.byEdit : name;
    return html`
      <div class="loader loading" data-by-edit=${this.byEdit ? 'true' : 'false'}>
        <p class="loader-title" id="loading-title" title=${name}>${title}</p>
        <button type="button" class="link" @click=${() => this.send('lab-cancel', null)}>${strings.cancel}</button>
        <p class="loader-facts">${loadFacts(loading)}</p>
        ${loadBar(loading, 'loading-title')}
      </div>
    `;
  }

  private failed({ code, sentence, advice }: Problem): TemplateResult {
    const crashed = code === 'crashed';
    const todo = advice(!navigator.onLine);
    return html`
      <div class="loader problem" role="alert" data-code=${code}>
        <p class="loader-title">${crashed ? strings.problemCrash : strings.problemLoad}</p>
        <p>${todo || sentence} ${this.loaded ? strings.keepsModel : nothing}</p>
        ${
          todo === ''
            ? nothing
            : html`<details>
                <summary class="hint">${strings.technical}</summary>
                <p class="hint">${sentence}</p>
              </details>`
        }
        <div class="loader-foot">
          <button type="button" class="primary small" @click=${() => this.send('lab-retry', null)}>
            ${crashed ? strings.startAgain : strings.retry}
          </button>
          <button type="button" class="link" @click=${() => this.send('lab-choose', null)}>${strings.chooseFile}</button>
          <button type="button" class="link" @click=${() => this.send('lab-models', { do: 'open' })}>${strings.chooseModel}</button>
          ${
            this.loaded
              ? html`<button type="button" class="link" @click=${() => this.send('lab-dismiss', null)}>${strings.dismiss}</button>`
              : nothing
          }
        </div>
      </div>
    `;
  }
}
