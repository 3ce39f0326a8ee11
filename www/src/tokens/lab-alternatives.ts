import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Candidate, SurprisalEntry, Token } from 'shotglass';
import type { JobState } from '../app/job.ts';
import { drawn, LabElement } from '../elements/lab-element.ts';
import { strings } from '../strings/index.ts';
import { probability } from '../ui/bars.ts';
import { formatBits, formatProbability } from '../ui/numbers.ts';
import { reached } from '../ui/roving.ts';
import { share } from '../ui/share.ts';
import { hexOfBytes, spokenToken, tokenPieces } from '../ui/visible.ts';
import { formatCount } from '../util/numerals.ts';
import { bitsOf, type Expected, textOf } from './surprisal.ts';

/** Between the popover and what it belongs to, and the edges of the window. */
const gap = 6;
const margin = 8;

/** A row to draw: a token that was expected, or the one that came. */
type Row = Pick<Candidate, 'id' | 'bytes' | 'p' | 'rank'> & { came: boolean };

/** What the model expected in the place of one token of the prompt: a popover beneath that token. */
@customElement('lab-alternatives')
export class LabAlternatives extends LabElement {
  @property({ attribute: false }) tokens: readonly Token[] | null = null;
  /** As far as it is known. */
  @property({ attribute: false }) known: readonly SurprisalEntry[] = [];
  @property({ attribute: false }) jobState!: JobState<readonly SurprisalEntry[]>;
  /** What is asked for one place, where the run over the whole prompt does not list it. */
  @property({ attribute: false }) expected!: JobState<Expected>;
  @property() text = '';
  @property({ attribute: false }) vocabularySize: number | null = null;
  @property({ attribute: false }) cellAt: (index: number) => HTMLElement | null = () => null;
  @property({ attribute: false }) goTo: (index: number) => Promise<void> = async () => {};
  @state() private index: number | null = null;
  @state() private focused = 0;
  @query('[popover]') private popup!: HTMLElement | null;

  /** Opens beneath this token, or moves there. */
  async open(index: number): Promise<void> {
    this.index = index;
    this.focused = 0;
    await this.updateComplete;
    const { popup } = this;
    if (!popup || !this.cellAt(index)) return;
    if (!popup.matches(':popover-open')) popup.showPopover();
    this.place();
    popup.focus();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('scroll', this.place, { capture: true, passive: true });
    window.addEventListener('resize', this.place);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('scroll', this.place, { capture: true });
    window.removeEventListener('resize', this.place);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // Another prompt has other tokens.
    if (changed.has('text') && this.index !== null) this.popup?.hidePopover();
  }

  protected override updated(): void {
    this.place();
  }

  protected override render(): TemplateResult {
    const { index, tokens } = this;
    const token = index === null ? undefined : tokens?.[index];
    return html`
      <div
        popover
        class="alternatives"
        role="dialog"
        tabindex="-1"
        aria-label=${token ? strings.alternatives.name(spokenToken(token.bytes)) : strings.alternatives.heading}
        @toggle=${this.toggled}
        @keydown=${this.walk}
      >
        ${token && index !== null ? this.about(token, index) : nothing}
      </div>
    `;
  }

  private about(token: Token, index: number): TemplateResult {
    const { bytes, id } = token;
    return html`
      <p class="alternatives-token">
        <span class="alternatives-came">${drawn(tokenPieces(bytes))}</span>
        <span class="hint">${strings.tokenDetail(index + 1, id, hexOfBytes(bytes), bytes.length)}</span>
      </p>
      ${this.told(index)}
    `;
  }

  private told(index: number): TemplateResult {
    const words = strings.alternatives;
    if (index === 0) return html`<p class="alternatives-note">${words.first}</p>`;
    const entry = this.known[index];
    const bits = entry ? bitsOf(entry) : null;
    if (!entry || bits === null) {
      const { problem, progress } = this.jobState;
      return html`<p class="alternatives-note" role="status">
        ${problem ? problem.sentence : progress ? strings.runningTokens(progress.done, progress.total) : words.waiting}
      </p>`;
    }
    return html`
      <p class="alternatives-facts">
        <span><b>${formatBits(bits)}</b> ${words.bits}</span>
        ${entry.rank === null ? nothing : html`<span>${words.rank(formatCount(entry.rank))}</span>`}
        ${entry.entropy === null ? nothing : html`<span>${words.entropy(formatBits(entry.entropy / Math.LN2))}</span>`}
      </p>
      ${this.list(entry, index)}
    `;
  }

  /** The candidates, of which all prompts but the longest bring their own. */
  private candidates(entry: SurprisalEntry, index: number): readonly Candidate[] | undefined {
    if (entry.candidates.length > 0) return entry.candidates;
    const { result, of } = this.expected;
    return of === this.text && result?.index === index ? result.candidates : undefined;
  }

  private list(entry: SurprisalEntry, index: number): TemplateResult {
    const words = strings.alternatives;
    const candidates = this.candidates(entry, index);
    if (candidates === undefined) {
      const { problem } = this.expected;
      return html`<p class="alternatives-note" role="status">
        ${problem ? problem.sentence : words.waiting}
      </p>`;
    }
    const rows = rowsOf(entry, candidates);
    const listed = rows.reduce((sum, { p }) => sum + p, 0);
    const { vocabularySize } = this;
    const count = vocabularySize === null ? null : formatCount(vocabularySize - rows.length);
    const rest = { count, p: Math.max(0, 1 - listed) };
    return html`
      <table class="alternatives-list">
        <caption>${words.heading}</caption>
        <thead class="visually-hidden">
          <tr><th scope="col">${words.token}</th><th scope="col">${words.bar}</th><th scope="col">${strings.p}</th><th scope="col">${strings.rank}</th></tr>
        </thead>
        <tbody>
          ${rows.map((row, at) => this.row(row, at, index))}
          <tr class="alternatives-rest rest">
            <th scope="row">${words.rest(rest.count)}</th>
            <td class="bar-cell">${bar(rest.p)}</td>
            <td class="numeral">${probability(rest.p)}</td>
            <td class="numeral"></td>
          </tr>
        </tbody>
      </table>
      <p class="hint">${words.hint}</p>
    `;
  }

  private row(row: Row, at: number, index: number): TemplateResult {
    const { bytes, p, rank, came } = row;
    const text = came ? null : this.instead(index, bytes);
    const spoken = `${spokenToken(bytes)}${strings.words.colon}${formatProbability(p)}`;
    const words = strings.alternatives;
    const name = came
      ? words.came(spoken)
      : text === null
        ? words.part(spoken)
        : words.follow(spoken);
    return html`<tr ?data-came=${came}>
      <th scope="row">
        <button
          type="button"
          class="token"
          dir="auto"
          data-row=${at}
          tabindex=${at === this.focused ? 0 : -1}
          aria-label=${name}
          aria-disabled=${text === null ? 'true' : 'false'}
          @focus=${() => {
            this.focused = at;
          }}
          @click=${() => (text === null ? undefined : this.follow(text))}
        >${drawn(tokenPieces(bytes))}</button>
      </th>
      <td class="bar-cell">${bar(p)}</td>
      <td class="numeral">${probability(p)}</td>
      <td class="numeral rank-cell">${formatCount(rank)}</td>
    </tr>`;
  }

  /** The prompt up to a token, with another in its place; null where that would be half of a character. */
  private instead(index: number, bytes: Uint8Array): string | null {
    return textOf([...(this.tokens ?? []).slice(0, index), { bytes }]);
  }

  private follow(text: string): void {
    const { index } = this;
    this.popup?.hidePopover();
    this.edit({ type: 'pause' });
    this.edit({ type: 'text', text });
    this.edit({ type: 'pause' });
    if (index !== null) void this.goTo(index);
  }

  private toggled(event: ToggleEvent): void {
    if (event.newState !== 'closed') return;
    const { index, popup } = this;
    if (popup?.matches(':popover-open')) return;
    this.index = null;
    const { activeElement } = document;
    if (index === null) return;
    // The browser brings the focus back to where the popover was opened, which it may have left; whoever has gone elsewhere
    // is not called back.
    const strip = this.cellAt(index)?.closest('.strip');
    const lost =
      activeElement === document.body ||
      popup?.contains(activeElement) ||
      strip?.contains(activeElement);
    if (lost) void this.goTo(index);
  }

  private async walk(event: KeyboardEvent): Promise<void> {
    if (event.ctrlKey || event.metaKey || event.altKey || this.index === null) return;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const to = this.index + step;
      if (to < 0 || to >= (this.tokens?.length ?? 0)) return;
      await this.goTo(to);
      this.send('lab-surprise', to);
      await this.open(to);
      return;
    }
    const rows = [...this.querySelectorAll<HTMLElement>('[data-row]')];
    const from = rows.indexOf(document.activeElement as HTMLElement);
    const to = reached(event, { at: from, last: rows.length - 1, along: 'column' });
    if (to !== null) rows[to]?.focus();
  }

  /** Beneath the token, or above where there is more room; a popover is in a layer of its own, where only this places it. */
  private readonly place = (): void => {
    const { popup, index } = this;
    if (!popup?.matches(':popover-open') || index === null) return;
    const cell = this.cellAt(index);
    const strip = cell?.closest('.strip');
    if (!cell || !strip) return;
    // A token may go over the end of a line: it is the beginning that counts.
    const at = cell.getClientRects()[0] ?? cell.getBoundingClientRect();
    // Without the gutter of the scrollbar, in which nothing is drawn.
    const { offsetWidth: clientWidth, clientHeight } = document.documentElement;
    const { offsetWidth, offsetHeight } = popup;
    const below = clientHeight - at.bottom - gap - margin;
    const above = at.top - gap - margin;
    const flipped = below < offsetHeight && above > below;
    const top = flipped ? at.top - gap - offsetHeight : at.bottom + gap;
    const left = Math.max(margin, Math.min(at.left, clientWidth - offsetWidth - margin));
    popup.style.setProperty('left', `${left}px`);
    popup.style.setProperty(
      'top',
      `${Math.max(margin, Math.min(top, clientHeight - offsetHeight - margin))}px`,
    );
  };
}

/** The candidates, and the token that came where it is not one of them. */
function rowsOf({ token, logprob, rank }: SurprisalEntry, candidates: readonly Candidate[]): Row[] {
  const rows = candidates.map((candidate) => ({ ...candidate, came: candidate.id === token.id }));
  if (logprob === null || rank === null || rows.some(({ came }) => came)) return rows;
  return [...rows, { ...token, p: Math.exp(logprob), rank, came: true }];
}

function bar(p: number): TemplateResult {
  return html`<span class="bar thin" aria-hidden="true"><span ${share(p)}></span></span>`;
}
