import { html, type TemplateResult } from 'lit';
import type { Template } from 'shotglass';
import { formatOf, formats } from '../app/formats.ts';
import { strings } from '../strings/index.ts';

/** A button for each ready format, or for those that are `offered`; `take` gets the template with its parts. */
export function formatChips(
  template: Template,
  take: (template: Template) => void,
  offered: readonly (typeof formats)[number][] = formats,
): TemplateResult[] {
  return offered.map(
    ({ id, template: ready }) => html`<button
      type="button"
      class="chip mono"
      aria-pressed=${id === formatOf(template) ? 'true' : 'false'}
      @click=${() => take({ ...template, ...ready })}
    >${strings.formatNames[id]}</button>`,
  );
}
