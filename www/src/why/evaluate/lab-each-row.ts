import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { EvaluatedRow } from 'shotglass/experiments';
import { LabElement } from '../../elements/lab-element.ts';
import { strings } from '../../strings/index.ts';
import { formatCount } from '../../util/numerals.ts';

/** So many rows are drawn at once. */
const page = 100;

/** The rows of a cell, right or wrong. None is drawn before the reader opens the table, and then one page of them. */
@customElement('lab-each-row')
export class LabEachRow extends LabElement {
  @property({ attribute: false }) rows: readonly EvaluatedRow[] = [];
  @state() private open = false;
  /** Index of the first that is drawn. */
  @state() private from = 0;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('rows') && this.from >= this.rows.length) this.from = 0;
  }

  protected override render(): TemplateResult {
    const words = strings.evaluate;
    return html`<details @toggle=${(event: Event) => {
      this.open = (event.target as HTMLDetailsElement).open;
    }}>
      <summary class="hint">${words.eachRow}</summary>
      ${this.open ? this.table() : nothing}
    </details>`;
  }

  private table(): TemplateResult {
    const words = strings.evaluate;
    const shown = this.rows.slice(this.from, this.from + page);
    return html`
      ${this.rows.length > page ? this.pages(shown.length) : nothing}
      <div class="scroll" tabindex="0" role="group" aria-label=${words.eachRow}>
        <table class="plain each-row">
          <thead>
            <tr><th scope="col">${words.rowHead.input}</th><th scope="col">${words.rowHead.right}</th><th scope="col">${words.rowHead.predicted}</th></tr>
          </thead>
          <tbody>
            ${shown.map(
              ({
                input,
                gold,
                predicted,
                correct,
              }) => html`<tr data-correct=${correct ? 'yes' : 'no'}>
                <th scope="row">${input}</th>
                <td>${gold}</td>
                <td>${correct ? '✓' : html`<b>✗</b> ${predicted.trim()}<span class="visually-hidden">, ${words.wrong}</span>`}</td>
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
    `;
  }

  private pages(shown: number): TemplateResult {
    const words = strings.evaluate;
    const { length } = this.rows;
    const [from, to] = [this.from + 1, this.from + shown];
    const turn = (by: number) => {
      this.from += by;
    };
    return html`<p class="why-controls each-row-pages">
      <span class="hint" role="status">${words.rowsShown(formatCount(from), formatCount(to), formatCount(length))}</span>
      <button type="button" class="quiet" ?disabled=${this.from === 0} @click=${() => turn(-page)}>${words.earlier}</button>
      <button type="button" class="quiet" ?disabled=${to >= length} @click=${() => turn(page)}>${words.later}</button>
    </p>`;
  }
}
