import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { problemOf } from '../app/problem.ts';
import { LabElement } from '../elements/lab-element.ts';
import { strings } from '../strings/index.ts';
import { save } from '../ui/save.ts';
import { chunk } from '../util/chunk.ts';
import type { Chart } from './chart.ts';
import '../elements/lab-menu.ts';

const renderers = chunk(() => import('./files.ts'));
const noteMs = 1500;

/** A menu at the corner of a figure: the figure as a picture or as numbers, and how it came about. */
@customElement('lab-figure')
export class LabFigure extends LabElement {
  /** What the figure is called. */
  @property() name = '';
  /** Describes the figure as it is drawn now; null while there is nothing to save. */
  @property({ attribute: false }) make: (() => Promise<Chart>) | null = null;
  /** A sentence beside the button, and a line to be copied by hand. */
  @state() private note: { text: string; line?: string; isProblem: boolean } | null = null;
  private timer = 0;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  protected override render(): TemplateResult {
    const words = strings.figure;
    const off = this.make === null;
    const item = (label: string, act: (chart: Chart) => Promise<void>) => ({
      label,
      off,
      act: () => void this.do(act),
    });
    return html`<lab-menu
        .name=${words.save(this.name)}
        .icon=${'save'}
        .items=${[
          item(words.svg, (chart) => this.save(chart, 'svg')),
          item(words.png, (chart) => this.save(chart, 'png')),
          item(words.csv, (chart) => this.save(chart, 'csv')),
          item(words.copyMethods, (chart) => this.copy(chart)),
        ]}
      ></lab-menu>${this.note ? this.noteBox(this.note) : nothing}`;
  }

  private noteBox({ text, line, isProblem }: NonNullable<typeof this.note>): TemplateResult {
    return html`<div class="figure-note" role=${isProblem ? 'alert' : 'status'}>
      <p>${text}</p>
      ${line === undefined ? nothing : html`<p class="figure-line">${line}</p>`}
      ${
        isProblem
          ? html`<button type="button" class="link" @click=${() => this.tell(null)}>${strings.figure.close}</button>`
          : nothing
      }
    </div>`;
  }

  private async do(act: (chart: Chart) => Promise<void>): Promise<void> {
    this.tell(null);
    try {
      if (this.make) await act(await this.make());
    } catch (error) {
      const problem = problemOf(error);
      if (problem) this.tell({ text: problem.sentence, isProblem: true });
    }
  }

  private async save(chart: Chart, type: 'svg' | 'png' | 'csv'): Promise<void> {
    const { fileOf } = await renderers();
    save(`${chart.stem}-${chart.id}.${type}`, await fileOf(chart, type));
  }

  private async copy(chart: Chart): Promise<void> {
    const { methodsLine } = await renderers();
    const line = methodsLine(chart.methods);
    try {
      await navigator.clipboard.writeText(line);
    } catch {
      this.tell({ text: strings.figure.denied, line, isProblem: true });
      return;
    }
    this.tell({ text: strings.figure.copied, isProblem: false });
  }

  /** What went well is not in the way for long. */
  private tell(note: typeof this.note): void {
    clearTimeout(this.timer);
    this.note = note;
    if (note && !note.isProblem) this.timer = window.setTimeout(() => this.tell(null), noteMs);
  }
}
