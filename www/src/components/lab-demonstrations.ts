import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { Demonstration } from 'shotglass';
import { strings } from '../strings/index.ts';
import { icon } from './icons.ts';
import { LabElement } from './lab-element.ts';

/** The demonstrations as a table that is edited in place; those beyond the shots are dimmed. */
@customElement('lab-demonstrations')
export class LabDemonstrations extends LabElement {
  @property({ attribute: false }) demonstrations: readonly Demonstration[] = [];
  @property({ attribute: false }) shots = 0;
  @state() private notice: { text: string; undo: boolean } | null = null;
  @state() private dragged: number | null = null;
  @state() private over: number | null = null;
  /** What to do once the edit that was just asked for has come back. */
  private afterEdit: {
    notice: { text: string; undo: boolean } | null;
    focus: string | null;
  } | null = null;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('demonstrations')) this.notice = this.afterEdit?.notice ?? null;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('demonstrations') || !this.afterEdit) return;
    const { focus } = this.afterEdit;
    this.afterEdit = null;
    if (focus) this.querySelector<HTMLElement>(focus)?.focus();
  }

  protected override render(): TemplateResult {
    return html`
      <table class="demonstrations">
        <caption class="visually-hidden">${strings.demonstrations}</caption>
        <thead>
          <tr>
            <th scope="col" class="number"><span class="visually-hidden">#</span></th>
            <th scope="col">${strings.input}</th>
            <th scope="col">${strings.output}</th>
            <th scope="col"><span class="visually-hidden">${strings.moveOrRemove}</span></th>
          </tr>
        </thead>
        <tbody>
          ${this.demonstrations.map((demonstration, index) => this.row(demonstration, index))}
        </tbody>
      </table>
      ${this.demonstrations.length === 0 ? html`<p class="hint">${strings.noDemonstrations}</p>` : nothing}
      <div class="demonstrations-foot">
        <button type="button" class="quiet" id="add-demonstration" @click=${this.add}>
          ${icon('plus')} ${strings.add}
        </button>
        <span class="notice" role="status"
          >${
            this.notice
              ? html`${this.notice.text}
                  ${this.notice.undo ? html`<button type="button" class="link" @click=${() => this.edit({ type: 'undo' })}>${strings.undo}</button>` : nothing}`
              : nothing
          }</span
        >
      </div>
    `;
  }

  private row({ input, output }: Demonstration, index: number): TemplateResult {
    const n = index + 1;
    const unused = index >= this.shots;
    return html`
      <tr
        data-row=${index}
        class=${[unused ? 'unused' : '', this.over === index ? 'over' : ''].join(' ')}
        @dragover=${(event: DragEvent) => this.dragOver(index, event)}
        @drop=${(event: DragEvent) => this.drop(index, event)}
      >
        <th scope="row" class="number">
          <span
            class="grip"
            draggable="true"
            title=${strings.drag}
            @dragstart=${(event: DragEvent) => this.dragStart(index, event)}
            @dragend=${this.dragEnd}
            >${n}${unused ? html`<span class="visually-hidden">, ${strings.unused}</span>` : nothing}</span
          >
        </th>
        <td>${this.cell(index, 'input', input, strings.inputOf(n))}</td>
        <td>${this.cell(index, 'output', output, strings.outputOf(n))}</td>
        <td class="row-actions">
          ${this.action(index, 'up', strings.moveUp(n), index === 0, () => this.move(index, index - 1, 'up'))}
          ${this.action(index, 'down', strings.moveDown(n), index === this.demonstrations.length - 1, () => this.move(index, index + 1, 'down'))}
          ${this.action(index, 'remove', strings.remove(n), false, () => this.removeRow(index))}
        </td>
      </tr>
    `;
  }

  private cell(
    index: number,
    field: keyof Demonstration,
    text: string,
    name: string,
  ): TemplateResult {
    return html`<textarea
      rows="1"
      class="mono"
      dir="auto"
      spellcheck="false"
      aria-label=${name}
      data-field=${field}
      .value=${live(text)}
      @input=${(event: InputEvent) =>
        this.edit({
          type: 'demonstration',
          index,
          field,
          text: (event.target as HTMLTextAreaElement).value,
        })}
      @change=${() => this.edit({ type: 'pause' })}
    ></textarea>`;
  }

  /** `aria-disabled` and not `disabled`: a button that disables itself would drop the focus. */
  private action(
    index: number,
    name: 'up' | 'down' | 'remove',
    label: string,
    off: boolean,
    act: () => void,
  ) {
    return html`<button
      type="button"
      class="icon"
      data-action="${name}-${index}"
      aria-label=${label}
      title=${label}
      aria-disabled=${off ? 'true' : 'false'}
      @click=${() => (off ? undefined : act())}
    >${icon(name)}</button>`;
  }

  private add(): void {
    this.afterEdit = {
      notice: null,
      focus: `[data-row="${this.demonstrations.length}"] [data-field="input"]`,
    };
    this.edit({ type: 'add' });
  }

  private move(from: number, to: number, button: 'up' | 'down' | null): void {
    this.afterEdit = {
      notice: { text: strings.moved(to + 1), undo: false },
      focus: button ? `[data-action="${button}-${to}"]` : null,
    };
    this.edit({ type: 'move', from, to });
  }

  private removeRow(index: number): void {
    const next = Math.min(index, this.demonstrations.length - 2);
    this.afterEdit = {
      notice: { text: strings.removed(index + 1), undo: true },
      focus: next < 0 ? '#add-demonstration' : `[data-action="remove-${next}"]`,
    };
    this.edit({ type: 'remove', index });
  }

  private dragStart(index: number, event: DragEvent): void {
    this.dragged = index;
    const row = (event.target as Element).closest('tr');
    if (row) event.dataTransfer?.setDragImage(row, 12, 12);
    event.dataTransfer?.setData('text/plain', String(index + 1));
  }

  private dragOver(index: number, event: DragEvent): void {
    if (this.dragged === null) return;
    event.preventDefault();
    this.over = index;
  }

  private drop(index: number, event: DragEvent): void {
    if (this.dragged === null) return;
    event.preventDefault();
    if (this.dragged !== index) this.move(this.dragged, index, null);
    this.dragEnd();
  }

  private dragEnd(): void {
    this.dragged = null;
    this.over = null;
  }
}
