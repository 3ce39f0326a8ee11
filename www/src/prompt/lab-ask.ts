import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { KeptTasks, TaskNotice } from '../app/kept-tasks.ts';
import { presetOf } from '../app/own-task.ts';
import type { Problem } from '../app/problem.ts';
import { type Draft, included } from '../app/state.ts';
import { LabElement } from '../elements/lab-element.ts';
import { strings } from '../strings/index.ts';
import { spokenProbability } from '../ui/numbers.ts';
import { share } from '../ui/share.ts';
import type { LabNeed } from './lab-need.ts';
import './lab-need.ts';
import './lab-queries.ts';
import './tasks/lab-task-picker.ts';

/** What a reader changes first: the task, the query, and how many examples stand before it. */
@customElement('lab-ask')
export class LabAsk extends LabElement {
  @property({ attribute: false }) draft!: Draft;
  /** The reader's own tasks, and what has become of the last wish for one. */
  @property({ attribute: false }) tasks!: KeptTasks;
  @property({ attribute: false }) taskNotice: TaskNotice | null = null;
  /** Queries that can be chosen, of which the answers are recorded. */
  @property({ attribute: false }) queries: readonly { query: string }[] = [];
  /** Whether the model would have to be loaded to answer; null where it need not. */
  @property({ attribute: false }) need: LabNeed['need'] = null;
  /** Why lessons and guessing could not be fetched. */
  @property({ attribute: false }) lessonProblem: Problem | null = null;
  /** Whose the measured numbers are, where another model is loaded; null otherwise. */
  @property() measuredWith: string | null = null;
  /** The answer in one word, which the slider says as it moves; null while it is not known. */
  @property({ attribute: false }) answer: { text: string; p: number } | null = null;

  protected override render(): TemplateResult {
    return html`
      <h2 id="ask-heading" class="visually-hidden">${strings.query}</h2>
      <lab-task-picker .draft=${this.draft} .tasks=${this.tasks} .notice=${this.taskNotice}></lab-task-picker>
      <div class="from-task" data-on=${this.draft.text === null ? 'true' : 'false'}>
        ${this.query()}
        ${this.shotsSlider()}
      </div>
      ${this.about()}
    `;
  }

  /** What is known of the preset; nothing of a task of the reader's own. */
  private about(): TemplateResult | typeof nothing {
    const preset = presetOf(this.draft);
    if (!preset) return nothing;
    const { shows, source, isOfDefault } = preset;
    const measuredWith = isOfDefault ? this.measuredWith : null;
    return html`
      <p class="about">
          ${shows}${measuredWith === null ? nothing : html`${strings.words.between}<span class="measured-with">${strings.first.measuredWith(measuredWith)}</span>`}${
            source
              ? html`${strings.words.between}<span class="source"
                  >${strings.source}${strings.words.colon}<a href=${source.url} rel="noreferrer">${source.text}</a>${strings.words.stop}</span
                >`
              : nothing
          }
      </p>
    `;
  }

  private query(): TemplateResult {
    return html`
      <div class="field query">
        <div class="field-head">
          <label class="field-name" for="query">${strings.query}</label>
        </div>
        <textarea
          id="query"
          class="mono"
          rows="1"
          dir="auto"
          spellcheck="false"
          .value=${live(this.draft.query)}
          @input=${(event: InputEvent) => this.edit({ type: 'query', text: textOf(event) })}
          @change=${() => this.edit({ type: 'pause' })}
        ></textarea>
        <lab-queries .name=${strings.otherQueries} .queries=${this.queries} .query=${this.draft.query}></lab-queries>
        <lab-need .need=${this.need}></lab-need>
        ${this.entries()}
      </div>
    `;
  }

  /** The ways to a lesson. They stand at the end of the line above the query, after it in the order of the Tab key. */
  private entries(): TemplateResult {
    const { entries } = strings;
    const entry = (wish: 'guess' | 'tour' | 'library', text: string) =>
      html`<button type="button" class="link" @click=${() => this.send('lab-lesson', { do: wish })}>${text}</button>`;
    const { lessonProblem: problem } = this;
    return html`<div class="entries">${entry('guess', entries.guess)} ${entry('tour', entries.tour)} ${entry('library', entries.lessons)}</div>
      ${problem ? html`<p class="sentence" role="alert">${problem.sentence}</p>` : nothing}`;
  }

  private shotsSlider(): TemplateResult {
    const { shots, task } = this.draft;
    const all = included(task.demonstrations).length;
    return html`
      <div class="shots">
        <label class="field-name" for="shots">${strings.shots}</label>
        <input
          id="shots"
          type="range"
          min="0"
          max=${all}
          step="1"
          aria-valuetext=${this.spokenShots()}
          ${share(all > 0 ? shots / all : 0)}
          .value=${live(String(shots))}
          @input=${(event: InputEvent) => this.edit({ type: 'shots', shots: Number(textOf(event)) })}
          @change=${() => this.edit({ type: 'pause' })}
        />
        <output for="shots" class="shots-name">${strings.shotsName(shots)}</output>
      </div>
    `;
  }

  private spokenShots(): string {
    const name = strings.shotsName(this.draft.shots);
    const { answer } = this;
    return answer ? strings.shotsAnswer(name, answer.text, spokenProbability(answer.p)) : name;
  }
}

function textOf(event: Event): string {
  return (event.target as HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement).value;
}
