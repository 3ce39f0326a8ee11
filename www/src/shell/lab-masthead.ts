import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { ModelInfo } from 'shotglass';
import type { LabModelInfo } from '../app/lab-model.ts';
import { LabElement } from '../elements/lab-element.ts';
import { language, languages, strings } from '../strings/index.ts';
import { icon } from '../ui/icons.ts';
import { formatParameters } from '../ui/numbers.ts';
import { NotFetched } from '../util/chunk.ts';
import { formatBytes } from '../util/numerals.ts';
import { chooseLanguage } from './language.ts';

export type ModelStatus = 'none' | 'loading' | 'ready' | 'problem';

/**
 * What the page is, in which language, and with which model. It is there before the rest, so all that it imports is
 * small: what belongs to the rest is handed in.
 */
@customElement('lab-masthead')
export class LabMasthead extends LabElement {
  @property({ attribute: false }) status: ModelStatus = 'none';
  /** What is loaded; null where nothing is. */
  @property({ attribute: false }) model: Readonly<ModelInfo | LabModelInfo> | null = null;
  /** What to call it. */
  @property({ attribute: false }) name = '';
  /** The control that shares the page; null while there is nothing to share. */
  @property({ attribute: false }) share: TemplateResult | null = null;

  /** The words of another language were asked for, and could not be fetched. */
  @state() private unfetched: NotFetched | null = null;

  protected override render(): TemplateResult {
    return html`
      <header class="masthead">
        <div class="title">
          <h1>${strings.title}</h1>
          <p class="subtitle">${strings.subtitle}</p>
        </div>
        <div class="model" role="group" aria-label=${strings.theModel} data-status=${this.status}>
          <button
            type="button"
            class="quiet model-state"
            id="models"
            title=${strings.models}
            aria-haspopup="dialog"
            aria-disabled=${this.share ? 'false' : 'true'}
            @click=${() => this.send('lab-models', { do: 'open' })}
          >
            <span class="dot" aria-hidden="true"></span><span class="model-word">${this.state()}</span>
            ${this.model ? html`<bdi class="model-name">${this.name}</bdi>` : nothing}
            <span class="visually-hidden">${strings.models}</span>
          </button>
          ${this.model ? this.about(this.model) : nothing}
        </div>
        <div class="tools">${this.share ?? reserved()} ${this.languages()}</div>
        ${this.unfetched ? html`<p class="sentence" role="alert">${strings.partNotFetched(this.unfetched.again)}</p>` : nothing}
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
    const choose = (event: Event) => void this.choose((event.target as HTMLSelectElement).value);
    return html`<label class="language">
      <span class="visually-hidden">${strings.language}</span>
      <select class="quiet" .value=${live<string>(language)} @change=${choose}>
        ${Object.entries(languages).map(
          ([tag, name]) =>
            html`<option value=${tag} lang=${tag} ?selected=${tag === language}>${name}</option>`,
        )}
      </select>
    </label>`;
  }

  private async choose(to: string): Promise<void> {
    this.unfetched = null;
    try {
      await chooseLanguage(to);
    } catch (error) {
      if (!(error instanceof NotFetched)) throw error;
      this.unfetched = error;
    }
  }

  private about(model: ModelInfo | LabModelInfo): TemplateResult {
    if ('keeping' in model) return this.facts(model);
    return html`<p class="model-facts">${strings.modelServer(model.server ?? '')}</p>`;
  }

  private facts({ parameters, quantization, bytes, threads, keeping }: ModelInfo): TemplateResult {
    return html`<p class="model-facts">
        <span>${strings.modelFacts(formatParameters(parameters), quantization, formatBytes(bytes), threads)}</span>
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
