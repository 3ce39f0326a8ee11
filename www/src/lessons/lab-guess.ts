import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Guessing, GuessQuestion } from '../app/lesson.ts';
import { LabElement } from '../elements/lab-element.ts';
import { strings } from '../strings/index.ts';
import { lessonWords } from '../strings/lesson-words.ts';
import { cite } from '../ui/cite.ts';
import { icon } from '../ui/icons.ts';
import { formatProbability } from '../ui/numbers.ts';
import { brierScore, costOf } from './brier.ts';
import './lab-chance.ts';

const even = 0.5;

/** The bar below the page while the reader guesses what the model will answer. */
@customElement('lab-guess')
export class LabGuess extends LabElement {
  @property({ attribute: false }) guessing!: Guessing;
  /** Whose the answers are that are guessed, where another model is loaded; null otherwise. */
  @property() measuredWith: string | null = null;
  @state() private copied: 'yes' | 'no' | 'denied' = 'no';

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('guessing'))
      this.querySelector<HTMLElement>('[data-first]')?.focus({ preventScroll: true });
  }

  protected override render(): TemplateResult {
    const words = lessonWords();
    const { round } = this.guessing;
    const asked = round?.questions[round.at];
    return html`<section class="lesson-bar" aria-label=${words.guess}>
      <div class="lesson-head">
        <p class="lesson-title">${words.guess}</p>
        <p class="lesson-count">${round && asked ? words.question(round.at + 1, round.questions.length) : ''}</p>
        <div class="lesson-tools">
          <button
            type="button"
            class="icon"
            aria-label=${words.leave}
            title=${words.leave}
            @click=${() => this.send('lab-lesson', { do: 'leave' })}
          >${icon('remove')}</button>
        </div>
      </div>
      ${this.measuredWith === null ? nothing : html`<p class="hint">${strings.first.measuredWith(this.measuredWith)}</p>`}
      ${round ? (asked ? this.question(round, asked) : this.result(round)) : this.choice()}
    </section>`;
  }

  private choice(): TemplateResult {
    const words = lessonWords();
    const { task, choices, isFallback } = this.guessing;
    return html`<p class="lesson-caption">${isFallback ? html`${words.guessFallback(task)} ` : nothing}${words.guessLead(task)}</p>
      <div class="lesson-foot">
        <div class="chance-buttons">
          ${choices.map(
            (shots) => html`<button
              type="button"
              class=${shots === 1 ? 'primary small' : 'quiet'}
              ?data-first=${shots === 1}
              aria-label=${words.begin(shots)}
              @click=${() => this.send('lab-lesson', { do: 'round', shots })}
            >${words.shots(shots)}</button>`,
          )}
        </div>
      </div>`;
  }

  private question({ at, guesses, questions }: Round, asked: GuessQuestion): TemplateResult {
    const words = lessonWords();
    const { query, answer, shots, p, word, isFirst } = asked;
    const guess = guesses[at];
    return html`<div class="lesson-text" aria-live="polite">
        <p class="lesson-question" tabindex="-1" ?data-first=${guess === undefined} dir="auto">${words.ask(shots, query, answer)}</p>
        ${
          guess === undefined
            ? nothing
            : html`<p class="lesson-caption" dir="auto">${words.outcome(isFirst, answer, formatProbability(p), word)}
                ${words.cost(percent(guess), score(costOf(guess, isFirst)))}</p>`
        }
      </div>
      <div class="lesson-foot">
        ${
          guess === undefined
            ? html`<lab-chance .question=${`${at} ${query} ${shots}`}></lab-chance>`
            : html`<div class="lesson-nav"><button
                type="button"
                class="primary small"
                data-first
                @click=${() => this.send('lab-lesson', { do: 'next' })}
              >${at === questions.length - 1 ? words.done : words.next}</button></div>`
        }
      </div>`;
  }

  private result({ guesses, questions, shots }: Round): TemplateResult {
    const words = lessonWords();
    const outcomes = questions.map(({ isFirst }) => isFirst);
    const mine = brierScore(guesses, outcomes);
    const evens = brierScore(
      guesses.map(() => even),
      outcomes,
    );
    const { task, address } = this.guessing;
    const about = `${task}${'\u00a0·\u00a0'}${words.shots(shots)}`;
    const card = words.card(score(mine), score(evens), questions.length, about, address);
    return html`<div class="guess-result">
        <p class="guess-score" tabindex="-1" data-first>${words.brier(score(mine))}</p>
        <p class="guess-even">${words.even(score(evens))}</p>
        <p class="lesson-caption">${words.verdict(mine, evens)}</p>
        <p class="hint">${words.formula}${strings.words.between}${cite('brier')}${strings.words.stop}</p>
        <textarea class="guess-card" readonly rows="2" aria-label=${words.copyCard} .value=${card}></textarea>
        ${this.copied === 'denied' ? html`<p class="hint" role="alert">${words.denied}</p>` : nothing}
      </div>
      <div class="lesson-foot lesson-nav">
        <button type="button" class="quiet" @click=${() => this.copy(card)}>${this.copied === 'yes' ? words.copied : words.copyCard}</button>
        <button type="button" class="primary small" @click=${this.again}>${words.again}</button>
      </div>`;
  }

  private readonly again = (): void => {
    this.copied = 'no';
    this.send('lab-lesson', { do: 'guess' });
  };

  private async copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.copied = 'yes';
    } catch {
      this.copied = 'denied';
      this.querySelector<HTMLTextAreaElement>('.guess-card')?.select();
    }
  }
}

type Round = NonNullable<Guessing['round']>;

function percent(p: number): string {
  return `${Math.round(p * 100)}%`;
}

function score(value: number): string {
  return value.toFixed(2);
}
