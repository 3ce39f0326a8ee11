import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { Demonstration } from 'shotglass';
import type { Table, TableProblem } from 'shotglass/data';
import { tableData } from '../../app/data.ts';
import { isSameTask, presetOf } from '../../app/own-task.ts';
import { problemOf } from '../../app/problem.ts';
import type { Draft } from '../../app/state.ts';
import { LabElement } from '../../elements/lab-element.ts';
import { strings } from '../../strings/index.ts';
import { formatCount } from '../../util/numerals.ts';
import { guessColumns, mostRows } from './rows.ts';

const restMs = 250;
const mostProblems = 3;

/** Rows with known outputs: the task's own, pasted, or out of a file. */
@customElement('lab-rows')
export class LabRows extends LabElement {
  @property({ attribute: false }) draft!: Draft;
  /** What the reader brought; null: the task's own are used. */
  @property({ attribute: false }) brought: readonly Demonstration[] | null = null;
  /** How many rows of the table are held out and evaluated instead. */
  @property({ attribute: false }) heldOut = 0;
  /** Rows of the pinned task, asked where the present one has none; null where nothing is compared. */
  @property({ attribute: false }) pinned: readonly Demonstration[] | null = null;
  @state() private text = '';
  @state() private file = '';
  @state() private table: Table | null = null;
  @state() private columns = { input: '', output: '' };
  @state() private problems: readonly TableProblem[] = [];
  @state() private wrong: (() => string) | null = null;
  /** What has read the table. */
  private data: Awaited<ReturnType<typeof tableData>> | null = null;
  /** Reads once more what could not be read for want of a part of the page. */
  private again: (() => void) | null = null;
  private timer = 0;
  /** The latest reading wins. */
  private reading = 0;

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('draft');
    // Another task: what was brought belonged to the one before.
    if (before && !isSameTask(before, this.draft)) this.forget();
  }

  /** Those that are known of the task; none of the reader's own. */
  private get own(): readonly Demonstration[] {
    return presetOf(this.draft)?.rows ?? [];
  }

  protected override render(): TemplateResult {
    const words = strings.evaluate;
    return html`
      <p class="rows-head"><span class="field-name">${words.rows}</span> <span class="rows-what">${this.what()}</span></p>
      <details class="rows-paste" ?open=${this.own.length === 0 && this.heldOut === 0 && !this.pinned?.length}>
        <summary class="hint">${words.paste}</summary>
        <label class="field">
          <span class="visually-hidden">${words.pasteLabel}</span>
          <textarea
            name="rows"
            rows="3"
            class="mono"
            spellcheck="false"
            aria-describedby="rows-hint"
            placeholder=${words.placeholder}
            .value=${live(this.text)}
            @input=${(event: Event) => this.typed((event.target as HTMLTextAreaElement).value)}
          ></textarea>
        </label>
        <p class="hint" id="rows-hint">${words.pasteHint(formatCount(mostRows))}</p>
        <p class="why-controls">
          <button type="button" class="quiet" @click=${() => this.querySelector<HTMLInputElement>('#rows-file')?.click()}>${words.choose}</button>
          ${
            this.own.length > 0 && this.brought !== null
              ? html`<button type="button" class="quiet" @click=${this.useOwn}>${words.useOwn}</button>`
              : nothing
          }
          <input
            type="file"
            id="rows-file"
            hidden
            accept=".csv,.tsv,.tab,.jsonl,.ndjson,.md,.markdown,.txt"
            aria-label=${words.choose}
            @change=${this.fileChosen}
          />
        </p>
        ${this.table && this.table.columns.length > 1 ? this.mapping(this.table) : nothing}
      </details>
      ${this.complaints()}
    `;
  }

  private what(): string {
    const words = strings.evaluate;
    if (this.heldOut > 0) return words.heldOutRows(this.heldOut);
    const { length } = this.brought ?? this.own;
    if (length === 0)
      return this.pinned?.length ? strings.pair.ownRowsOfA(this.pinned.length) : words.noRows;
    if (this.brought === null) return words.ownRows(length);
    return this.file === '' ? words.pastedRows(length) : words.fileRows(length, this.file);
  }

  private mapping({ columns }: Table): TemplateResult {
    const words = strings.evaluate;
    return html`<div class="rows-columns">
      ${(['input', 'output'] as const).map(
        (role) => html`<label class="field">
          <span class="field-name">${words[role]}</span>
          <select
            name="column-${role}"
            @change=${(event: Event) => {
              this.columns = { ...this.columns, [role]: (event.target as HTMLSelectElement).value };
              this.map();
            }}
          >
            ${columns.map((name) => html`<option value=${name} ?selected=${name === this.columns[role]}>${name}</option>`)}
          </select>
        </label>`,
      )}
    </div>`;
  }

  private complaints(): TemplateResult | typeof nothing {
    const words = strings.evaluate;
    const { again } = this;
    if (this.wrong !== null) {
      return html`<p class="sentence" role="alert">
        ${this.wrong()}
        ${again ? html`<button type="button" class="link" @click=${again}>${strings.retry}</button>` : nothing}
      </p>`;
    }
    if (this.problems.length === 0) return nothing;
    const more = this.problems.length - mostProblems;
    return html`<ul class="cautions">
      ${this.problems.slice(0, mostProblems).map(({ line, code, message }) => html`<li>${strings.table.problem(line, code, message)}</li>`)}
      ${more > 0 ? html`<li>${words.moreProblems(more)}</li>` : nothing}
    </ul>`;
  }

  private typed(text: string): void {
    this.text = text;
    this.file = '';
    clearTimeout(this.timer);
    if (text.trim() === '') {
      this.useOwn();
      return;
    }
    this.timer = window.setTimeout(() => void this.read(text), restMs);
  }

  private fileChosen(event: Event): void {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    // Emptied, so that choosing the same file again is a change again.
    input.value = '';
    if (!file) return;
    this.text = '';
    this.file = file.name;
    void this.read(file);
  }

  private async read(source: string | File): Promise<void> {
    const reading = ++this.reading;
    this.again = null;
    try {
      const data = await tableData();
      const table = await data.parseRows(source);
      if (reading !== this.reading) return;
      this.table = table;
      this.columns = guessColumns(table.columns);
      this.data = data;
      this.map();
    } catch (error) {
      const problem = problemOf(error);
      if (reading !== this.reading) return;
      this.again = problem?.code === 'download-failed' ? () => void this.read(source) : null;
      this.fail(() => problem?.sentence ?? '');
    }
  }

  private map(): void {
    const { table, data } = this;
    if (!table || !data) return;
    if (table.columns.length < 2) {
      this.problems = table.problems;
      this.fail(() => strings.evaluate.oneColumn);
      return;
    }
    const { demonstrations, problems } = data.mapColumns(table, this.columns);
    this.wrong = null;
    this.problems = [...table.problems, ...problems].sort((a, b) => a.line - b.line);
    this.hand(demonstrations);
  }

  private fail(say: () => string): void {
    this.wrong = say;
    this.hand([]);
  }

  private useOwn(): void {
    this.forget();
    this.hand(null);
  }

  private forget(): void {
    clearTimeout(this.timer);
    this.reading += 1;
    this.text = '';
    this.file = '';
    this.table = null;
    this.problems = [];
    this.wrong = null;
  }

  private hand(rows: readonly Demonstration[] | null): void {
    // They take the place of what is held out of the table.
    this.send('lab-why-choose', { rows, holdOut: 0 });
  }
}
