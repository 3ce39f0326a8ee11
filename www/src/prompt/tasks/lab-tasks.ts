import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import type { KeptTask, KeptTasks, TaskNotice } from '../../app/kept-tasks.ts';
import { nameOf } from '../../app/own-task.ts';
import { included } from '../../app/state.ts';
import { LabElement } from '../../elements/lab-element.ts';
import { language, strings } from '../../strings/index.ts';
import { icon } from '../../ui/icons.ts';
import './tasks.css';

/** A dialog with the reader's own tasks. */
@customElement('lab-tasks')
export class LabTasks extends LabElement {
  @property({ attribute: false }) tasks!: KeptTasks;
  @property({ attribute: false }) notice: TaskNotice | null = null;
  /** The task that the page shows. */
  @property({ attribute: false }) openId: string | null = null;
  @query('dialog') private readonly dialog!: HTMLDialogElement;

  show(): void {
    this.dialog.showModal();
  }

  protected override render(): TemplateResult {
    const words = strings.tasks;
    const { tasks, damaged } = this.tasks;
    return html`<dialog class="tasks plain-dialog" aria-labelledby="tasks-heading">
      <div class="panel-head">
        <h2 id="tasks-heading">${words.yours}</h2>
        <button type="button" class="icon" aria-label=${words.close} @click=${() => this.dialog.close()}>${icon('remove')}</button>
      </div>
      <p class="hint">${tasks.length + damaged.length === 0 ? words.none : words.listHint}</p>
      ${this.told()}
      <ul>
        ${repeat(
          tasks,
          ({ id }) => id,
          (task) => this.task(task),
        )}
        ${damaged.map((id) => this.damaged(id))}
      </ul>
      <div>
        <button type="button" class="quiet" @click=${() => this.querySelector<HTMLInputElement>('#task-file')?.click()}>${words.import}</button>
        <input type="file" id="task-file" hidden accept=".json" aria-label=${words.import} @change=${this.chosen} />
      </div>
    </dialog>`;
  }

  private told(): TemplateResult {
    const { notice } = this;
    return html`<p class=${notice?.kind === 'problem' ? 'sentence' : 'notice'} role="status">
      ${notice?.say() ?? nothing}
      ${
        notice?.kind === 'removed'
          ? html`<button type="button" class="link" @click=${() => this.send('lab-task', { do: 'restore' })}>${strings.undo}</button>`
          : nothing
      }
    </p>`;
  }

  private task({ id, draft, changed }: KeptTask): TemplateResult {
    const words = strings.tasks;
    const name = nameOf(draft);
    const isOpen = id === this.openId;
    const date = new Date(changed).toLocaleString(language, {
      dateStyle: 'medium',
      timeStyle: 'short',
    });
    return html`<li>
      <input
        type="text"
        aria-label=${words.nameOf(name)}
        autocomplete="off"
        maxlength="80"
        placeholder=${name}
        .value=${live(draft.name)}
        @change=${(event: Event) =>
          this.send('lab-task', {
            do: 'rename',
            id,
            name: (event.target as HTMLInputElement).value,
          })}
      />
      <span class="hint">${words.facts(included(draft.task.demonstrations).length, date)}</span>
      <span class="task-actions">
        ${
          isOpen
            ? html`<span class="hint">${words.isOpen}</span>`
            : this.action(words.open, name, () => {
                this.dialog.close();
                this.send('lab-task', { do: 'open', id });
              })
        }
        ${this.action(words.duplicate, name, () => this.send('lab-task', { do: 'duplicate', id }))}
        ${this.action(words.save, name, () => this.send('lab-task', { do: 'save', id }))}
        ${this.action(words.remove, name, () => this.delete(id))}
      </span>
    </li>`;
  }

  private damaged(id: string): TemplateResult {
    const words = strings.tasks;
    return html`<li>
      <span>${words.damaged}</span>
      <span class="hint">${words.damagedHint}</span>
      <span class="task-actions">
        ${this.action(words.save, words.damaged, () => this.send('lab-task', { do: 'save', id }))}
        ${this.action(words.remove, words.damaged, () => this.delete(id))}
      </span>
    </li>`;
  }

  private action(label: string, name: string, act: () => void): TemplateResult {
    const full = strings.tasks.of(label, name);
    return html`<button type="button" class="quiet" aria-label=${full} @click=${act}>${label}</button>`;
  }

  /** The button that was pressed goes with its row: the focus moves to what takes the removal back. */
  private async delete(id: string): Promise<void> {
    this.send('lab-task', { do: 'remove', id });
    await new Promise((resolve) => setTimeout(resolve));
    this.querySelector<HTMLElement>('[role=status] button')?.focus();
  }

  private chosen(event: Event): void {
    const input = event.target as HTMLInputElement;
    const [file] = input.files ?? [];
    // Emptied, so that choosing the same file again is a change again.
    input.value = '';
    if (file) this.send('lab-task', { do: 'import', file });
  }
}
