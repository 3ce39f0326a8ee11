import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { JobState } from '../app/job.ts';
import { stemOf } from '../app/own-task.ts';
import { problemOf } from '../app/problem.ts';
import { LabElement } from '../elements/lab-element.ts';
import type { Theme } from '../figure/svg/ink.ts';
import { strings } from '../strings/index.ts';
import { icon } from '../ui/icons.ts';
import { save } from '../ui/save.ts';
import { chunk } from '../util/chunk.ts';
import { type Format, filesOf, formats } from './formats/index.ts';
import { addressOf } from './link.ts';
import type { Made } from './made.ts';
import { presetLink } from './preset-link.ts';
import { isAbout } from './sent.ts';
import type { Shown, TextFile } from './shown.ts';

const picturesChunk = chunk(() => import('./pictures/index.ts'));

const copiedMs = 1500;
/** A link that fits in two lines. */
const shortLink = 120;

/** A button, and behind it all the forms in which the page's state and its answer can be taken along. */
@customElement('lab-share')
export class LabShare extends LabElement {
  @property({ attribute: false }) shown!: Shown;
  @property({ attribute: false }) made!: JobState<Made>;
  /** Whether there is a model, whose answer may still be on its way. */
  @property({ type: Boolean }) ready = false;
  @state() private open = false;
  @state() private format: Format = 'link';
  /** Name of the file that was copied just now, and of the one whose copying the browser denied. */
  @state() private copied: string | null = null;
  @state() private denied: string | null = null;
  @state() private asking = false;
  @state() private failure: string | null = null;
  /** What draws pictures, once it has been asked for. */
  @state() private drawing: Awaited<ReturnType<typeof picturesChunk>> | null = null;
  private copiedTimer = 0;

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
    const isLink = this.format === 'link' || this.format === 'receipt';
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
          ${isLink && this.made.result?.isPinnedLeftOut ? html`<p class="hint" role="status">${words.pinnedTooLong}</p>` : nothing}
          ${this.content()}
        </div>
      </div>
      <p class="visually-hidden" role="status">${this.copied === null ? '' : words.copied}</p>
      <div class="share-foot">${this.foot()}</div>
    </div>`;
  }

  private content(): TemplateResult {
    switch (this.format) {
      case 'picture':
        return this.pictureContent();
      case 'card':
        return this.cardContent();
      default:
        return this.texts();
    }
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
    if (format === 'picture' || format === 'card') return [];
    if (format !== 'link' && format !== 'receipt') return filesOf(format, shown);
    const link = format === 'link' ? made?.link : made?.receipt?.link;
    if (link === undefined || this.made.problem) return [];
    const file = (name: string, text: string): TextFile => ({ name, type: 'text/uri-list', text });
    const whole = file(strings.keep.linkName, addressOf(location.href, link));
    const preset = format === 'link' ? presetLink(shown.draft) : null;
    if (preset === null) return [whole];
    return [whole, file(strings.keep.presetLinkName, addressOf(location.href, '', preset))];
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
          class=${count === 1 || name === words.linkName ? 'primary small' : 'quiet'}
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
        data-short=${text.length < shortLink ? 'true' : 'false'}
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

  // Pictures

  private pictureContent(): TemplateResult {
    const { shown, drawing } = this;
    if (!drawing) return this.notDrawn();
    if (!drawing.picture(shown, 'light')) return this.nothingYet();
    return html`<lab-share-picture
      .draw=${(theme: Theme) => drawing.picture(shown, theme)?.text ?? null}
      .stem=${stemOf(shown.draft)}
      .about=${strings.keep.pictureOf}
    ></lab-share-picture>`;
  }

  private cardContent(): TemplateResult {
    const { drawing } = this;
    if (!drawing) return this.notDrawn();
    const { draft, prompt } = this.shown;
    const sent = this.made.result?.sent;
    const { host, pathname } = location;
    const search = presetLink(draft);
    const address = `${host}${pathname}${search === null ? '' : `?${search}`}`;
    const ladder = sent && isAbout(sent, prompt) ? sent.ladder : null;
    const facts = ladder && { draft, ladder, model: sent?.model.name ?? '', address };
    if (!facts || !drawing.card(facts, 'light')) {
      return html`<p class="share-empty">${strings.keep.needsLadder}</p>`;
    }
    return html`<lab-share-picture
      .draw=${(theme: Theme) => drawing.card(facts, theme)}
      .stem=${`${stemOf(draft)}-card`}
      .about=${strings.keep.cardOf}
      .scale=${1}
    ></lab-share-picture>`;
  }

  /** What draws pictures is on its way, or could not be fetched. */
  private notDrawn(): TemplateResult {
    const { failure } = this;
    return failure === null
      ? html`<p class="share-empty">${strings.keep.making}</p>`
      : html`<p class="hint" role="alert">${failure}</p>`;
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
    if (format === 'picture' || format === 'card') void this.prepare();
  }

  private async prepare(): Promise<void> {
    try {
      this.drawing = await picturesChunk();
    } catch (error) {
      this.failure = problemOf(error)?.sentence ?? null;
    }
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
    if (isLink && link !== undefined && name === strings.keep.linkName)
      this.send('lab-address', link);
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
