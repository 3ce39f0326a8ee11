import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { JobState } from '../app/job.ts';
import { stemOf } from '../app/own-task.ts';
import { LabElement } from '../elements/lab-element.ts';
import { strings } from '../strings/index.ts';
import { icon } from '../ui/icons.ts';
import { save } from '../ui/save.ts';
import { type Format, filesOf, formats } from './formats/index.ts';
import { addressOf } from './link.ts';
import type { Made } from './made.ts';
import { picture, png, type Theme } from './picture.ts';
import type { Shown, TextFile } from './shown.ts';

const copiedMs = 1500;
const themes: readonly Theme[] = ['light', 'dark'];

/** A button, and behind it all the forms in which the page's state and its answer can be taken along. */
@customElement('lab-share')
export class LabShare extends LabElement {
  @property({ attribute: false }) shown!: Shown;
  @property({ attribute: false }) made!: JobState<Made>;
  /** Whether there is a model, whose answer may still be on its way. */
  @property({ type: Boolean }) ready = false;
  @state() private open = false;
  @state() private format: Format = 'link';
  /** Of the picture; at first that of the page. */
  @state() private theme: Theme = matchMedia('(prefers-color-scheme: dark)').matches
    ? 'dark'
    : 'light';
  /** Name of the file that was copied just now, and of the one whose copying the browser denied. */
  @state() private copied: string | null = null;
  @state() private denied: string | null = null;
  @state() private asking = false;
  @state() private failure: string | null = null;
  private drawnUrl: string | null = null;
  private drawnText = '';
  private copiedTimer = 0;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.drawUrl('');
  }

  protected override render(): TemplateResult {
    return html`
      <button type="button" class="quiet" id="share" aria-haspopup="dialog" @click=${this.show}>
        ${icon('share')} ${strings.keep.share}
      </button>
      <dialog
        class="share-dialog"
        aria-labelledby="share-heading"
        @close=${this.closed}
        @click=${this.outside}
      >
        ${this.open ? this.sheet() : nothing}
      </dialog>
    `;
  }

  private sheet(): TemplateResult {
    const words = strings.keep;
    return html`<div class="share-sheet">
      <div class="panel-head">
        <h2 id="share-heading">${words.heading}</h2>
        <button type="button" class="icon" aria-label=${words.close} @click=${this.close}>
          ${icon('remove')}
        </button>
      </div>
      <div class="share-body">
        <fieldset class="share-formats">
          <legend class="visually-hidden">${words.formatsLabel}</legend>
          ${formats.map(
            (format) => html`<label>
              <input
                type="radio"
                name="share-format"
                value=${format}
                ?autofocus=${format === this.format}
                .checked=${format === this.format}
                @change=${() => this.choose(format)}
              />
              <span>${words.formats[format].name}</span>
            </label>`,
          )}
        </fieldset>
        <div class="share-content">
          <p class="hint share-hint">${words.formats[this.format].hint}</p>
          ${this.format === 'picture' ? this.pictureContent() : this.texts()}
        </div>
      </div>
      <p class="visually-hidden" role="status">${this.copied === null ? '' : words.copied}</p>
      <div class="share-foot">${this.foot()}</div>
    </div>`;
  }

  private foot(): TemplateResult {
    const words = strings.keep;
    if (this.asking) {
      return html`<p class="hint" role="alert">${words.startOverAsk}</p>
        <button type="button" class="quiet" id="start-over-yes" @click=${this.startOver}>${words.startOverYes}</button>
        <button type="button" class="quiet" @click=${this.stay}>${words.startOverNo}</button>`;
    }
    return html`<p class="hint">
        ${words.keptHere}
        <button type="button" class="link" id="start-over" @click=${this.ask}>${words.startOver}</button>
      </p>
      <button type="button" class="link" @click=${() => this.querySelector<HTMLInputElement>('#receipt-file')?.click()}>
        ${words.openReceipt}
      </button>
      <input
        type="file"
        id="receipt-file"
        hidden
        accept=".json,application/json"
        aria-label=${words.openReceipt}
        @change=${this.fileChosen}
      />`;
  }

  // Texts

  private texts(): TemplateResult {
    const files = this.files();
    if (files.length === 0) return this.nothingYet();
    return html`${files.map((file) => this.textFile(file, files.length))}`;
  }

  private files(): TextFile[] {
    const { format, shown } = this;
    const made = this.made.result;
    if (format === 'picture') return [];
    if (format !== 'link' && format !== 'receipt') return filesOf(format, shown);
    const link = format === 'link' ? made?.link : made?.receipt?.link;
    if (link === undefined || this.made.problem) return [];
    return [
      { name: strings.keep.linkName, type: 'text/uri-list', text: addressOf(location.href, link) },
    ];
  }

  private textFile({ name, type, text }: TextFile, count: number): TemplateResult {
    const words = strings.keep;
    const link = this.format === 'link' || this.format === 'receipt';
    const file = this.made.result?.receipt?.file;
    return html`<div class="share-file">
      <div class="share-file-head">
        <p class="field-name">${name} <span class="aside">${words.length(text.length)}</span></p>
        <button
          type="button"
          class=${count === 1 ? 'primary small' : 'quiet'}
          aria-label=${words.copyFile(name)}
          @click=${() => this.copy(name, text)}
        >${this.copied === name ? words.copied : words.copy}</button>
        ${
          link
            ? nothing
            : html`<button
                type="button"
                class="quiet"
                aria-label=${words.saveFile(name)}
                @click=${() => save(name, new Blob([text], { type }))}
              >${words.save}</button>`
        }
        ${
          this.format === 'receipt' && file
            ? html`<button
                type="button"
                class="quiet"
                @click=${() => save(`${stemOf(this.shown.draft)}-receipt.json`, new Blob([file], { type: 'application/json' }))}
              >${words.saveReceipt}</button>`
            : nothing
        }
      </div>
      ${this.denied === name ? html`<p class="hint" role="alert">${words.denied}</p>` : nothing}
      <textarea
        class="mono"
        readonly
        spellcheck="false"
        dir="ltr"
        data-count=${count}
        data-wrap=${link ? 'true' : 'false'}
        data-file=${name}
        aria-label=${words.preview(name)}
        .value=${text}
      ></textarea>
    </div>`;
  }

  /** In the room of a preview, so that nothing moves when it comes. */
  private nothingYet(): TemplateResult {
    const words = strings.keep;
    const { problem, running } = this.made;
    const asked = this.format === 'link' || this.format === 'receipt';
    const sentence =
      asked && problem
        ? crypto.subtle
          ? words.failed(problem.sentence)
          : words.insecure
        : !this.ready && this.format !== 'link'
          ? words.needsAnswer
          : asked || running
            ? words.making
            : words.answering;
    return html`<p class="share-empty">${sentence}</p>`;
  }

  // The picture

  private pictureContent(): TemplateResult {
    const words = strings.keep;
    const file = picture(this.shown, this.theme);
    if (!file) return this.nothingYet();
    const name = `${stemOf(this.shown.draft)}-${this.theme}.png`;
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
        <button type="button" class="primary small" @click=${() => this.savePng(name, file.text)}>
          ${words.savePng}
        </button>
        <button
          type="button"
          class="quiet"
          @click=${() => save(file.name, new Blob([file.text], { type: file.type }))}
        >${words.saveSvg}</button>
      </div>
      ${this.failure === null ? nothing : html`<p class="hint" role="alert">${words.failed(this.failure)}</p>`}
      <div class="share-picture" tabindex="0" role="group" aria-label=${words.pictureOf}>
        <img src=${this.drawUrl(file.text)} alt=${words.pictureOf} width="720" />
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

  private async savePng(name: string, svg: string): Promise<void> {
    this.failure = null;
    try {
      save(name, await png(svg));
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }

  // What the reader does

  private async show(): Promise<void> {
    this.open = true;
    this.make();
    // A dialog gives the focus to what is in it when it opens.
    await this.updateComplete;
    this.querySelector('dialog')?.showModal();
  }

  private close(): void {
    this.querySelector('dialog')?.close();
  }

  private closed(): void {
    this.open = false;
    this.send('lab-make', null);
    this.asking = false;
    this.denied = null;
    this.failure = null;
    this.drawUrl('');
  }

  /** The dialog itself is only hit beside its sheet. */
  private outside(event: Event): void {
    if (event.target === event.currentTarget) this.close();
  }

  private choose(format: Format): void {
    this.format = format;
    this.make();
    this.denied = null;
    this.failure = null;
  }

  /** The link is a part of the HTML, too, and costs nothing; the receipt asks the model. */
  private make(): void {
    this.send('lab-make', { withResult: this.format === 'receipt' });
  }

  private async copy(name: string, text: string): Promise<void> {
    this.denied = null;
    const { result } = this.made;
    const link = this.format === 'receipt' ? result?.receipt?.link : result?.link;
    const isLink = this.format === 'link' || this.format === 'receipt';
    if (isLink && link !== undefined) this.send('lab-address', link);
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      this.denied = name;
      this.querySelector<HTMLTextAreaElement>(
        `textarea[data-file="${CSS.escape(name)}"]`,
      )?.select();
      return;
    }
    this.copied = name;
    clearTimeout(this.copiedTimer);
    this.copiedTimer = window.setTimeout(() => {
      this.copied = null;
    }, copiedMs);
  }

  private fileChosen(event: Event): void {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    // Emptied, so that choosing the same file again is a change again.
    input.value = '';
    if (!file) return;
    this.close();
    this.send('lab-open-receipt', file);
  }

  private async ask(): Promise<void> {
    this.asking = true;
    await this.updateComplete;
    this.querySelector<HTMLElement>('#start-over-yes')?.focus();
  }

  private async stay(): Promise<void> {
    this.asking = false;
    await this.updateComplete;
    this.querySelector<HTMLElement>('#start-over')?.focus();
  }

  private startOver(): void {
    this.close();
    this.send('lab-start-over', null);
  }
}
