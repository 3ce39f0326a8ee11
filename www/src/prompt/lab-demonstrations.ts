import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { Demonstration } from 'shotglass';
import { endOfShown, isEmptyRow, type Row, shownFlags } from '../app/state.ts';
import { LabElement } from '../elements/lab-element.ts';
import type { MenuItem } from '../elements/lab-menu.ts';
import { strings } from '../strings/index.ts';
import { icon } from '../ui/icons.ts';
import type { LabImport } from './lab-import.ts';
import { GridKeys } from './rows/grid-keys.ts';
import { type Notice, type PasteTarget, paste } from './rows/pasting.ts';
import { RowDrag } from './rows/row-drag.ts';
import { Shuffler } from './shuffle.ts';
import './lab-import.ts';
import '../elements/lab-menu.ts';

/** What a demonstration does to the answer, as its row shows it. */
export interface RowEffect {
  text: string;
  sign: 'more' | 'less';
}

type Field = keyof Demonstration;

/** More rows than this have a scroll area of their own. */
const mostInView = 12;

/** The demonstrations as a table that is edited in place; those beyond the shots are dimmed, those excluded struck. */
@customElement('lab-demonstrations')
export class LabDemonstrations extends LabElement {
  @property({ attribute: false }) demonstrations: readonly Row[] = [];
  @property({ attribute: false }) shots = 0;
  /** By the index of the row. */
  @property({ attribute: false }) effects: ReadonlyMap<number, RowEffect> = new Map();
  @state() private notice: Notice | null = null;
  @query('lab-import') private readonly importer!: LabImport;
  private readonly drag = new RowDrag(
    (from, to) => this.move(from, to, null),
    () => this.requestUpdate(),
  );
  private readonly shuffler = new Shuffler<Row>();
  private readonly keys = new GridKeys(() => this.querySelector('.demonstrations'));
  private readonly pasteTarget: PasteTarget = {
    rows: () => this.demonstrations,
    insert: (at, rows, replaces, notice) => this.insert(at, rows, replaces, notice),
    edit: (action, notice = null) => {
      this.afterEdit = { notice, focus: null };
      this.edit(action);
    },
    choose: (text) => this.importer.show(text),
  };
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
    const used = shownFlags(demonstrations, shots);
    const last = used.lastIndexOf(true);
    return html`
      <div class="demonstrations-scroll" data-long=${demonstrations.length > mostInView ? 'true' : 'false'}>
      <table
        class="demonstrations"
        role="grid"
        aria-label=${strings.demonstrations}
        aria-describedby="demonstrations-keys"
        @focusin=${this.focused}
        @focusout=${this.blurred}
        @pointerdown=${() => this.keys.typed()}
        @input=${() => this.keys.typed()}
      >
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
      </div>
      <p class="visually-hidden" id="demonstrations-keys">${strings.tasks.keys}</p>
      ${demonstrations.length === 0 ? html`<p class="hint">${strings.noDemonstrations}</p>` : nothing}
      ${this.foot()}
      <p class="notice" role="status">
        ${
          this.notice
            ? html`${this.notice.text}
              ${this.notice.undo ? html`<button type="button" class="link" @click=${() => this.edit({ type: 'undo' })}>${strings.undo}</button>` : nothing}
              ${this.notice.instead ? html`<button type="button" class="link" @click=${this.notice.instead.act}>${this.notice.instead.label}</button>` : nothing}`
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
      this.drag.classOf(index),
    ];
    return html`
      <tr
        data-row=${index}
        class=${states.join(' ')}
        @keydown=${(event: KeyboardEvent) => this.rowKeys(index, event)}
        @dragover=${(event: DragEvent) => this.drag.over(index, event)}
        @drop=${(event: DragEvent) => this.drag.drop(index, event)}
      >
        <th scope="row" class="number">
          <label
            class="grip"
            draggable="true"
            title=${strings.table.useHint}
            @dragstart=${(event: DragEvent) => this.drag.start(index, event)}
            @dragend=${() => this.drag.end()}
            ><input
              type="checkbox"
              tabindex=${this.tabIndexOf(index, 0)}
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
            .isStop=${this.tabIndexOf(index, 3) === 0}
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
      tabindex=${this.tabIndexOf(index, field === 'input' ? 1 : 2)}
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
      @paste=${(event: ClipboardEvent) => paste(this.pasteTarget, { index, field }, event)}
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

  /** A row behind the last that is shown; one that is there and still empty is as good. */
  private add(): void {
    const at = endOfShown(this.demonstrations, this.shots);
    const row = this.demonstrations[at];
    if (row && isEmptyRow(row)) this.focusOn(fieldAt(at));
    else this.addAt(at);
  }

  private addAt(at: number): void {
    this.afterEdit = { notice: null, focus: fieldAt(at) };
    this.edit({ type: 'add', at });
  }

  /** The row below, or a new one; from an empty last row on to the query. */
  private next(index: number, field: Field): void {
    const [row, below] = this.demonstrations.slice(index);
    this.keys.typed();
    this.edit({ type: 'pause' });
    if (below) this.focusOn(fieldAt(index + 1, isEmptyRow(below) ? 'input' : field));
    else if (row && isEmptyRow(row)) document.querySelector<HTMLElement>('#query')?.focus();
    else this.addAt(index + 1);
  }

  private focusOn(selector: string): void {
    this.querySelector<HTMLElement>(selector)?.focus();
  }

  private tabIndexOf(row: number, column: number): 0 | -1 {
    const { stop } = this.keys;
    const last = Math.max(0, this.demonstrations.length - 1);
    return column === stop.column && row === Math.min(stop.row, last) ? 0 : -1;
  }

  private focused({ target }: FocusEvent): void {
    if (this.keys.reached(target)) this.requestUpdate();
  }

  private blurred({ relatedTarget, currentTarget }: FocusEvent): void {
    const isWithin =
      relatedTarget instanceof Node && (currentTarget as Node).contains(relatedTarget);
    if (!isWithin) this.keys.left();
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
    demonstrations: readonly Row[],
    replaces: number,
    notice: Omit<Notice, 'undo'>,
  ): void {
    this.afterEdit = { notice: { ...notice, undo: true }, focus: fieldAt(at) };
    this.edit({ type: 'insert', at, demonstrations, replaces });
  }

  private imported({ demonstrations, replace }: HTMLElementEventMap['lab-import']['detail']): void {
    const { length } = this.demonstrations;
    const count = demonstrations.length;
    if (replace) this.insert(0, demonstrations, length, { text: strings.table.replaced(count) });
    else this.insert(length, demonstrations, 0, { text: strings.table.added(count) });
  }

  private rowKeys(index: number, event: KeyboardEvent): void {
    if (event.isComposing || event.defaultPrevented) return;
    const { key, target } = event;
    const isPlain = !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey;
    if (key === 'Enter' && isPlain && target instanceof HTMLTextAreaElement) {
      event.preventDefault();
      this.next(index, target.dataset.field as Field);
      return;
    }
    if (event.altKey) this.moveByKey(index, event);
    else this.keys.pressed(event);
  }

  private moveByKey(index: number, event: KeyboardEvent): void {
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
}

function fieldAt(row: number, field: Field = 'input'): string {
  return `[data-row="${row}"] [data-field="${field}"]`;
}
