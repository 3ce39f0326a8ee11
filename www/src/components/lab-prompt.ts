import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { presetById, presets } from '../presets/index.ts';
import type { Draft } from '../state.ts';
import { strings } from '../strings/index.ts';
import { icon } from './icons.ts';
import { LabElement } from './lab-element.ts';
import { share } from './share.ts';
import './lab-demonstrations.ts';
import './lab-template.ts';

/** The first column: all that the prompt is made from. */
@customElement('lab-prompt')
export class LabPromptPanel extends LabElement {
  @property({ attribute: false }) draft!: Draft;
  @property({ type: Boolean }) canUndo = false;
  @property({ type: Boolean }) canRedo = false;

  protected override render(): TemplateResult {
    return html`
      <div class="panel-head">
        <h2 id="prompt-heading">${strings.prompt}</h2>
        <div class="panel-tools">
          ${this.tool('undo', strings.undo, this.canUndo)} ${this.tool('redo', strings.redo, this.canRedo)}
        </div>
      </div>
      ${this.presetPicker()} ${this.instruction()} ${this.shotsSlider()}
      <lab-demonstrations
        .demonstrations=${this.draft.task.demonstrations}
        .shots=${this.draft.shots}
      ></lab-demonstrations>
      ${this.query()}
      <lab-template .template=${this.draft.task.template}></lab-template>
    `;
  }

  private tool(name: 'undo' | 'redo', label: string, on: boolean): TemplateResult {
    return html`<button
      type="button"
      class="icon"
      aria-label=${label}
      title=${label}
      aria-disabled=${on ? 'false' : 'true'}
      @click=${() => this.edit({ type: name })}
    >${icon(name)}</button>`;
  }

  private presetPicker(): TemplateResult {
    const preset = presetById(this.draft.preset);
    return html`
      <div class="preset">
        <label class="field inline">
          <span class="field-name">${strings.preset}</span>
          <select
            id="preset"
            .value=${live(preset.id)}
            @change=${(event: Event) =>
              this.edit({
                type: 'preset',
                preset: presetById((event.target as HTMLSelectElement).value),
              })}
          >
            ${presets.map(({ id, name }) => html`<option value=${id} ?selected=${id === preset.id}>${name}</option>`)}
          </select>
        </label>
        <p class="about">
          ${preset.shows}
          ${
            preset.source
              ? html`<span class="source"
                  >${strings.source}: <a href=${preset.source.url} rel="noreferrer">${preset.source.text}</a>.</span
                >`
              : nothing
          }
        </p>
      </div>
    `;
  }

  private instruction(): TemplateResult {
    return html`
      <label class="field">
        <span class="field-name">${strings.instruction} <span class="aside">${strings.optional}</span></span>
        <textarea
          id="instruction"
          class="mono"
          rows="1"
          dir="auto"
          spellcheck="false"
          placeholder=${strings.instructionEmpty}
          .value=${live(this.draft.task.instruction)}
          @input=${(event: InputEvent) => this.edit({ type: 'instruction', text: textOf(event) })}
          @change=${() => this.edit({ type: 'pause' })}
        ></textarea>
      </label>
    `;
  }

  private shotsSlider(): TemplateResult {
    const { shots, task } = this.draft;
    const all = task.demonstrations.length;
    return html`
      <div class="shots">
        <label class="field-name" for="shots">${strings.shots}</label>
        <input
          id="shots"
          type="range"
          min="0"
          max=${all}
          step="1"
          aria-valuetext=${strings.shotsName(shots)}
          ${share(all > 0 ? shots / all : 0)}
          .value=${live(String(shots))}
          @input=${(event: InputEvent) => this.edit({ type: 'shots', shots: Number(textOf(event)) })}
          @change=${() => this.edit({ type: 'pause' })}
        />
        <output for="shots" class="shots-name">${strings.shotsName(shots)}</output>
      </div>
    `;
  }

  private query(): TemplateResult {
    const { queries } = presetById(this.draft.preset);
    return html`
      <div class="field query">
        <div class="field-head">
          <label class="field-name" for="query">${strings.query}</label>
          <select
            class="quiet"
            aria-label=${strings.otherQueries}
            .value=${live('')}
            @change=${(event: Event) => {
              this.edit({ type: 'query', text: textOf(event) });
              this.edit({ type: 'pause' });
            }}
          >
            <option value="" selected hidden>${strings.otherQueries}</option>
            ${queries.map((query) => html`<option value=${query}>${query}</option>`)}
          </select>
        </div>
        <textarea
          id="query"
          class="mono"
          rows="1"
          dir="auto"
          spellcheck="false"
          .value=${live(this.draft.query)}
          @input=${(event: InputEvent) => this.edit({ type: 'query', text: textOf(event) })}
          @change=${() => this.edit({ type: 'pause' })}
        ></textarea>
      </div>
    `;
  }
}

function textOf(event: Event): string {
  return (event.target as HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement).value;
}
