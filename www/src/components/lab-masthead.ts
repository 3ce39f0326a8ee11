import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ModelInfo } from 'shotglass';
import { formatParameters } from '../format.ts';
import { chooseLanguage } from '../language.ts';
import { formatBytes } from '../numerals.ts';
import { language, languages, strings } from '../strings/index.ts';
import { icon } from './icons.ts';
import { LabElement } from './lab-element.ts';

export type ModelStatus = 'none' | 'loading' | 'ready' | 'problem';

/**
 * What the page is, in which language, and with which model. It is there before the rest, so all that it imports is
 * small: what belongs to the rest is handed in.
 */
@customElement('lab-masthead')
export class LabMasthead extends LabElement {
  @property({ attribute: false }) status: ModelStatus = 'none';
  /** What is loaded; null where nothing is. */
  @property({ attribute: false }) model: Readonly<ModelInfo> | null = null;
  /** What to call it. */
  @property({ attribute: false }) name = '';
  /** The control that shares the page; null while there is nothing to share. */
  @property({ attribute: false }) share: TemplateResult | null = null;

  protected override render(): TemplateResult {
    return html`
      <header class="masthead">
        <div class="title">
          <h1>${strings.title}</h1>
          <p class="subtitle">${strings.subtitle}</p>
        </div>
        <div class="tools">${this.share ?? reserved()} ${this.languages()}</div>
        <div class="model" role="group" aria-label=${strings.theModel} data-status=${this.status}>
          <p class="model-state">
            <span class="dot" aria-hidden="true"></span>${this.state()}
            ${this.model ? html`<span class="model-name">${this.name}</span>` : nothing}
          </p>
          ${this.model ? this.facts(this.model) : nothing}
        </div>
        <p class="lede">${strings.lede}</p>
      </header>
    `;
  }

  private state(): string {
    const { modelNone, modelLoading, modelReady, modelCrashed } = strings;
    return { none: modelNone, loading: modelLoading, ready: modelReady, problem: modelCrashed }[
      this.status
    ];
  }

  private languages(): TemplateResult {
    const choose = (event: Event) => void chooseLanguage((event.target as HTMLSelectElement).value);
    return html`<label class="language">
      <span class="visually-hidden">${strings.language}</span>
      <select class="quiet" @change=${choose}>
        ${Object.entries(languages).map(
          ([tag, name]) =>
            html`<option value=${tag} lang=${tag} ?selected=${tag === language}>${name}</option>`,
        )}
      </select>
    </label>`;
  }

  private facts({ parameters, quantization, bytes, threads, keeping }: ModelInfo): TemplateResult {
    return html`<p class="model-facts">
        ${strings.modelFacts(formatParameters(parameters), quantization, formatBytes(bytes), threads)}
        <button type="button" class="link" @click=${() => this.send('lab-choose', null)}>${strings.openFile}</button>
      </p>
      ${
        keeping.state === 'full'
          ? html`<p class="model-facts">${strings.first.notStored(keeping.bytesMissing)}</p>`
          : nothing
      }`;
  }
}

/** In the place of the control, in its size, so that nothing moves when that comes. */
function reserved(): TemplateResult {
  return html`<div>
    <button type="button" class="quiet" id="share" aria-haspopup="dialog" aria-disabled="true">
      ${icon('share')} ${strings.keep.share}
    </button>
  </div>`;
}
