import { html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { Template } from 'shotglass';
import { drawn, LabElement } from '../elements/lab-element.ts';
import { strings } from '../strings/index.ts';
import { fromField, pieces, toField } from '../ui/visible.ts';
import { formatChips } from './format-chips.ts';

const fields = Object.keys(strings.templateFields) as (keyof typeof strings.templateFields)[];

/** The text around the parts of a task, with its white space drawn. */
@customElement('lab-template')
export class LabTemplate extends LabElement {
  @property({ attribute: false }) template!: Template;

  protected override render(): TemplateResult {
    const { template } = this;
    const hole = html`<span class="hole">…</span>`;
    return html`
      <details class="template">
        <summary>
          <span class="field-name">${strings.template}</span>
          <span class="template-preview" aria-hidden="true"
            >${drawn(pieces(template.inputPrefix))}${hole}${drawn(pieces(template.inputSuffix + template.outputPrefix + template.outputSeparator))}${hole}${drawn(pieces(template.demonstrationSeparator))}</span
          >
        </summary>
        <div class="formats" role="group" aria-labelledby="formats-name">
          <span class="field-name" id="formats-name">${strings.formats}</span>
          ${formatChips(template, (template) => this.edit({ type: 'format', template }))}
        </div>
        <div class="template-fields">
          ${fields.map(
            (field) => html`
              <label class="field">
                <span class="field-name">${strings.templateFields[field]}</span>
                <input
                  class="mono"
                  type="text"
                  name=${field}
                  autocomplete="off"
                  autocapitalize="off"
                  spellcheck="false"
                  aria-describedby="template-hint"
                  .value=${live(toField(template[field]))}
                  @input=${(event: InputEvent) => this.changed(field, event)}
                  @keydown=${(event: KeyboardEvent) => this.newline(field, event)}
                  @change=${() => this.edit({ type: 'pause' })}
                />
              </label>
            `,
          )}
        </div>
        <p class="hint" id="template-hint">${strings.templateHint}</p>
      </details>
    `;
  }

  private changed(field: keyof Template, event: InputEvent): void {
    const input = event.target as HTMLInputElement;
    this.write(field, input, input.value, input.selectionStart ?? input.value.length);
  }

  /** A one-line field swallows Enter; here it stands for itself. */
  private newline(field: keyof Template, event: KeyboardEvent): void {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    const input = event.target as HTMLInputElement;
    const start = input.selectionStart ?? input.value.length;
    const end = input.selectionEnd ?? start;
    const value = `${input.value.slice(0, start)}\n${input.value.slice(end)}`;
    this.write(field, input, value, start + 1);
  }

  private write(
    field: keyof Template,
    input: HTMLInputElement,
    value: string,
    caret: number,
  ): void {
    const text = fromField(value);
    // Drawn at once, in place: the mark is as long as what it stands for.
    input.value = toField(text);
    input.setSelectionRange(caret, caret);
    this.edit({ type: 'template', field, text });
  }
}
