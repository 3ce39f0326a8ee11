import { html, nothing, type TemplateResult } from 'lit';
import type { Models } from '../app/models.ts';
import type { ModelList } from '../lab/model-list.ts';
import { strings } from '../strings/index.ts';

/** Why the list of models did not come, or which model had to go. */
export function modelNotice(list: ModelList, models: Models): TemplateResult | typeof nothing {
  const { problem, view } = list;
  const { closed } = models;
  if (problem) return html`<p class="sentence" role="alert">${problem.sentence}</p>`;
  // The list tells it itself, and lies over the page.
  if (!closed || view) return nothing;
  return html`<div class="keep-notice" role="status">
    <p>${strings.closedForRoom(closed)}</p>
    <button type="button" class="link" @click=${() => models.dismiss()}>${strings.dismiss}</button>
  </div>`;
}
