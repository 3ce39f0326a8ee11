import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { Demonstration } from 'shotglass';
import { tableData } from '../app/data.ts';
import { problemOf } from '../app/problem.ts';
import type { Row } from '../app/state.ts';
import { LabElement } from '../elements/lab-element.ts';
import type { MenuItem } from '../elements/lab-menu.ts';
import { strings } from '../strings/index.ts';
import { icon } from '../ui/icons.ts';
import type { LabImport } from './lab-import.ts';
import { Shuffler } from './shuffle.ts';
import { isTable, readPasted } from './table.ts';
import './lab-import.ts';
import '../elements/lab-menu.ts';

/** What a demonstration does to the answer, as its row shows it. */
export interface RowEffect {
  text: string;
  sign: 'more' | 'less';
}

type Field = keyof Demonstration;
interface Notice {
  text: string;
  undo: boolean;
}

/** The demonstrations as a table that is edited in place; those beyond the shots are dimmed, those excluded struck. */
@customElement('lab-demonstrations')
export class LabDemonstrations extends LabElement {
  @property({ attribute: false }) demonstrations: readonly Row[] = [];
  @property({ attribute: false }) shots = 0;
  /** By the index of the row. */
  @property({ attribute: false }) effects: ReadonlyMap<number, RowEffect> = new Map();
  @state() private notice: Notice | null = null;
  @state() private dragged: number | null = null;
  @state() private over: number | null = null;
  @query('lab-import') private readonly importer!: LabImport;
  private readonly shuffler = new Shuffler<Row>();
  /** What to do once the edit that was just asked for has come back. */
  private afterEdit: { notice: Notice | null; focus: string | null; caret?: number } | null = null;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('demonstrations')) this.notice = this.afterEdit?.notice ?? null;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('demonstrations') || !this.afterEdit) return;
    const { focus, caret } = this.afterEdit;
    this.afterEdit = null;
    const target = focus === null ? null : this.querySelector<HTMLElement>(focus);
    target?.focus();
    if (caret !== undefined && target instanceof HTMLTextAreaElement) {
      target.setSelectionRange(caret, caret);
    }
  }

  protected override render(): TemplateResult {
    const { demonstrations, shots } = this;
    const used = usedRows(demonstrations, shots);
    const last = used.lastIndexOf(true);
    return html`
      <table class="demonstrations">
        <caption class="visually-hidden">${strings.demonstrations}</caption>
        <thead>
          <tr>
            <th scope="col" class="number"><span class="visually-hidden">#</span></th>
            <th scope="col">${strings.input}</th>
            <th scope="col">${strings.output}</th>
            ${this.effects.size > 0 ? html`<th scope="col" class="effect-head">${strings.table.effect}</th>` : nothing}
            <th scope="col"><span class="visually-hidden">${strings.actions}</span></th>
          </tr>
        </thead>
        <tbody>
          ${demonstrations.map((row, index) => this.row(row, index, used[index] ?? false, index === last))}
        </tbody>
      </table>
      ${demonstrations.length === 0 ? html`<p class="hint">${strings.noDemonstrations}</p>` : nothing}
      ${this.foot()}
      <p class="notice" role="status">
        ${
          this.notice
            ? html`${this.notice.text}
              ${this.notice.undo ? html`<button type="button" class="link" @click=${() => this.edit({ type: 'undo' })}>${strings.undo}</button>` : nothing}`
            : nothing
        }
      </p>
      <lab-import
        @lab-import=${(event: HTMLElementEventMap['lab-import']) => this.imported(event.detail)}
      ></lab-import>
    `;
  }

  private row(
    { input, output, excluded }: Row,
    index: number,
    used: boolean,
    last: boolean,
  ): TemplateResult {
    const n = index + 1;
    const states = [
      used ? '' : 'unused',
      excluded ? 'excluded' : '',
      last ? 'last-used' : '',
      this.over === index ? ((this.dragged ?? 0) < index ? 'over below' : 'over') : '',
    ];
    return html`
      <tr
        data-row=${index}
        class=${states.join(' ')}
        @keydown=${(event: KeyboardEvent) => this.rowKeys(index, event)}
        @dragover=${(event: DragEvent) => this.dragOver(index, event)}
        @drop=${(event: DragEvent) => this.drop(index, event)}
      >
        <th scope="row" class="number">
          <label
            class="grip"
            draggable="true"
            title=${strings.table.useHint}
            @dragstart=${(event: DragEvent) => this.dragStart(index, event)}
            @dragend=${this.dragEnd}
            ><input
              type="checkbox"
              aria-label=${strings.table.use(n)}
              .checked=${live(!excluded)}
              @change=${() => this.edit({ type: 'exclude', index, excluded: !excluded })}
            /><span>${n}</span
            >${used ? nothing : html`<span class="visually-hidden">, ${excluded ? strings.table.excluded : strings.unused}</span>`}</label
          >
        </th>
        <td class="input">${this.cell(index, 'input', input, strings.inputOf(n))}</td>
        <td class="output">${this.cell(index, 'output', output, strings.outputOf(n))}</td>
        ${this.effects.size > 0 ? html`<td class="row-effect">${this.chip(index)}</td>` : nothing}
        <td class="row-actions">
          <lab-menu
            .name=${strings.table.rowMenu(n)}
            .items=${this.actions(index, excluded ?? false)}
          ></lab-menu>
        </td>
      </tr>
    `;
  }

  private chip(index: number): TemplateResult | typeof nothing {
    const effect = this.effects.get(index);
    return effect
      ? html`<span class="effect-chip" data-sign=${effect.sign}>${effect.text}</span>`
      : nothing;
  }

  private cell(index: number, field: Field, text: string, name: string): TemplateResult {
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
      @paste=${(event: ClipboardEvent) => this.pasted(index, field, event)}
      @change=${() => this.edit({ type: 'pause' })}
    ></textarea>`;
  }

  private actions(index: number, excluded: boolean): MenuItem[] {
    const { table } = strings;
    const menu = (row: number) => `[data-row="${row}"] lab-menu button`;
    const n = index + 1;
    return [
      {
        label: table.moveUp,
        keys: { shown: 'Alt ↑', aria: 'Alt+ArrowUp' },
        off: index === 0,
        act: () => this.move(index, index - 1, menu(index - 1)),
      },
      {
        label: table.moveDown,
        keys: { shown: 'Alt ↓', aria: 'Alt+ArrowDown' },
        off: index === this.demonstrations.length - 1,
        act: () => this.move(index, index + 1, menu(index + 1)),
      },
      {
        label: table.duplicate,
        act: () => {
          this.afterEdit = {
            notice: { text: table.duplicated(n), undo: true },
            focus: menu(index + 1),
          };
          this.edit({ type: 'duplicate', index });
        },
      },
      {
        label: excluded ? table.include : table.exclude,
        act: () => this.edit({ type: 'exclude', index, excluded: !excluded }),
      },
      {
        label: table.remove,
        act: () => {
          const next = Math.min(index, this.demonstrations.length - 2);
          this.afterEdit = {
            notice: { text: strings.removed(n), undo: true },
            focus: next < 0 ? '#add-demonstration' : menu(next),
          };
          this.edit({ type: 'remove', index });
        },
      },
    ];
  }

  private foot(): TemplateResult {
    const few = this.demonstrations.length < 2;
    return html`<div class="demonstrations-foot">
      <button type="button" class="quiet" id="add-demonstration" @click=${this.add}>
        ${icon('plus')} ${strings.add}
      </button>
      <button type="button" class="quiet" id="import" @click=${() => this.importer.show()}>
        ${strings.table.import}
      </button>
      <div class="shuffle">
        <button
          type="button"
          class="quiet"
          id="shuffle"
          aria-disabled=${few ? 'true' : 'false'}
          @click=${() => this.shuffle(this.shuffler.nextSeed(this.demonstrations))}
        >
          ${icon('shuffle')} ${strings.table.shuffle}
        </button>
        <label>
          <span class="aside" aria-hidden="true">${strings.seed}</span>
          <input
            type="number"
            id="order-seed"
            aria-label=${strings.table.seed}
            min="0"
            step="1"
            .value=${live(String(this.shuffler.seed))}
            @change=${(event: Event) => this.shuffle((event.target as HTMLInputElement).valueAsNumber)}
          />
        </label>
      </div>
    </div>`;
  }

  private add(): void {
    this.afterEdit = {
      notice: null,
      focus: `[data-row="${this.demonstrations.length}"] [data-field="input"]`,
    };
    this.edit({ type: 'add' });
  }

  private move(from: number, to: number, focus: string | null, caret?: number): void {
    this.afterEdit = {
      notice: { text: strings.moved(to + 1), undo: false },
      focus,
      ...(caret !== undefined && { caret }),
    };
    this.edit({ type: 'move', from, to });
  }

  private shuffle(seed: number): void {
    const { demonstrations } = this;
    if (demonstrations.length < 2 || !Number.isSafeInteger(seed) || seed < 0) {
      // The field shows again what it was.
      this.requestUpdate();
      return;
    }
    const order = this.shuffler.shuffle(demonstrations, seed);
    const notice = { text: strings.table.shuffled(seed), undo: true };
    this.afterEdit = { notice, focus: null };
    this.edit({ type: 'order', order });
    // Of a few rows, the new order may be the old one.
    this.notice = notice;
    this.requestUpdate();
  }

  private insert(
    at: number,
    demonstrations: readonly Demonstration[],
    replaces: number,
    text: string,
  ): void {
    this.afterEdit = {
      notice: { text, undo: true },
      focus: `[data-row="${at}"] [data-field="input"]`,
    };
    this.edit({ type: 'insert', at, demonstrations, replaces });
  }

  private imported({ demonstrations, replace }: HTMLElementEventMap['lab-import']['detail']): void {
    const { length } = this.demonstrations;
    const count = demonstrations.length;
    if (replace) this.insert(0, demonstrations, length, strings.table.replaced(count));
    else this.insert(length, demonstrations, 0, strings.table.added(count));
  }

  /** Cells of a spreadsheet become rows; any other text goes where the caret is. */
  private pasted(index: number, field: Field, event: ClipboardEvent): void {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (!isTable(text)) return;
    event.preventDefault();
    const target = event.target as HTMLTextAreaElement;
    const { selectionStart, selectionEnd, value } = target;
    void tableData()
      .then((data) => readPasted(data, text))
      .then(
        (read) => {
          if (!read) {
            // What cannot be used as it is is shown line by line, and mended there.
            this.importer.show(text);
            return;
          }
          const { demonstrations, columns } = read;
          const row = this.demonstrations[index];
          const blank = row?.input === '' && row.output === '';
          const told = strings.table.added(demonstrations.length);
          const notice = columns > 2 ? `${told} ${strings.table.ofColumns(columns)}` : told;
          this.insert(blank ? index : index + 1, demonstrations, blank ? 1 : 0, notice);
        },
        (error: unknown) => {
          const pasted = `${value.slice(0, selectionStart)}${text}${value.slice(selectionEnd)}`;
          const problem = problemOf(error);
          this.afterEdit = {
            notice: problem && { text: problem.sentence, undo: true },
            focus: null,
          };
          this.edit({ type: 'demonstration', index, field, text: pasted });
        },
      );
  }

  private rowKeys(index: number, event: KeyboardEvent): void {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step === undefined || !event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const to = index + step;
    if (to < 0 || to >= this.demonstrations.length) return;
    const target = event.target as HTMLElement;
    const field = target.dataset.field;
    if (field === undefined || !(target instanceof HTMLTextAreaElement)) {
      const inner = target instanceof HTMLInputElement ? 'input' : 'lab-menu button';
      this.move(index, to, `[data-row="${to}"] ${inner}`);
    } else {
      this.move(index, to, `[data-row="${to}"] [data-field="${field}"]`, target.selectionStart);
    }
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

/** Which rows the prompt shows: the first so many that are not excluded. */
function usedRows(rows: readonly Row[], shots: number): boolean[] {
  let left = shots;
  return rows.map(({ excluded }) => !excluded && left-- > 0);
}
