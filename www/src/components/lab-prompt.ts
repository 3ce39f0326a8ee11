import type { Token } from 'shotglass';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { formatCount } from '../format.ts';
import { presetById, presets } from '../presets/index.ts';
import type { LabPrompt, Role } from '../prompt.ts';
import type { Draft } from '../state.ts';
import { cellsFromText, cellsFromTokens } from '../strip.ts';
import { strings } from '../strings.ts';
import { hexOfBytes, pieces, spokenToken } from '../visible.ts';
import { icon } from './icons.ts';
import { drawn, LabElement } from './lab-element.ts';
import type { StripItem } from './lab-strip.ts';
import './lab-demonstrations.ts';
import './lab-strip.ts';
import './lab-template.ts';

/** The first column: all that the prompt is made from, and the exact text it makes. */
@customElement('lab-prompt')
export class LabPromptPanel extends LabElement {
  @property({ attribute: false }) draft!: Draft;
  @property({ attribute: false }) prompt!: LabPrompt;
  /** The tokens of `prompt`, or null while they are not known. */
  @property({ attribute: false }) tokens: readonly Token[] | null = null;
  @property({ attribute: false }) contextLength: number | null = null;
  @property({ type: Boolean }) canUndo = false;
  @property({ type: Boolean }) canRedo = false;
  @state() private copied = false;

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
      ${this.exactPrompt()}
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
          list="shots-ticks"
          aria-valuetext=${strings.shotsName(shots)}
          .value=${live(String(shots))}
          @input=${(event: InputEvent) => this.edit({ type: 'shots', shots: Number(textOf(event)) })}
          @change=${() => this.edit({ type: 'pause' })}
        />
        <datalist id="shots-ticks">
          ${Array.from({ length: all + 1 }, (_, tick) => html`<option value=${tick}></option>`)}
        </datalist>
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

  private exactPrompt(): TemplateResult {
    const { tokens, prompt, contextLength } = this;
    const roles = [...new Set(prompt.spans.map((span) => span.role))];
    const count = tokens && contextLength !== null;
    return html`
      <section class="exact" aria-labelledby="exact-heading">
        <div class="field-head">
          <h3 id="exact-heading">${strings.exact}</h3>
          <span class="token-count ${count && tokens.length > contextLength ? 'over' : ''}"
            >${
              count
                ? strings.tokenCount(tokens.length, contextLength)
                : strings.characterCount([...prompt.text].length)
            }</span
          >
          <button type="button" class="link" @click=${this.copy}>
            ${this.copied ? strings.copied : strings.copy}
          </button>
        </div>
        <lab-strip
          .items=${tokens ? tokenItems(tokens, prompt) : textItems(prompt)}
          .label=${strings.stripLabel}
          .hint=${tokens ? strings.stripHint : strings.stripPlain}
        ></lab-strip>
        <ul class="legend" aria-label=${strings.legend}>
          ${roles.map((role: Role) => html`<li data-tone=${role}>${strings.roles[role]}</li>`)}
        </ul>
        ${this.draft.appended.length > 0 ? this.appended() : nothing}
      </section>
    `;
  }

  private appended(): TemplateResult {
    return html`
      <p class="appended">
        ${strings.appendedLabel}:
        <span class="appended-text">${drawn(pieces(this.draft.appended.join('')))}</span>
        <button type="button" class="link" @click=${() => this.edit({ type: 'unappend' })}>
          ${strings.unappend}
        </button>
        <button type="button" class="link" @click=${() => this.edit({ type: 'clear-appended' })}>
          ${strings.clearAppended}
        </button>
      </p>
    `;
  }

  private async copy(): Promise<void> {
    await navigator.clipboard.writeText(this.prompt.text);
    this.copied = true;
    setTimeout(() => {
      this.copied = false;
    }, 1500);
  }
}

function textOf(event: Event): string {
  return (event.target as HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement).value;
}

function tokenItems(tokens: readonly Token[], prompt: LabPrompt): StripItem[] {
  return cellsFromTokens(tokens, prompt).map(({ token, role, ...cell }, index) => ({
    pieces: cell.pieces,
    breaks: cell.breaks,
    tone: role,
    name: token && `${spokenToken(token.bytes)}, ${strings.roles[role]}`,
    detail:
      token &&
      strings.tokenDetail(index + 1, formatCount(token.id), hexOfBytes(token.bytes), token.bytes.length),
  }));
}

function textItems(prompt: LabPrompt): StripItem[] {
  return cellsFromText(prompt).map(({ pieces, role, breaks }) => ({
    pieces,
    breaks,
    tone: role,
    name: null,
    detail: null,
  }));
}
