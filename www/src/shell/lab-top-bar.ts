import { html, nothing, svg, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Headline } from '../answer/headline.ts';
import type { Ladder } from '../answer/ladder/ladder.ts';
import type { Loading } from '../app/models.ts';
import { LabElement } from '../elements/lab-element.ts';
import { strings } from '../strings/index.ts';
import { formatProbability } from '../ui/numbers.ts';
import { share } from '../ui/share.ts';

const height = 18;
const step = 5;

/** On a phone the answer is often out of sight: its word, its ladder and a load that is under way follow the reader. */
@customElement('lab-top-bar')
export class LabTopBar extends LabElement {
  @property({ attribute: false }) headline: Headline | null = null;
  @property({ attribute: false }) ladder: Ladder | null = null;
  @property({ attribute: false }) loading: Loading | null = null;
  @state() private isAway = false;
  private readonly observer = new IntersectionObserver(([entry]) => {
    this.isAway = entry !== undefined && !entry.isIntersecting;
  });

  override connectedCallback(): void {
    super.connectedCallback();
    // The panel is drawn in the same round as this bar.
    void this.updateComplete.then(() => {
      const answer = document.querySelector('#answer');
      if (answer && this.isConnected) this.observer.observe(answer);
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { headline, loading } = this;
    if (!this.isAway || (!headline && !loading)) return nothing;
    return html`<nav class="top-bar-frame" aria-label=${strings.answer}><a class="top-bar" href="#answer" @click=${this.go}>
      <span>${strings.answer}</span>
      <span class="top-word" dir="auto">${headline?.text ?? '…'}</span>
      ${headline ? html`<span class="top-p">${formatProbability(headline.p)}</span>` : nothing}
      ${this.sparkline()}
      ${loading ? progress(loading) : nothing}
    </a></nav>`;
  }

  /** A column for each number of shots, the present one in full colour. */
  private sparkline(): TemplateResult | typeof nothing {
    const { columns = [], current } = this.ladder ?? {};
    if (!columns.some(({ p }) => p !== null)) return nothing;
    return html`<svg
      class="top-ladder"
      aria-hidden="true"
      width=${columns.length * step}
      height=${height}
    >${columns.map(({ k, p }, at) => {
      const top = height - Math.max(1, (p ?? 0) * height);
      return svg`<rect class=${k === current ? 'now' : ''} x=${at * step} y=${top} width=${step - 1} height=${height - top}></rect>`;
    })}</svg>`;
  }

  /** The part of the address after # is the lab's own. */
  private go(event: Event): void {
    event.preventDefault();
    document.querySelector<HTMLElement>('#answer')?.focus();
  }
}

function progress({ bytesLoaded, bytesTotal, name }: Loading): TemplateResult {
  return html`<span
    class="progress thin top-load"
    role="progressbar"
    aria-label=${strings.loadingName(name)}
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuenow=${bytesTotal ? Math.round((100 * bytesLoaded) / bytesTotal) : nothing}
    ><span ${share(bytesTotal ? Math.min(1, bytesLoaded / bytesTotal) : 0)}></span
  ></span>`;
}
