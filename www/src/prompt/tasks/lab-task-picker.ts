import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { formats } from '../../app/formats.ts';
import type { KeptTasks, TaskNotice } from '../../app/kept-tasks.ts';
import { isBlank, nameOf, newTaskId, presetOf } from '../../app/own-task.ts';
import { type Problem, problemOf } from '../../app/problem.ts';
import type { Draft } from '../../app/state.ts';
import { LabElement } from '../../elements/lab-element.ts';
import { presetById, presets } from '../../presets/index.ts';
import { strings } from '../../strings/index.ts';
import { chunk } from '../../util/chunk.ts';
import { formatChips } from '../format-chips.ts';
import type { LabTasks } from './lab-tasks.ts';

const listChunk = chunk(() => import('./lab-tasks.ts'));
/** The longest name that may be typed. */
const longestName = 80;

/** Which task this is: a preset, or one of the reader's own with its name. */
@customElement('lab-task-picker')
export class LabTaskPicker extends LabElement {
  @property({ attribute: false }) draft!: Draft;
  @property({ attribute: false }) tasks!: KeptTasks;
  @property({ attribute: false }) notice: TaskNotice | null = null;
  @state() private hasList = false;
  @state() private problem: Problem | null = null;
  @query('#preset') private readonly select!: HTMLSelectElement;
  @query('lab-tasks') private readonly list!: LabTasks | null;

  /** Of the option that stands for the draft. */
  private get chosen(): string {
    return presetOf(this.draft)?.id ?? `own ${this.draft.id ?? ''}`;
  }

  /** Whether there is anything to list. Once the list was open it can be opened again. */
  private get hasOwn(): boolean {
    const { tasks, damaged } = this.tasks;
    return this.hasList || presetOf(this.draft) === null || tasks.length + damaged.length > 0;
  }

  protected override updated(): void {
    // Which options there are has only now been settled.
    this.select.value = this.chosen;
  }

  protected override render(): TemplateResult {
    const { tasks } = strings;
    return html`<div class="preset">
      <div class="task-choice">
        <label class="field inline">
          <span class="field-name">${strings.preset}</span>
          <select id="preset" @change=${(event: Event) => this.choose((event.target as HTMLSelectElement).value)}>
            <option value="new">${tasks.new}</option>
            ${this.ownOptions()}
            <optgroup label=${tasks.readyMade}>
              ${presets.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}
            </optgroup>
          </select>
        </label>
        ${
          this.hasOwn
            ? html`<button type="button" class="quiet" id="tasks" aria-haspopup="dialog" @click=${this.showList}>${tasks.list}</button>`
            : nothing
        }
      </div>
      ${presetOf(this.draft) ? nothing : this.own()} ${this.problems()}
      ${
        this.hasList
          ? html`<lab-tasks .tasks=${this.tasks} .notice=${this.notice} .openId=${this.draft.id}></lab-tasks>`
          : nothing
      }
    </div>`;
  }

  private ownOptions(): TemplateResult | typeof nothing {
    const { draft } = this;
    const kept = this.tasks.tasks.map((task) => (task.id === draft.id ? draft : task.draft));
    const isListed = presetOf(draft) !== null || kept.includes(draft);
    const all = isListed ? kept : [draft, ...kept];
    if (all.length === 0) return nothing;
    return html`<optgroup label=${strings.tasks.yours}>
      ${all.map((one) => html`<option value="own ${one.id ?? ''}">${nameOf(one)}</option>`)}
    </optgroup>`;
  }

  /** The name of the reader's own task, and the way back to the preset that it began with. */
  private own(): TemplateResult {
    const { draft } = this;
    const { tasks } = strings;
    const from = draft.preset === null ? null : presetById(draft.preset);
    return html`<div class="own-task">
      <label class="field inline">
        <span class="field-name">${tasks.name}</span>
        <input
          type="text"
          id="task-name"
          autocomplete="off"
          maxlength=${longestName}
          placeholder=${nameOf({ ...draft, name: '' })}
          .value=${live(draft.name)}
          @input=${(event: Event) =>
            this.edit({
              type: 'name',
              text: (event.target as HTMLInputElement).value,
              id: draft.id ?? newTaskId(),
            })}
          @change=${() => this.edit({ type: 'pause' })}
        />
      </label>
      ${
        from
          ? html`<button
              type="button"
              class="quiet"
              id="reset-task"
              @click=${() => this.edit({ type: 'preset', preset: from })}
            >${tasks.reset(from.name)}</button>`
          : this.templates()
      }
      <p class="hint">
        ${
          isBlank(draft)
            ? html`${tasks.begin}
                <button type="button" class="link" @click=${() => focusOn('#query')}>${tasks.beginWithQuery}</button>`
            : draft.id === null
              ? tasks.notKept
              : tasks.kept
        }
      </p>
    </div>`;
  }

  private templates(): TemplateResult {
    const { template } = this.draft.task;
    return html`<div class="formats" role="group" aria-label=${strings.tasks.template}>
      ${formatChips(
        template,
        (template) => this.edit({ type: 'format', template }),
        formats.filter(({ id }) => id !== 'review'),
      )}
    </div>`;
  }

  /** What went wrong while the list was closed. */
  private problems(): TemplateResult | typeof nothing {
    const { problem, notice } = this;
    const sentence = problem?.sentence ?? (notice?.kind === 'problem' ? notice.say() : null);
    return sentence === null ? nothing : html`<p class="sentence" role="alert">${sentence}</p>`;
  }

  private choose(value: string): void {
    const [kind, id = ''] = value.split(' ');
    if (kind === 'new') {
      this.edit({ type: 'new', id: newTaskId() });
      void this.focusFirstCell();
    } else if (kind === 'own') {
      this.send('lab-task', { do: 'open', id });
    } else {
      this.edit({ type: 'preset', preset: presetById(value) });
    }
  }

  /** The table is drawn by another element, after this one. */
  private async focusFirstCell(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
    focusOn('[data-row="0"] [data-field="input"]');
  }

  private async showList(): Promise<void> {
    try {
      await listChunk();
      this.problem = null;
      this.hasList = true;
      await this.updateComplete;
      this.list?.show();
    } catch (error) {
      this.problem = problemOf(error);
    }
  }
}

function focusOn(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus();
}
