import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { cache } from 'lit/directives/cache.js';
import type { Classification, GenerateStep } from 'shotglass';
import type { Answer } from '../answer.ts';
import type { Ran } from '../run.ts';
import type { Settings } from '../settings.ts';
import { strings } from '../strings/index.ts';
import { LabElement } from './lab-element.ts';
import { share } from './share.ts';
import { tabKeys } from './tabs.ts';
import './lab-generate.ts';
import './lab-tokens.ts';

const views = ['tokens', 'text'] as const;

/** What the model says to the prompt, in one of several views. */
@customElement('lab-answer')
export class LabAnswer extends LabElement {
  @property({ attribute: false }) ran!: Ran<Answer>;
  @property({ attribute: false }) classification!: Ran<Classification | null>;
  @property({ attribute: false }) generation!: Ran<GenerateStep[]>;
  @property({ attribute: false }) settings!: Settings;
  /** The prompt as it stands now: an answer to an older one is dimmed. */
  @property({ attribute: false }) text = '';

  protected override render(): TemplateResult {
    const { problem, progress } = this.ran;
    const { view } = this.settings;
    return html`
      <div class="panel-head">
        <h2 id="answer-heading">${strings.answer}</h2>
        <div class="tabs compact" role="tablist" aria-label=${strings.views} @keydown=${tabKeys}>
          ${views.map(
            (one) => html`<button
              type="button"
              role="tab"
              id="view-${one}"
              aria-controls="view-panel"
              aria-selected=${one === view ? 'true' : 'false'}
              tabindex=${one === view ? 0 : -1}
              @click=${() => this.send('lab-set', { view: one })}
            >${strings.viewNames[one]}</button>`,
          )}
        </div>
      </div>
      <div class="run-bar" data-on=${progress ? 'true' : 'false'}>
        ${progress ? runBar(progress) : nothing}
      </div>
      ${problem ? html`<p class="sentence" role="alert" data-code=${problem.code}>${problem.sentence}</p>` : nothing}
      <div role="tabpanel" id="view-panel" aria-labelledby="view-${view}">${cache(this.view())}</div>
    `;
  }

  private view(): TemplateResult | typeof nothing {
    const { settings, ran, text } = this;
    switch (settings.view) {
      case 'text':
        return html`<lab-generate
          .generation=${this.generation}
          .sampling=${settings.sampling}
          .text=${text}
          .ready=${!ran.problem}
        ></lab-generate>`;
      default:
        return html`<lab-tokens .ran=${ran} .text=${text} .topK=${settings.topK}></lab-tokens>`;
    }
  }
}

function runBar({ done, total }: { done: number; total: number }): TemplateResult {
  return html`<div
    class="progress thin"
    role="progressbar"
    aria-label=${strings.running}
    aria-valuemin="0"
    aria-valuemax=${total}
    aria-valuenow=${done}
    aria-valuetext=${strings.runningTokens(done, total)}
  ><span ${share(total > 0 ? done / total : 0)}></span></div>`;
}
