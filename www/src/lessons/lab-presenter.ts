import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { Playing } from '../app/lesson.ts';
import { type Draft, included } from '../app/state.ts';
import { LabElement } from '../elements/lab-element.ts';
import { strings } from '../strings/index.ts';
import { lessonWords } from '../strings/lesson-words.ts';
import { formatProbability } from '../ui/numbers.ts';
import { share } from '../ui/share.ts';
import './lab-chance.ts';
import './presenter.css';

/** A step of a lesson for a whole room: the answer, its probability and the number of examples, as large as they go. */
@customElement('lab-presenter')
export class LabPresenter extends LabElement {
  @property({ attribute: false }) playing!: Playing;
  @property({ attribute: false }) draft!: Draft;
  /** Null while it is not known, or is to be guessed. */
  @property({ attribute: false }) headline: { text: string; p: number } | null = null;
  @query('dialog') private readonly dialog!: HTMLDialogElement;

  protected override firstUpdated(): void {
    this.dialog.showModal();
    this.dialog.focus();
  }

  protected override render(): TemplateResult {
    const words = lessonWords();
    const { lesson, step, isRevealed } = this.playing;
    const shown = lesson.steps[step];
    const { headline } = this;
    const { shots, task, query } = this.draft;
    const all = included(task.demonstrations).length;
    return html`<dialog
      class="presenter"
      tabindex="-1"
      aria-label=${words.presenter}
      @close=${() => this.send('lab-lesson', { do: 'present', on: false })}
      @keydown=${this.keys}
    >
      <header class="presenter-head">
        <p dir="auto">${lesson.title}</p>
        <p>${words.step(step + 1, lesson.steps.length)}</p>
        <button type="button" class="quiet" @click=${() => this.dialog.close()}>${words.leavePresenter} <kbd>${words.leaveKey}</kbd></button>
      </header>
      <p class="presenter-query mono" dir="auto">${query}</p>
      <dl class="presenter-numbers">
        <div><dt>${words.word}</dt><dd class="presenter-word" dir="auto">${headline?.text ?? '?'}</dd></div>
        <div><dt>${words.probability}</dt><dd>${headline ? formatProbability(headline.p) : '?'}</dd></div>
        <div><dt>${words.examples}</dt><dd>${shots}</dd></div>
      </dl>
      <label class="presenter-slider">
        <span class="visually-hidden">${strings.shots}</span>
        <input
          type="range"
          min="0"
          max=${all}
          step="1"
          aria-valuetext=${strings.shotsName(shots)}
          ${share(all > 0 ? shots / all : 0)}
          .value=${live(String(shots))}
          @input=${(event: InputEvent) => this.edit({ type: 'shots', shots: Number((event.target as HTMLInputElement).value) })}
        />
      </label>
      <div class="presenter-caption" aria-live="polite">
        ${isRevealed ? html`<p dir="auto">${shown?.caption}</p>` : html`<p dir="auto">${shown?.question}</p>`}
      </div>
      <footer class="presenter-foot">
        ${isRevealed ? nothing : html`<lab-chance .question=${`${step} ${shown?.question}`}></lab-chance>`}
        <div class="lesson-nav">
          <button type="button" class="quiet" ?disabled=${step === 0} @click=${() => this.go(-1)}>${words.back}</button>
          <button type="button" class="primary small" ?disabled=${step === lesson.steps.length - 1} @click=${() => this.go(1)}>${words.next}</button>
        </div>
      </footer>
    </dialog>`;
  }

  private go(by: 1 | -1): void {
    const to = this.playing.step + by;
    if (to >= 0 && to < this.playing.lesson.steps.length)
      this.send('lab-lesson', { do: 'step', to });
  }

  /** The keys of a clicker, too. */
  private readonly keys = (event: KeyboardEvent): void => {
    const by = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
    if (by === undefined || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    this.go(by as 1 | -1);
  };
}
