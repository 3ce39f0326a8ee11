import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { type IconName, icon } from '../ui/icons.ts';
import { LabElement } from './lab-element.ts';

export interface MenuItem {
  label: string;
  /** Keys that do the same, to show and to tell. */
  keys?: { shown: string; aria: string };
  off?: boolean;
  act: () => void;
}

/** A button with a menu, as the ARIA Authoring Practices have it. An item that is off stays there, and can be reached. */
@customElement('lab-menu')
export class LabMenu extends LabElement {
  @property() name = '';
  /** Whether the Tab key stops at the button; where it does not, something around it leads there. */
  @property({ attribute: false }) isStop = true;
  @property({ attribute: false }) items: readonly MenuItem[] = [];
  @property({ attribute: false }) icon: IconName = 'more';
  @state() private open = false;
  private first: 'first' | 'last' = 'first';

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('pointerdown', this.elsewhere);
  }

  protected override render(): TemplateResult {
    return html`
      <button
        type="button"
        class="icon"
        tabindex=${this.isStop ? 0 : -1}
        aria-label=${this.name}
        title=${this.name}
        aria-haspopup="menu"
        aria-expanded=${this.open ? 'true' : 'false'}
        @click=${() => (this.open ? this.close() : this.show('first'))}
        @keydown=${this.buttonKeys}
      >${icon(this.icon)}</button>
      ${this.open ? this.menu() : nothing}
    `;
  }

  private menu(): TemplateResult {
    return html`<div
      class="menu"
      role="menu"
      aria-label=${this.name}
      @keydown=${this.menuKeys}
      @focusout=${this.left}
    >
      ${this.items.map(
        ({ label, keys, off }, index) => html`<button
          type="button"
          role="menuitem"
          tabindex="-1"
          aria-disabled=${off ? 'true' : 'false'}
          aria-keyshortcuts=${keys?.aria ?? nothing}
          @click=${() => this.choose(index)}
        ><span>${label}</span>${keys ? html`<kbd aria-hidden="true">${keys.shown}</kbd>` : nothing}</button>`,
      )}
    </div>`;
  }

  protected override updated(): void {
    if (!this.open) return;
    const entries = this.entries();
    if (entries.some((entry) => entry === document.activeElement)) return;
    (this.first === 'first' ? entries[0] : entries.at(-1))?.focus();
  }

  private entries(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('[role=menuitem]')];
  }

  private show(first: 'first' | 'last'): void {
    this.first = first;
    this.open = true;
    document.addEventListener('pointerdown', this.elsewhere);
  }

  private close(): void {
    this.open = false;
    document.removeEventListener('pointerdown', this.elsewhere);
  }

  private back(): void {
    this.querySelector('button')?.focus();
    this.close();
  }

  private choose(index: number): void {
    const item = this.items[index];
    if (!item || item.off) return;
    this.back();
    item.act();
  }

  private buttonKeys(event: KeyboardEvent): void {
    if (event.altKey || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return;
    event.preventDefault();
    this.show(event.key === 'ArrowDown' ? 'first' : 'last');
  }

  private menuKeys(event: KeyboardEvent): void {
    const entries = this.entries();
    const at = entries.indexOf(event.target as HTMLElement);
    const focus = (index: number) => entries.at(index % entries.length)?.focus();
    switch (event.key) {
      case 'ArrowDown':
        focus(at + 1);
        break;
      case 'ArrowUp':
        focus(at - 1);
        break;
      case 'Home':
        focus(0);
        break;
      case 'End':
        focus(-1);
        break;
      case 'Escape':
        this.back();
        break;
      case 'Tab':
        // From the button the key goes on to what follows it.
        this.back();
        return;
      default: {
        if (event.key.length !== 1 || event.ctrlKey || event.metaKey) return;
        const key = event.key.toLowerCase();
        const order = [...entries.slice(at + 1), ...entries.slice(0, at + 1)];
        order.find((entry) => entry.textContent?.trim().toLowerCase().startsWith(key))?.focus();
        if (key === ' ') return;
      }
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private left({ relatedTarget }: FocusEvent): void {
    if (relatedTarget instanceof Node && !this.contains(relatedTarget)) this.close();
  }

  private readonly elsewhere = ({ target }: Event): void => {
    if (target instanceof Node && !this.contains(target)) this.close();
  };
}
