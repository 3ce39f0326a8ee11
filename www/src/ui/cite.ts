import { html, type TemplateResult } from 'lit';
import { type SourceName, sources } from './sources.ts';

/** Where a claim comes from, as a link. */
export function cite(name: SourceName): TemplateResult {
  const { text, url } = sources[name];
  return html`<a class="cite" href=${url} rel="noreferrer">${text}</a>`;
}
