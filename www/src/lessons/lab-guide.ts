import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { type GuideView, hidesAnswer, type Target } from '../app/lesson.ts';
import type { Draft } from '../app/state.ts';
import { LabElement } from '../elements/lab-element.ts';
import { strings } from '../strings/index.ts';
import './lab-guess.ts';
import './lab-library.ts';
import './lab-maker.ts';
import './lab-player.ts';
import './lab-presenter.ts';
import './lessons.css';
import './library.css';
import './worksheet.css';
import { worksheet } from './worksheet.ts';

/** Where the parts are that a step can point at; the outlines in the style sheet are theirs. */
const places: Record<Target, string> = {
  task: '.preset',
  query: '.query',
  queries: '.queries',
  shots: '.shots',
  answer: '.headline',
  ladder: 'lab-ladder',
  prompt: '.panel.exact',
  examples: '.prompt-panel',
  why: '.why-panel',
};

/** What is drawn of lessons: a bar below the page, a dialog, and what a printer gets. */
@customElement('lab-guide')
export class LabGuide extends LabElement {
  @property({ attribute: false }) view: GuideView | null = null;
  @property({ attribute: false }) draft!: Draft;
  /** The answer in one word; null while it is not known, or is for the reader to guess. */
  @property({ attribute: false }) headline: { text: string; p: number } | null = null;
  /** The step that was scrolled to. */
  private seen = '';

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('keydown', this.escape);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.escape);
    this.mark(null);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('view')) this.mark(this.view);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { view } = this;
    if (!view) return nothing;
    const { playing, guessing, making, isLibraryOpen, isMade, measuredWith, problem } = view;
    return html`
      ${problem ? html`<p class="lesson-problem sentence" role="alert">${problem()} <button type="button" class="link" @click=${() => this.send('lab-lesson', { do: 'dismiss' })}>${strings.keep.dismiss}</button></p>` : nothing}
      ${playing ? html`<lab-player .playing=${playing} .measuredWith=${measuredWith}></lab-player>` : nothing}
      ${guessing ? html`<lab-guess .guessing=${guessing} .measuredWith=${measuredWith}></lab-guess>` : nothing}
      ${making && !playing && !guessing ? html`<lab-maker .making=${making}></lab-maker>` : nothing}
      <lab-library .isOpen=${isLibraryOpen} .isMade=${isMade}></lab-library>
      ${
        playing?.isPresented
          ? html`<lab-presenter .playing=${playing} .draft=${this.draft} .headline=${this.headline}></lab-presenter>`
          : nothing
      }
      ${playing?.kind === 'lesson' ? worksheet(playing) : nothing}
    `;
  }

  /** Tells the style sheet what to outline and what to hide, and brings what is spoken of into view. */
  private mark(view: GuideView | null): void {
    const { dataset } = document.documentElement;
    const playing = view?.playing ?? null;
    const target = playing?.lesson.steps[playing.step]?.target ?? null;
    set(dataset, 'lessonTarget', target);
    set(dataset, 'lessonHides', view && hidesAnswer(view) ? 'answer' : null);
    const isOpen = playing !== null || view?.guessing != null || view?.making != null;
    if (!isOpen && dataset.lesson === 'open') giveFocusBack();
    set(dataset, 'lesson', isOpen ? 'open' : null);
    set(dataset, 'lessonSheet', playing?.kind === 'lesson' ? 'print' : null);
    const seen = playing ? `${playing.lesson.title} ${playing.step}` : '';
    if (seen === this.seen) return;
    this.seen = seen;
    if (target) void this.bringIntoView(target);
  }

  /** After the panels have drawn the state of the step. */
  private async bringIntoView(target: Target): Promise<void> {
    await new Promise(requestAnimationFrame);
    document.querySelector(places[target])?.scrollIntoView({ block: 'nearest' });
  }

  /** Leaves the tour, unless the key is meant for something that is open above it. */
  private readonly escape = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    if (document.querySelector('dialog[open], [role="menu"]')) return;
    const isInBar = event.target instanceof Element && this.contains(event.target);
    const { playing, guessing } = this.view ?? {};
    if (!playing && !guessing) return;
    if (playing?.kind === 'tour' || isInBar) this.send('lab-lesson', { do: 'leave' });
  };
}

/** To the way to the lessons, where the focus was lost with the bar. */
function giveFocusBack(): void {
  if (document.activeElement !== document.body) return;
  document.querySelector<HTMLElement>('.entries button')?.focus({ preventScroll: true });
}

function set(dataset: DOMStringMap, name: string, value: string | null): void {
  if (value === null) delete dataset[name];
  else dataset[name] = value;
}
