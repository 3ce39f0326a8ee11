import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Playing } from '../app/lesson.ts';
import { LabElement } from '../elements/lab-element.ts';
import { strings } from '../strings/index.ts';
import { lessonWords } from '../strings/lesson-words.ts';
import { icon } from '../ui/icons.ts';
import './lab-chance.ts';

/** The bar below the page while a lesson is played: what is said of the step, and the way to the next one. */
@customElement('lab-player')
export class LabPlayer extends LabElement {
  @property({ attribute: false }) playing!: Playing;
  /** Whose the numbers in the captions are, where another model is loaded; null otherwise. */
  @property() measuredWith: string | null = null;

  /** The dialog that the lesson was chosen in gives the focus back when it closes, so the bar takes it after that. */
  protected override firstUpdated(): void {
    setTimeout(() => this.focusOn('.lesson-caption'));
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get('playing');
    // The button that was pressed is gone with the question.
    if (
      before &&
      !before.isRevealed &&
      this.playing.isRevealed &&
      before.step === this.playing.step
    ) {
      this.focusOn('.lesson-next');
    }
  }

  protected override render(): TemplateResult {
    const words = lessonWords();
    const { lesson, step, kind, isRevealed, guess } = this.playing;
    const shown = lesson.steps[step];
    const isTour = kind === 'tour';
    return html`<section class="lesson-bar" aria-label=${lesson.title} @keydown=${this.keys}>
      <div class="lesson-head">
        <p class="lesson-title" dir="auto">${lesson.title}</p>
        <p class="lesson-count">${words.step(step + 1, lesson.steps.length)}</p>
        <div class="lesson-tools">
          ${
            isTour
              ? nothing
              : html`<button type="button" class="link" @click=${() => this.send('lab-lesson', { do: 'present', on: true })}>${words.present}</button>
                  <button type="button" class="link" @click=${() => window.print()}>${words.print}</button>`
          }
          <button
            type="button"
            class="icon"
            aria-label=${isTour ? words.leaveTour : words.leave}
            title=${isTour ? words.leaveTour : words.leave}
            @click=${() => this.send('lab-lesson', { do: 'leave' })}
          >${icon('remove')}</button>
        </div>
      </div>
      <div class="lesson-text" aria-live="polite">
        ${shown?.question ? html`<p class="lesson-question" dir="auto">${shown.question}</p>` : nothing}
        <p class="lesson-caption" tabindex="-1" dir="auto">${
          isRevealed
            ? html`${guess === null ? nothing : html`<span class="lesson-guess">${words.yourGuess(Math.round(guess * 100))}</span> `}${shown?.caption}`
            : nothing
        }</p>
        ${this.measuredWith === null ? nothing : html`<p class="hint">${strings.first.measuredWith(this.measuredWith)}</p>`}
      </div>
      <div class="lesson-foot">
        ${isRevealed ? nothing : html`<lab-chance .question=${`${step} ${shown?.question}`}></lab-chance>`}
        <div class="lesson-nav">
          <button type="button" class="quiet" ?disabled=${step === 0} @click=${() => this.go(-1)}>${words.back}</button>
          <button type="button" class="${isRevealed ? 'primary small' : 'quiet'} lesson-next" @click=${() => this.go(1)}>${
            step === lesson.steps.length - 1 ? words.finish : words.next
          }</button>
        </div>
      </div>
    </section>`;
  }

  private go(by: 1 | -1): void {
    const { step, lesson } = this.playing;
    const to = step + by;
    if (to >= lesson.steps.length) this.send('lab-lesson', { do: 'leave' });
    else if (to >= 0) this.send('lab-lesson', { do: 'step', to });
  }

  /** Arrows walk the steps, except where they move the slider. They do not end the lesson. */
  private readonly keys = (event: KeyboardEvent): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey)
      return;
    if (event.target instanceof HTMLInputElement) return;
    const to = this.playing.step + by;
    if (to < 0 || to >= this.playing.lesson.steps.length) return;
    event.preventDefault();
    this.send('lab-lesson', { do: 'step', to });
  };

  private focusOn(selector: string): void {
    this.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true });
  }
}
