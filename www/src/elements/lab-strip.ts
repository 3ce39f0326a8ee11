import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import type { Role } from '../app/prompt.ts';
import { strings } from '../strings/index.ts';
import { indexIn, reached } from '../ui/roving.ts';
import { share } from '../ui/share.ts';
import type { Piece } from '../ui/visible.ts';
import { drawn, LabElement } from './lab-element.ts';
import { chunkEnds } from './strip.ts';

/**
 * One cell to draw; one and the same object is drawn once. Without a `name` it is plain text that cannot be pointed at.
 */
export interface StripItem {
  readonly pieces: readonly Piece[];
  readonly tone: Role | 'added' | 'generated' | 'end';
  readonly breaks: number;
  readonly name: string | null;
  readonly detail: string | null;
  readonly p?: number;
  /** How surprising it is, as a step of the tint. */
  readonly step?: number | null;
}

/** Cells that are drawn together. */
interface Chunk {
  start: number;
  items: readonly StripItem[];
}

/** How many cells are drawn before the page goes on, at first and then at a time: a slice may not hold it up. */
const cellsAtFirst = 192;
const cellsAtATime = 96;

/** From this many chunks on, those out of view are neither laid out nor painted. */
const manyChunks = 6;

/**
 * A row of tokens: one tab stop, arrow keys to walk, a line beneath that tells about the one in focus. A long one is
 * drawn a part at a time, from where the reader is.
 */
@customElement('lab-strip')
export class LabStrip extends LabElement {
  @property({ attribute: false }) items: readonly StripItem[] = [];
  @property() label = '';
  @property() hint = '';
  /** What the colours tell. */
  @property() tint: 'roles' | 'surprisal' = 'roles';
  /** The text, where its end is to be in view whenever it changes: what comes last is what the next token follows. */
  @property() tail: string | null = null;
  /** Called with a cell that was clicked, or on which Enter was pressed. */
  @property({ attribute: false }) choose: ((index: number) => void) | null = null;
  /** What the model itself would write next, drawn behind the last cell. */
  @property({ attribute: false }) ghost = '';
  @state() private focused = 0;
  @state() private pointed: number | null = null;
  /** What stands in the page; a chunk of it is older than `wanted` until its turn comes. */
  @state() private shown: readonly Chunk[] = [];
  private wanted: readonly Chunk[] = [];
  private drawing = false;
  private atEnd = true;

  /** The cell of a token, to put something beside it; null while it is not drawn. */
  cellAt(index: number): HTMLElement | null {
    const chunk = this.shown.findIndex(
      ({ start, items }) => index >= start && index < start + items.length,
    );
    const cells = this.querySelector('.strip')?.children[chunk]?.querySelectorAll('.cell');
    const cell = cells?.[index - (this.shown[chunk]?.start ?? 0)];
    return cell instanceof HTMLElement ? cell : null;
  }

  /** Brings the focus to a token, drawn or not. */
  async focusOn(index: number): Promise<void> {
    const chunk = this.wanted.findIndex(({ start, items }) => index < start + items.length);
    if (chunk === -1) return;
    this.show([chunk]);
    await this.updateComplete;
    this.cellAt(index)?.focus();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('items')) return;
    if (changed.has('tail')) this.atEnd = true;
    const { items } = this;
    let start = 0;
    this.wanted = chunkEnds(items).map((end, at) => {
      const before = this.shown[at];
      const chunk = { start, items: items.slice(start, end) };
      start = end;
      return before && isSame(before, chunk) ? before : chunk;
    });
    this.shown = this.wanted.map((_, at) => this.shown[at] ?? { start: 0, items: [] });
    this.show(this.next(cellsAtFirst));
  }

  /** The chunks that are to be drawn next: those nearest to where the reader is. */
  private next(most: number): number[] {
    const at = this.whereabouts();
    const waiting = [...this.wanted.keys()]
      .filter((index) => this.shown[index] !== this.wanted[index])
      .sort((a, b) => Math.abs(a - at) - Math.abs(b - at));
    let cells = 0;
    return waiting.filter((index, nth) => {
      cells += this.wanted[index]?.items.length ?? 0;
      return nth === 0 || cells <= most;
    });
  }

  private whereabouts(): number {
    const last = this.wanted.length - 1;
    if (this.tail !== null && this.atEnd) return last;
    const strip = this.querySelector('.strip');
    if (!strip || strip.scrollHeight === 0) return 0;
    return Math.round((strip.scrollTop / strip.scrollHeight) * last);
  }

  private show(chunks: readonly number[]): void {
    if (chunks.length === 0) return;
    const now = new Set(chunks);
    this.shown = this.shown.map((chunk, at) => (now.has(at) ? (this.wanted[at] ?? chunk) : chunk));
  }

  protected override render(): TemplateResult {
    const walkable = this.items.some((item) => item.name !== null);
    const stop = Math.min(this.focused, this.items.length - 1);
    const long = this.shown.length >= manyChunks;
    const chunks = this.shown.map((chunk) => {
      const at = stop - chunk.start;
      const here = walkable && at >= 0 && at < chunk.items.length ? at : null;
      // Pointing redraws the line beneath, and walking a chunk or two, not thousands of cells.
      const isLast = chunk === this.shown.at(-1);
      return html`<div class="cells">${guard([chunk, here], () =>
        chunk.items.map((item, index) => this.cell(item, chunk.start + index, index === here)),
      )}${isLast && this.ghost ? html`<span class="ghost" title=${strings.ghost}><span class="visually-hidden">${strings.ghost}${strings.words.colon}</span>${this.ghost}</span>` : nothing}</div>`;
    });
    const about = this.pointed === null ? null : this.items[this.pointed];
    return html`
      ${
        walkable
          ? html`<div
              class="strip"
              role="listbox"
              aria-label=${this.label}
              aria-orientation="horizontal"
              data-tint=${this.tint}
              ?data-long=${long}
              ?data-chosen=${this.choose !== null}
              @scroll=${this.scrolled}
              @keydown=${this.walk}
              @click=${this.clicked}
              @focusin=${this.point}
              @focusout=${this.unpoint}
              @pointerover=${this.point}
              @pointerleave=${this.unpoint}
            >${chunks}</div>`
          : html`<div class="strip" role="group" aria-label=${this.label} tabindex="0" data-tint=${this.tint} ?data-long=${long} @scroll=${this.scrolled}>${chunks}</div>`
      }
      <p class="strip-detail" aria-hidden="true">
        ${about?.detail ? html`<span class="strip-about">${drawn(about.pieces)}</span> ${about.detail}` : this.hint}
      </p>
    `;
  }

  protected override updated(changed: PropertyValues): void {
    const strip = this.querySelector('.strip');
    // Pointing at a cell must not move it from under the pointer.
    const isLonger = changed.has('shown') || changed.has('ghost') || changed.has('tail');
    if (strip && isLonger && this.tail !== null && this.atEnd) strip.scrollTop = strip.scrollHeight;
    void this.drawOn();
  }

  /** Draws what is still missing, a slice at a time. */
  private async drawOn(): Promise<void> {
    if (this.drawing) return;
    this.drawing = true;
    while (this.isConnected) {
      const chunks = this.next(cellsAtATime);
      if (chunks.length === 0) break;
      await new Promise((resolve) => setTimeout(resolve));
      this.show(chunks);
      await this.updateComplete;
    }
    this.drawing = false;
  }

  private scrolled(event: Event): void {
    const strip = event.currentTarget as HTMLElement;
    strip.toggleAttribute('data-above', strip.scrollTop > 4);
    this.atEnd = strip.scrollTop + strip.clientHeight >= strip.scrollHeight - 4;
  }

  private cell(item: StripItem, index: number, stop: boolean) {
    // A blank line is drawn as a narrower gap: enough to see, without pushing the prompt out of view.
    const blank = item.breaks > 1 ? html`<span class="blank"></span>` : nothing;
    const breaks = item.breaks > 0 ? html`<br />${blank}` : nothing;
    if (item.name === null) {
      return html`<span class="cell plain" data-tone=${item.tone} data-step=${item.step ?? nothing}>${drawn(item.pieces)}</span>${breaks}`;
    }
    return html`<span
        class="cell"
        role="option"
        aria-selected=${stop ? 'true' : 'false'}
        aria-label=${item.detail ? `${item.name}${strings.words.comma}${item.detail}` : item.name}
        tabindex=${stop ? 0 : -1}
        data-index=${index}
        data-tone=${item.tone}
        data-step=${item.step ?? nothing}
        ${share(item.p)}
        >${drawn(item.pieces)}</span
      ><wbr />${breaks}`;
  }

  private point(event: Event): void {
    const index = indexIn(event);
    if (index === null) return;
    this.pointed = index;
    if (event.type === 'focusin') this.focused = index;
  }

  private unpoint(): void {
    this.pointed = null;
  }

  private clicked(event: Event): void {
    const index = indexIn(event);
    if (index === null || !this.choose) return;
    this.focused = index;
    this.choose(index);
  }

  private walk(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const last = this.items.length - 1;
    const from = indexIn(event) ?? this.focused;
    if (this.choose && (event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault();
      this.choose(from);
      return;
    }
    const to = reached(event, { at: from, last, along: 'lines' });
    if (to !== null) void this.focusOn(to);
  }
}

function isSame(a: Chunk, b: Chunk): boolean {
  return (
    a.start === b.start &&
    a.items.length === b.items.length &&
    a.items.every((item, at) => item === b.items[at])
  );
}
