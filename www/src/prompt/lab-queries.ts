import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { LabElement } from '../elements/lab-element.ts';
import { indexIn, reached } from '../ui/roving.ts';

/** Queries to choose from: a button each, and one stop of the tab key for all. */
@customElement('lab-queries')
export class LabQueries extends LabElement {
  @property({ attribute: false }) queries: readonly { query: string }[] = [];
  /** The query as it stands. */
  @property({ attribute: false }) query = '';
  /** The accessible name of the group. */
  @property({ attribute: false }) name = '';
  /** The button that the tab key reaches, once the arrows have led to one; null for the present query. */
  @state() private reached: number | null = null;

  protected override render(): TemplateResult | typeof nothing {
    const { queries, query } = this;
    if (queries.length === 0) return nothing;
    const stop = this.stop();
    return html`<div
      class="queries"
      role="toolbar"
      aria-label=${this.name}
      @keydown=${this.walk}
      @click=${this.choose}
      @focusout=${this.left}
    >
      ${queries.map(
        ({ query: one }, index) => html`<button
          type="button"
          class="query-chip"
          dir="auto"
          data-index=${index}
          title=${one}
          tabindex=${index === stop ? 0 : -1}
          aria-pressed=${one === query ? 'true' : 'false'}
        >${one}</button>`,
      )}
    </div>`;
  }

  private stop(): number {
    const last = this.queries.length - 1;
    return Math.min(
      this.reached ??
        Math.max(
          0,
          this.queries.findIndex(({ query }) => query === this.query),
        ),
      last,
    );
  }

  private readonly choose = (event: Event): void => {
    const chosen = this.queries[indexIn(event) ?? -1];
    if (!chosen) return;
    this.edit({ type: 'query', text: chosen.query });
    this.edit({ type: 'pause' });
  };

  private readonly walk = (event: KeyboardEvent): void => {
    const last = this.queries.length - 1;
    const to = reached(event, { at: this.stop(), last, along: 'lines' });
    if (to === null) return;
    this.reached = to;
    this.querySelector<HTMLElement>(`[data-index="${to}"]`)?.focus();
  };

  private readonly left = (event: FocusEvent): void => {
    if (!this.contains(event.relatedTarget as Node | null)) this.reached = null;
  };
}
