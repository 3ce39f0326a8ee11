import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { shippedIds } from '../app/lesson.ts';
import { LabElement } from '../elements/lab-element.ts';
import { lessonWords } from '../strings/lesson-words.ts';
import { icon } from '../ui/icons.ts';

/** A dialog with the lessons there are, and the ways to bring another one. */
@customElement('lab-library')
export class LabLibrary extends LabElement {
  @property({ type: Boolean }) isOpen = false;
  /** Whether the reader has begun to make a lesson. */
  @property({ type: Boolean }) isMade = false;
  @query('dialog') private readonly dialog!: HTMLDialogElement;

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('isOpen')) return;
    if (this.isOpen) this.dialog.showModal();
    else this.dialog.close();
  }

  protected override render(): TemplateResult {
    return html`<dialog
      class="library"
      aria-labelledby="library-heading"
      @close=${this.closed}
      @click=${this.outside}
    >${this.isOpen ? this.sheet() : nothing}</dialog>`;
  }

  private sheet(): TemplateResult {
    const words = lessonWords();
    return html`<div class="library-sheet">
      <div class="panel-head">
        <h2 id="library-heading">${words.library}</h2>
        <button type="button" class="icon" aria-label=${words.close} @click=${() => this.dialog.close()}>${icon('remove')}</button>
      </div>
      <p class="hint">${words.libraryLead}</p>
      <ul class="library-list">
        ${shippedIds.map((id) => {
          const { title, about, steps } = words.shipped[id];
          return html`<li>
            <div>
              <h3>${title} <span class="aside">${words.steps(steps.length)}</span></h3>
              <p>${about}</p>
            </div>
            <button
              type="button"
              class="quiet"
              aria-label=${words.playName(title)}
              @click=${() => this.send('lab-lesson', { do: 'play', id })}
            >${words.play}</button>
          </li>`;
        })}
      </ul>
      <div class="library-foot">
        <button type="button" class="link" @click=${() => this.querySelector<HTMLInputElement>('#lesson-file')?.click()}>${words.openFile}</button>
        <button type="button" class="link" @click=${() => this.send('lab-lesson', { do: 'make' })}>${this.isMade ? words.goOn : words.make}</button>
        <input
          type="file"
          id="lesson-file"
          hidden
          accept=".json,application/json"
          aria-label=${words.openFile}
          @change=${this.fileChosen}
        />
      </div>
    </div>`;
  }

  private fileChosen(event: Event): void {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    // Emptied, so that choosing the same file again is a change again.
    input.value = '';
    if (file) this.send('lab-lesson', { do: 'open', file });
  }

  /** It was closed by its button or by the Escape key; where the lab has closed it, there is nothing to tell. */
  private closed(): void {
    if (this.isOpen) this.send('lab-lesson', { do: 'close' });
  }

  /** The dialog itself is only hit beside its sheet. */
  private outside(event: Event): void {
    if (event.target === event.currentTarget) this.dialog.close();
  }
}
