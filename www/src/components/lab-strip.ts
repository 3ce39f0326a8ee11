import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import type { Role } from '../prompt.ts';
import type { Piece } from '../visible.ts';
import { drawn, LabElement } from './lab-element.ts';
import { share } from './share.ts';

/** One cell to draw. Without a `name` it is plain text that cannot be pointed at. */
export interface StripItem {
  pieces: readonly Piece[];
  tone: Role | 'generated' | 'end';
  breaks: number;
  name: string | null;
  detail: string | null;
  p?: number;
}

/** A row of tokens: one tab stop, arrow keys to walk, a line beneath that tells about the one in focus. */
@customElement('lab-strip')
export class LabStrip extends LabElement {
  @property({ attribute: false }) items: readonly StripItem[] = [];
  @property() label = '';
  @property() hint = '';
  /** Keeps the end in view: what comes last is what the next token follows. */
  @property({ type: Boolean }) tail = false;
  @state() private focused = 0;
  @state() private pointed: number | null = null;

  protected override render(): TemplateResult {
    const walkable = this.items.some((item) => item.name !== null);
    const stop = Math.min(this.focused, this.items.length - 1);
    // Pointing redraws the line beneath, not thousands of cells.
    const cells = guard([this.items, stop], () =>
      this.items.map((item, index) => this.cell(item, index, walkable && index === stop)),
    );
    const about = this.pointed === null ? null : this.items[this.pointed];
    return html`
      ${
        walkable
          ? html`<div
              class="strip"
              dir="auto"
              role="listbox"
              aria-label=${this.label}
              aria-orientation="horizontal"
              @scroll=${this.scrolled}
              @keydown=${this.walk}
              @focusin=${this.point}
              @focusout=${this.unpoint}
              @pointerover=${this.point}
              @pointerleave=${this.unpoint}
            >${cells}</div>`
          : html`<p class="strip" dir="auto" @scroll=${this.scrolled}>${cells}</p>`
      }
      <p class="strip-detail" aria-hidden="true">
        ${about?.detail ? html`<span class="strip-about">${drawn(about.pieces)}</span> ${about.detail}` : this.hint}
      </p>
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!this.tail || !changed.has('items')) return;
    const strip = this.querySelector('.strip');
    if (strip) strip.scrollTop = strip.scrollHeight;
  }

  private scrolled(event: Event): void {
    const strip = event.currentTarget as HTMLElement;
    strip.toggleAttribute('data-above', strip.scrollTop > 4);
  }

  private cell(item: StripItem, index: number, stop: boolean) {
    // A blank line is drawn as a narrower gap: enough to see, without pushing the prompt out of view.
    const blank = item.breaks > 1 ? html`<span class="blank"></span>` : nothing;
    const breaks = item.breaks > 0 ? html`<br />${blank}` : nothing;
    if (item.name === null) {
      return html`<span class="cell plain" data-tone=${item.tone}>${drawn(item.pieces)}</span>${breaks}`;
    }
    return html`<span
        class="cell"
        role="option"
        aria-selected=${stop ? 'true' : 'false'}
        aria-label=${item.detail ? `${item.name}, ${item.detail}` : item.name}
        tabindex=${stop ? 0 : -1}
        data-index=${index}
        data-tone=${item.tone}
        ${share(item.p)}
        >${drawn(item.pieces)}</span
      ><wbr />${breaks}`;
  }

  private indexOf(event: Event): number | null {
    const cell = event.target instanceof Element ? event.target.closest('[data-index]') : null;
    return cell instanceof HTMLElement ? Number(cell.dataset.index) : null;
  }

  private point(event: Event): void {
    const index = this.indexOf(event);
    if (index === null) return;
    this.pointed = index;
    if (event.type === 'focusin') this.focused = index;
  }

  private unpoint(): void {
    this.pointed = null;
  }

  private walk(event: KeyboardEvent): void {
    const last = this.items.length - 1;
    const from = this.indexOf(event) ?? this.focused;
    const places: Record<string, number> = {
      ArrowRight: from + 1,
      ArrowDown: from + 1,
      ArrowLeft: from - 1,
      ArrowUp: from - 1,
      Home: 0,
      End: last,
    };
    const to = places[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const index = Math.max(0, Math.min(to, last));
    this.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus();
  }
}
