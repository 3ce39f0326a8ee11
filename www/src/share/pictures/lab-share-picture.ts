import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { LabElement } from '../../elements/lab-element.ts';
import { png } from '../../figure/png.ts';
import type { Theme } from '../../figure/svg/ink.ts';
import { strings } from '../../strings/index.ts';
import { save } from '../../ui/save.ts';

const themes: readonly Theme[] = ['light', 'dark'];
const copiedMs = 1500;

/** A picture in the colours that the reader chooses, to be saved or copied. */
@customElement('lab-share-picture')
export class LabSharePicture extends LabElement {
  /** The picture as SVG. */
  @property({ attribute: false }) draw!: (theme: Theme) => string | null;
  /** What the files are called, before the colours and their ending. */
  @property() stem = '';
  /** What it is a picture of. */
  @property() about = '';
  /** Pixels for each of its units. */
  @property({ type: Number }) scale = 2;
  /** At first that of the page. */
  @state() private theme: Theme = matchMedia('(prefers-color-scheme: dark)').matches
    ? 'dark'
    : 'light';
  @state() private copied = false;
  @state() private failure: string | null = null;
  private drawnUrl: string | null = null;
  private drawnText = '';
  private copiedTimer = 0;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.drawUrl('');
  }

  protected override render(): TemplateResult | typeof nothing {
    const words = strings.keep;
    const svg = this.draw(this.theme);
    if (svg === null) return nothing;
    const name = `${this.stem}-${this.theme}`;
    return html`<div class="share-file">
      <div class="share-file-head">
        <label class="joined">
          <span class="field-name">${words.theme}</span>
          <select
            class="quiet"
            @change=${(event: Event) => {
              this.theme = (event.target as HTMLSelectElement).value as Theme;
            }}
          >
            ${themes.map((theme) => html`<option value=${theme} ?selected=${theme === this.theme}>${words.themes[theme]}</option>`)}
          </select>
        </label>
        <button type="button" class="primary small" @click=${() => this.try(async () => save(`${name}.png`, await png(svg, this.scale)))}>
          ${words.savePng}
        </button>
        <button type="button" class="quiet" @click=${() => this.try(() => this.copy(svg))}>
          ${this.copied ? words.copied : words.copyPng}
        </button>
        <button
          type="button"
          class="quiet"
          @click=${() => save(`${name}.svg`, new Blob([svg], { type: 'image/svg+xml' }))}
        >${words.saveSvg}</button>
      </div>
      ${this.failure === null ? nothing : html`<p class="hint" role="alert">${words.failed(this.failure)}</p>`}
      <div class="share-picture" tabindex="0" role="group" aria-label=${this.about}>
        <img src=${this.drawUrl(svg)} alt=${this.about} width="720" />
      </div>
    </div>`;
  }

  /** The address of a picture; that of the one before is given back. */
  private drawUrl(text: string): string {
    if (text === this.drawnText && this.drawnUrl !== null) return this.drawnUrl;
    if (this.drawnUrl !== null) URL.revokeObjectURL(this.drawnUrl);
    this.drawnText = text;
    this.drawnUrl =
      text === '' ? null : URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
    return this.drawnUrl ?? '';
  }

  private async copy(svg: string): Promise<void> {
    // A promise, because some browsers allow to copy only while the click is still under way.
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': png(svg, this.scale) })]);
    this.copied = true;
    clearTimeout(this.copiedTimer);
    this.copiedTimer = window.setTimeout(() => {
      this.copied = false;
    }, copiedMs);
  }

  private async try(act: () => Promise<void>): Promise<void> {
    this.failure = null;
    try {
      await act();
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }
}
