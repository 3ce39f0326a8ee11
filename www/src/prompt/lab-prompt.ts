import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { addedInstruction, type ChatTemplate, chatProblem } from '../app/chat.ts';
import type { LabModelInfo } from '../app/lab-model.ts';
import { isSameTask, labelsOf } from '../app/own-task.ts';
import { askedOf } from '../app/prompt.ts';
import { hasLabels } from '../app/settings.ts';
import type { Draft } from '../app/state.ts';
import { LabElement } from '../elements/lab-element.ts';
import { strings } from '../strings/index.ts';
import { icon } from '../ui/icons.ts';
import type { RowEffect } from './lab-demonstrations.ts';
import './lab-demonstrations.ts';
import '../elements/lab-label-names.ts';
import './lab-template.ts';

/** What the prompt is made from besides the query: the examples, the instruction, the template and the form. */
@customElement('lab-prompt')
export class LabPromptPanel extends LabElement {
  @property({ attribute: false }) draft!: Draft;
  @property({ type: Boolean }) canUndo = false;
  @property({ type: Boolean }) canRedo = false;
  /** The model that is loaded. */
  @property({ attribute: false }) model: LabModelInfo | null = null;
  /** Its chat template, once that has been read. */
  @property({ attribute: false }) chat: ChatTemplate | null = null;
  /** What each demonstration does to the answer, by the index of its row. */
  @property({ attribute: false }) effects: ReadonlyMap<number, RowEffect> = new Map();
  /** Its labels are open at first where the task names them; then it is the reader's to open and to close. */
  private labelsOpen = false;
  private drawnDraft: Draft | null = null;

  protected override willUpdate(): void {
    const { drawnDraft: before, draft } = this;
    this.drawnDraft = draft;
    if (before === null || !isSameTask(before, draft))
      this.labelsOpen = draft.task.labels !== undefined;
  }

  protected override render(): TemplateResult {
    return html`
      <div class="panel-head">
        <h2 id="prompt-heading" class="minor">${strings.prompt}</h2>
        ${this.tools()}
      </div>
      ${this.freeText()}
      <div class="from-task" data-on=${this.draft.text === null ? 'true' : 'false'}>
        <lab-demonstrations
          .demonstrations=${this.draft.task.demonstrations}
          .shots=${this.draft.shots}
          .effects=${this.effects}
        ></lab-demonstrations>
        ${this.instruction()}
      </div>
      <div class="prompt-more">
        ${this.labels()}
        <lab-template .template=${this.draft.task.template}></lab-template>
        ${this.form()}
      </div>
    `;
  }

  private tools(): TemplateResult {
    return html`<div class="panel-tools">
      ${this.tool('undo', strings.undo, this.canUndo)} ${this.tool('redo', strings.redo, this.canRedo)}
    </div>`;
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

  private freeText(): TemplateResult | typeof nothing {
    if (this.draft.text === null) return nothing;
    return html`<p class="free-text">
      ${strings.freeText}
      <button type="button" class="quiet" @click=${() => this.edit({ type: 'text', text: null })}>
        ${strings.backToTable}
      </button>
    </p>`;
  }

  /** The labels: named by the task, or else what its demonstrations have as outputs. */
  private labels(): TemplateResult {
    const own = this.draft.task.labels !== undefined;
    const names = askedOf({ ...this.draft, text: null }).task.labels ?? [];
    return html`<details class="task-labels" ?open=${this.labelsOpen}>
      <summary>
        <span class="field-name">${strings.labels.field}</span>
        <span class="fold-preview">${hasLabels(labelsOf(this.draft)) ? names.join(', ') : strings.labels.unnamed}</span>
      </summary>
      <lab-label-names place="prompt" .names=${names} .own=${own}></lab-label-names>
    </details>`;
  }

  /** Raw text or a conversation. */
  private form(): TemplateResult {
    const { chat } = this.draft;
    const missing = this.missing();
    const radio = (on: boolean, name: string, off: boolean) => html`<label>
      <input
        type="radio"
        name="form"
        .checked=${live(chat === on)}
        ?disabled=${off}
        @change=${() => this.edit({ type: 'chat', chat: on })}
      /><span>${name}</span>
    </label>`;
    return html`<fieldset class="form-switch">
      <legend class="field-name">${strings.form}</legend>
      <div class="switch">
        ${radio(false, strings.forms.raw, false)}
        ${radio(true, strings.forms.chat, missing !== null && !chat)}
      </div>
      ${chat || missing ? html`<p class="hint">${chat ? this.chatHint(missing) : missing}</p>` : nothing}
    </fieldset>`;
  }

  private chatHint(missing: string | null): TemplateResult | string {
    const { chat } = this;
    const { between } = strings.words;
    if (missing !== null) return `${missing}${between}${strings.chat.meanwhile}`;
    if (!chat) return '';
    const { task } = askedOf({ ...this.draft, text: null, chat: false });
    const problem = chatProblem(task, chat);
    if (problem) {
      return `${strings.chat.problems[problem.kind](problem.detail)}${between}${strings.chat.instead}`;
    }
    const added = task.instruction === '' ? addedInstruction(chat) : '';
    return html`${strings.chat.hint}${added === '' ? nothing : html`${between}${strings.chat.adds(added)}`}`;
  }

  /** Why there can be no conversation, where there is no template. */
  private missing(): string | null {
    if (!this.model) return strings.chat.noModel;
    return this.model.chatTemplate === null ? strings.chat.none : null;
  }
}

function textOf(event: Event): string {
  return (event.target as HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement).value;
}
