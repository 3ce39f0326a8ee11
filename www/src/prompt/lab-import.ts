import { html, nothing, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { Demonstration } from 'shotglass';
import type { ColumnMapping, Table, TableProblem } from 'shotglass/data';
import { tableData } from '../app/data.ts';
import { type Problem, problemOf } from '../app/problem.ts';
import { drawn, LabElement } from '../elements/lab-element.ts';
import { strings } from '../strings/index.ts';
import { icon } from '../ui/icons.ts';
import { pieces } from '../ui/visible.ts';
import { formatBytes } from '../util/numerals.ts';
import { guessColumns, mostRows, readTable } from './table.ts';

const previewRows = 5;
const problemsListed = 20;
const longestPreview = 200;

/** What can be made of the table under a mapping. */
interface Reading {
  table: Table;
  mapping: ColumnMapping | null;
  demonstrations: Demonstration[];
  problems: TableProblem[];
}

/** A dialog that makes demonstrations of a file or of pasted text. What is in it stays until it is used. */
@customElement('lab-import')
export class LabImport extends LabElement {
  @state() private text = '';
  @state() private file: File | null = null;
  @state() private named = true;
  @state() private reading: Reading | null = null;
  @state() private problem: Problem | null = null;
  @state() private busy = false;
  @query('dialog') private readonly dialog!: HTMLDialogElement;
  /** What has read the table. */
  private data: Awaited<ReturnType<typeof tableData>> | null = null;
  private controller = new AbortController();

  /** Opens the dialog: with text that was meant for the table, or with what is still in it. */
  show(text?: string): void {
    if (text !== undefined) {
      this.text = text;
      this.file = null;
      this.named = false;
      void this.read();
    }
    this.dialog.showModal();
  }

  protected override render(): TemplateResult {
    const { table } = strings;
    return html`<dialog
      class="import plain-dialog"
      aria-labelledby="import-heading"
      @dragover=${this.dragOver}
      @drop=${this.drop}
    >
      <div class="panel-head">
        <h2 id="import-heading">${table.importHeading}</h2>
        <button type="button" class="icon" aria-label=${table.cancel} @click=${this.close}>
          ${icon('remove')}
        </button>
      </div>
      <p class="hint">${table.importHint}</p>
      ${this.source()}
      <div class="import-reading" aria-busy=${this.busy ? 'true' : 'false'}>${this.outcome()}</div>
      ${this.buttons()}
    </dialog>`;
  }

  private source(): TemplateResult {
    const { table } = strings;
    const { file } = this;
    return html`
      <input
        type="file"
        hidden
        accept=".csv,.tsv,.tab,.txt,.json,.jsonl,.ndjson,.md,.markdown"
        aria-label=${table.chooseFile}
        @change=${this.fileChosen}
      />
      <div class="import-source">
        <button
          type="button"
          class="quiet"
          @click=${() => this.querySelector<HTMLInputElement>('input[type=file]')?.click()}
        >${table.chooseFile}</button>
        ${
          file
            ? html`<span class="import-file">${table.file(file.name, formatBytes(file.size))}</span>
                <button type="button" class="link" @click=${this.forget}>${table.forget}</button>`
            : nothing
        }
      </div>
      ${
        file
          ? nothing
          : html`<label class="field">
              <span class="field-name">${table.paste}</span>
              <textarea
                class="mono"
                rows="4"
                dir="auto"
                spellcheck="false"
                autofocus
                .value=${live(this.text)}
                @input=${(event: Event) => {
                  this.text = (event.target as HTMLTextAreaElement).value;
                  void this.read();
                }}
              ></textarea>
            </label>`
      }
    `;
  }

  private outcome(): TemplateResult | typeof nothing {
    const { reading, problem, busy } = this;
    if (problem) {
      return html`<p class="sentence" role="alert">
        ${problem.sentence}
        ${problem.code === 'download-failed' ? html`<button type="button" class="link" @click=${() => this.read()}>${strings.retry}</button>` : nothing}
      </p>`;
    }
    if (!reading) return busy ? html`<p class="hint">${strings.table.reading}</p>` : nothing;
    const { table, mapping } = reading;
    const delimited = table.format === 'csv' || table.format === 'tsv';
    return html`
      ${
        delimited
          ? html`<label class="check">
              <input type="checkbox" .checked=${live(this.named)} @change=${this.toggleNamed} />
              ${strings.table.named}
            </label>`
          : nothing
      }
      ${mapping ? this.preview(reading, mapping) : nothing}
      ${table.columns.length === 1 ? html`<p class="sentence">${strings.table.oneColumn}</p>` : nothing}
      ${this.problems(reading.problems)}
    `;
  }

  private preview({ demonstrations }: Reading, mapping: ColumnMapping): TemplateResult {
    const shown = demonstrations.slice(0, previewRows);
    const many = demonstrations.length > mostRows;
    return html`
      <div class="import-columns">${this.column('input', mapping)} ${this.column('output', mapping)}</div>
      ${mapping.input === mapping.output ? html`<p class="sentence">${strings.table.sameColumn}</p>` : nothing}
      <table class="import-preview">
        <caption>${strings.table.preview(shown.length, demonstrations.length)}</caption>
        <colgroup><col /><col /></colgroup>
        <thead class="visually-hidden">
          <tr><th scope="col">${strings.input}</th><th scope="col">${strings.output}</th></tr>
        </thead>
        <tbody class="mono">
          ${shown.map(({ input, output }) => html`<tr><td>${previewOf(input)}</td><td>${previewOf(output)}</td></tr>`)}
        </tbody>
      </table>
      ${many ? html`<p class="hint">${strings.table.most(mostRows)}</p>` : nothing}
    `;
  }

  private column(which: keyof ColumnMapping, mapping: ColumnMapping): TemplateResult {
    const { columns } = this.reading?.table ?? { columns: [] };
    return html`<label class="field">
      <span class="field-name">${strings[which]}</span>
      <select
        name="column-${which}"
        @change=${(event: Event) =>
          this.map({ ...mapping, [which]: (event.target as HTMLSelectElement).value })}
      >
        ${columns.map(
          (name) =>
            html`<option value=${name} ?selected=${name === mapping[which]}>${this.isNamed ? name : strings.table.column(name)}</option>`,
        )}
      </select>
    </label>`;
  }

  private problems(problems: readonly TableProblem[]): TemplateResult | typeof nothing {
    if (problems.length === 0) return nothing;
    const more = problems.length - problemsListed;
    return html`<details class="import-problems" open>
      <summary><span class="field-name">${strings.table.problems(problems.length)}</span></summary>
      <ul>
        ${problems.slice(0, problemsListed).map(({ line, code, message }) => html`<li>${strings.table.problem(line, code, message)}</li>`)}
        ${more > 0 ? html`<li>${strings.table.moreProblems(more)}</li>` : nothing}
      </ul>
    </details>`;
  }

  private buttons(): TemplateResult {
    const count = this.ready().length;
    return html`<div class="import-buttons">
      <button type="button" class="quiet" @click=${this.close}>${strings.table.cancel}</button>
      <button type="button" class="quiet" id="import-replace" ?disabled=${count === 0} @click=${() => this.take(true)}>
        ${strings.table.replaceRows}
      </button>
      <button type="button" class="primary small" id="import-add" ?disabled=${count === 0} @click=${() => this.take(false)}>
        ${strings.table.addRows(count)}
      </button>
    </div>`;
  }

  /** What would be taken now. */
  private ready(): Demonstration[] {
    const { reading, busy } = this;
    if (!reading?.mapping || busy || reading.mapping.input === reading.mapping.output) return [];
    return reading.demonstrations.slice(0, mostRows);
  }

  private get isNamed(): boolean {
    const format = this.reading?.table.format;
    return this.named || format === 'jsonl' || format === 'markdown';
  }

  /** Reads what is there; newer text or a newer file takes the place of what is under way. */
  private async read(): Promise<void> {
    this.controller.abort();
    this.controller = new AbortController();
    const { signal } = this.controller;
    const source = this.file ?? this.text;
    this.problem = null;
    if (typeof source === 'string' && source.trim() === '') {
      this.reading = null;
      this.busy = false;
      return;
    }
    this.busy = true;
    try {
      const data = await tableData();
      const table = await readTable(data, source, { named: this.named, signal });
      if (signal.aborted) return;
      this.data = data;
      this.map(guessColumns(table.columns), table);
    } catch (error) {
      if (signal.aborted) return;
      this.reading = null;
      this.problem = problemOf(error);
    } finally {
      if (!signal.aborted) this.busy = false;
    }
  }

  private map(mapping: ColumnMapping | null, table = this.reading?.table): void {
    if (!table || !this.data) return;
    const mapped = mapping && this.data.mapColumns(table, mapping);
    const problems = [...table.problems, ...(mapped?.problems ?? [])];
    this.reading = {
      table,
      mapping,
      demonstrations: mapped?.demonstrations ?? [],
      problems: problems.sort((a, b) => a.line - b.line),
    };
  }

  private toggleNamed(): void {
    this.named = !this.named;
    void this.read();
  }

  private fileChosen(event: Event): void {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    input.value = '';
    if (file) this.takeFile(file);
  }

  private takeFile(file: File): void {
    this.file = file;
    void this.read();
  }

  /** Elsewhere on the page a file that is dropped is a model. */
  private dragOver(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    event.stopPropagation();
  }

  private drop(event: DragEvent): void {
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    event.preventDefault();
    event.stopPropagation();
    this.takeFile(file);
  }

  private forget(): void {
    this.file = null;
    void this.read();
  }

  private take(replace: boolean): void {
    const demonstrations = this.ready();
    this.close();
    this.text = '';
    this.file = null;
    this.named = true;
    this.reading = null;
    this.send('lab-import', { demonstrations, replace });
  }

  private close(): void {
    this.dialog.close();
  }
}

/** As much of a text as a preview needs, with white space drawn where one could not see it. */
function previewOf(text: string): unknown {
  const [, start = '', inner = '', end = ''] = /^(\s*)(.*?)(\s*)$/s.exec(text) ?? [];
  const cut = inner.length <= longestPreview ? inner : `${inner.slice(0, longestPreview)}…`;
  return [drawn(pieces(start)), cut, drawn(pieces(end))];
}
