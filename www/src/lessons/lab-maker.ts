import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { LessonStep, Making } from '../app/lesson.ts';
import { askedOf } from '../app/prompt.ts';
import { LabElement } from '../elements/lab-element.ts';
import { strings } from '../strings/index.ts';
import { lessonWords } from '../strings/lesson-words.ts';
import { icon } from '../ui/icons.ts';

/** As many as the format allows. */
const mostSteps = 50;

/** The bar below the page while the reader makes a lesson: the steps so far, and a button that adds what is shown. */
@customElement('lab-maker')
export class LabMaker extends LabElement {
  @property({ attribute: false }) making!: Making;

  /** After the library, which gives the focus back when it closes. */
  protected override firstUpdated(): void {
    setTimeout(() => this.querySelector<HTMLElement>('.maker-add')?.focus({ preventScroll: true }));
  }

  protected override render(): TemplateResult {
    const words = lessonWords();
    const { lesson, link } = this.making;
    const { steps, title } = lesson;
    const isFull = steps.length >= mostSteps;
    return html`<section class="lesson-bar maker" aria-label=${words.making}>
      <div class="lesson-head">
        <p class="lesson-title">${words.making}</p>
        <p class="lesson-count">${words.steps(steps.length)}</p>
        <div class="lesson-tools">
          <button type="button" class="icon" aria-label=${words.close} title=${words.close} @click=${() => this.send('lab-lesson', { do: 'close' })}>${icon('remove')}</button>
        </div>
      </div>
      <p class="hint">${isFull ? words.full(mostSteps) : words.makingLead}</p>
      <label class="field inline">
        <span class="field-name">${words.title}</span>
        <input
          type="text"
          maxlength="200"
          placeholder=${words.untitled}
          .value=${live(title)}
          @input=${(event: InputEvent) => this.send('lab-lesson', { do: 'title', text: textOf(event) })}
        />
      </label>
      <ol class="maker-steps">${steps.map((step, at) => this.step(step, at))}</ol>
      <div class="lesson-foot lesson-nav">
        <button type="button" class="primary small maker-add" ?disabled=${isFull} @click=${() => this.send('lab-lesson', { do: 'add' })}>${words.add}</button>
        ${steps.length === 0 ? nothing : this.ways()}
      </div>
      ${
        link === null
          ? nothing
          : html`<input type="text" class="mono maker-link" readonly aria-label=${words.link} .value=${link} @focus=${select} />`
      }
    </section>`;
  }

  private ways(): TemplateResult {
    const words = lessonWords();
    const way = (wish: 'try' | 'save' | 'link' | 'drop', text: string) =>
      html`<button type="button" class=${wish === 'drop' ? 'link' : 'quiet'} @click=${() => this.send('lab-lesson', { do: wish })}>${text}</button>`;
    return html`${way('try', words.tryIt)} ${way('save', words.saveFile)} ${way('link', words.makeLink)} ${way('drop', words.drop)}`;
  }

  private step({ draft, caption, question }: LessonStep, at: number): TemplateResult {
    const words = lessonWords();
    const { query, shots } = askedOf(draft);
    const last = this.making.lesson.steps.length - 1;
    return html`<li>
      <p class="maker-state mono" dir="auto">${strings.shotsName(shots)}${strings.words.comma}${query}</p>
      <div class="maker-order">
        <button type="button" class="icon" aria-label=${words.up(at + 1)} aria-disabled=${at === 0} @click=${() => this.move(at, -1)}>${icon('up')}</button>
        <button type="button" class="icon" aria-label=${words.down(at + 1)} aria-disabled=${at === last} @click=${() => this.move(at, 1)}>${icon('down')}</button>
        <button type="button" class="icon" aria-label=${words.remove(at + 1)} @click=${() => this.send('lab-lesson', { do: 'remove', at })}>${icon('remove')}</button>
      </div>
      <textarea
        rows="1"
        maxlength="2000"
        aria-label=${words.caption(at + 1)}
        placeholder=${words.caption(at + 1)}
        .value=${live(caption)}
        @input=${(event: InputEvent) => this.send('lab-lesson', { do: 'say', at, caption: textOf(event) })}
      ></textarea>
      <input
        type="text"
        maxlength="2000"
        aria-label=${words.askFirst(at + 1)}
        placeholder=${words.askShort}
        .value=${live(question)}
        @input=${(event: InputEvent) => this.send('lab-lesson', { do: 'ask', at, question: textOf(event) })}
      />
    </li>`;
  }

  private move(at: number, by: 1 | -1): void {
    const to = at + by;
    if (to < 0 || to >= this.making.lesson.steps.length) return;
    this.send('lab-lesson', { do: 'move', at, by });
  }
}

function textOf(event: Event): string {
  return (event.target as HTMLInputElement | HTMLTextAreaElement).value;
}

function select(event: Event): void {
  (event.target as HTMLInputElement).select();
}
