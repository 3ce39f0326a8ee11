import { html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { drawn, LabElement } from '../elements/lab-element.ts';
import { strings } from '../strings/index.ts';
import { pieces } from '../ui/visible.ts';

/** The exact prompt as text that can be edited. Its white space is drawn while nobody writes in it. */
@customElement('lab-raw')
export class LabRaw extends LabElement {
  @property() text = '';
  /** Whether no task gives this text. */
  @property({ type: Boolean }) free = false;
  @query('textarea') private area!: HTMLTextAreaElement | null;
  @state() private writing = false;
  /** What the field was given or gave last: it is not written to while it says the same. */
  private last: string | null = null;

  protected override render(): TemplateResult {
    const { raw } = strings;
    return html`
      <div class="raw">
        <textarea
          class="mono"
          rows="3"
          dir="auto"
          spellcheck="false"
          autocapitalize="off"
          autocomplete="off"
          aria-label=${raw.label}
          aria-describedby="raw-follows"
          @input=${this.typed}
          @focus=${() => {
            this.writing = true;
          }}
          @blur=${() => {
            this.writing = false;
          }}
          @change=${() => this.edit({ type: 'pause' })}
          @keydown=${this.escape}
        ></textarea>
        <div class="raw-drawn" aria-hidden="true">${this.writing ? '' : lines(this.text)}</div>
      </div>
      <p class="raw-follows ${this.free ? 'free' : ''}" id="raw-follows" role="status">
        ${this.free ? raw.free : raw.matches}
        ${
          this.free
            ? html`<button type="button" class="link" @click=${() => this.edit({ type: 'text', text: null })}>${raw.back}</button>`
            : ''
        }
      </p>
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    // A field has line ends of its own, so that what it says may never be the text: it is only told what is new.
    if (!changed.has('text') || !this.area || this.text === this.last) return;
    this.area.value = this.text;
    this.last = this.text;
  }

  private typed(event: Event): void {
    const { value } = event.target as HTMLTextAreaElement;
    this.last = value;
    this.send('lab-write', value);
  }

  private escape(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.isComposing) return;
    event.preventDefault();
    this.dispatchEvent(new CustomEvent('raw-done'));
  }
}

/** Beyond this many characters white space is drawn in the colour of the text: elements for all of it take too long. */
const mostInColour = 6000;

/** Text with its white space drawn, broken where it breaks. */
function lines(text: string): (string | TemplateResult)[] {
  return text.split(/(?<=\n)/).map((line) => {
    const found = pieces(line);
    const end = line.endsWith('\n') ? '\n' : '';
    return text.length > mostInColour
      ? found.map((piece) => piece.text).join('') + end
      : html`${drawn(found)}${end}`;
  });
}
