import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { Demonstration, ModelInfo, Prediction } from 'shotglass';
import type { ChatTemplate } from '../app/chat.ts';
import type { JobState } from '../app/job.ts';
import { Pace } from '../app/pace.ts';
import { askedOf } from '../app/prompt.ts';
import { RateMeter } from '../app/rate.ts';
import { comparisons, type Settings } from '../app/settings.ts';
import type { Draft } from '../app/state.ts';
import { LabElement } from '../elements/lab-element.ts';
import { presetById } from '../presets/index.ts';
import { strings } from '../strings/index.ts';
import { formatEstimate, formatTimeLeft } from '../ui/numbers.ts';
import { save } from '../ui/save.ts';
import { tabKeys } from '../ui/tabs.ts';
import { formatCount } from '../util/numerals.ts';
import { costOf, offeredShots } from './evaluate/evaluation.ts';
import { drawChoices } from './evaluate/why-choices.ts';
import { drawPaper } from './evaluate/why-paper.ts';
import { experimentOf, experiments } from './experiments.ts';
import type { Draws, Experiment, ExperimentId, Figure, Question } from './figure.ts';
import { isFreeText, type Known, keyOf, knownAnswer, labelsOf } from './question.ts';
import { type RowEffects, rowEffects, tableOrder } from './shown.ts';
import { drawFigure, filesOf, findingOf } from './why-figure.ts';
import './evaluate/lab-rows.ts';

declare module '../elements/lab-element.ts' {
  interface LabEvents {
    'lab-why': { experiment: Experiment; question: Question; of: string };
    'lab-effects': RowEffects;
  }
}

/** Over how long the pace of an experiment is measured; a row of many shots may take seconds. */
const paceMs = 20_000;

/** Experiments on the prompt: a tab, a sentence, a picture and a citation each. */
@customElement('lab-why')
export class LabWhy extends LabElement {
  @property({ attribute: false }) draft!: Draft;
  /** The chat template of the model, where the prompt is a conversation. */
  @property({ attribute: false }) chat: ChatTemplate | null = null;
  @property({ attribute: false }) settings!: Settings;
  @property({ attribute: false }) why!: JobState<Figure>;
  @property({ attribute: false }) info: ModelInfo | null = null;
  /** What was answered last: its pace says how long an evaluation will take. */
  @property({ attribute: false }) prediction: Prediction | null = null;
  @state() private rows: readonly Demonstration[] = [];
  @state() private shots: readonly number[] = [0, 1, 2, 4, 8];
  @state() private draws: Draws = { seeds: 1, orders: 1 };
  @state() private closer: string | null = null;
  /** The answer that the reader gave, and what to. */
  @state() private given: { preset: string; query: string; answer: string } | null = null;
  /** What each experiment found last: a tab that was left is as it was. */
  private readonly kept = new Map<ExperimentId, JobState<Figure>>();
  private current: ExperimentId | null = null;
  private meter = new RateMeter(paceMs);
  private pace = new Pace();
  /** Of the evaluation that runs, and of the last one: how many tokens were expected, and what each took. */
  private expected = 0;
  private tokenMs: number | null = null;
  private effects = '';

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('draft');
    if (before && before.preset !== this.draft.preset) {
      // What was found belongs to the task before.
      this.kept.clear();
      this.current = null;
      this.closer = null;
      this.send('lab-why-reset', null);
      return;
    }
    // Another model has another pace.
    if (changed.has('info')) {
      this.pace = new Pace();
      this.tokenMs = null;
    }
    if (this.prediction && changed.has('prediction')) this.pace.add(this.prediction);
    if (!changed.has('why')) return;
    const { why } = this;
    if (why.result === null && !why.running && why.problem === null && !why.stopped) {
      this.kept.clear();
      this.current = null;
    }
    if (this.current === null) return;
    const isOwn = why.result?.experiment === this.current;
    this.kept.set(this.current, isOwn ? why : { ...why, of: null, result: null });
    const { result } = why;
    if (result?.experiment === 'evaluate' && !why.running && !why.stopped && !why.problem) {
      if (this.expected > 0) this.tokenMs = result.evaluation.durationMs / this.expected;
    }
    if (why.progress) this.meter.add(why.progress.done, performance.now());
  }

  protected override updated(): void {
    this.tellEffects();
  }

  private get experiment(): Experiment {
    return experimentOf(this.settings.experiment);
  }

  protected override render(): TemplateResult {
    const { experiment } = this;
    const question = this.question();
    const tab = isTab(experiment) ? experiment : experimentOf('influence');
    const words = strings.why.experiments[experiment.id];
    return html`
      <div class="panel-head">
        <h2 id="why-heading">${strings.why.heading}</h2>
      </div>
      <p class="hint">${strings.why.lede}</p>
      <div class="tabs why-tabs" role="tablist" aria-label=${strings.why.tabs} @keydown=${tabKeys}>
        ${experiments.filter(isTab).map(
          (one) => html`<button
            type="button"
            role="tab"
            id="why-tab-${one.id}"
            aria-controls="why-tabpanel"
            aria-selected=${one === tab ? 'true' : 'false'}
            tabindex=${one === tab ? 0 : -1}
            @click=${() => this.send('lab-set', { experiment: one.id })}
          >${strings.why.experiments[one.id].name}</button>`,
        )}
      </div>
      <div class="why-body" role="tabpanel" id="why-tabpanel" aria-labelledby="why-tab-${tab.id}">
        <div>
          <p class="why-idea">${words.idea}</p>
          <p class="hint why-source">
            <a href=${experiment.source.url} rel="noreferrer">${experiment.source.text}</a>${this.manner(question)}
          </p>
        </div>
        ${tab.id === 'influence' ? this.scopeField() : nothing}
        <lab-rows
          ?hidden=${!experiment.needsRows}
          .own=${this.known.rows ?? none}
          @rows-change=${(event: CustomEvent<readonly Demonstration[]>) => {
            this.rows = event.detail;
          }}
        ></lab-rows>
        ${experiment.needsRows ? this.choices(question) : this.answerField(question)}
        ${this.controls(question)} ${this.outcome(question)}
        ${experiment.needsRows ? drawPaper(this.draft.preset, this.evaluation()) : nothing}
      </div>
    `;
  }

  /** By which rule scores are compared, and with what, where that matters. */
  private manner({ isFree }: Question): string {
    if (isFree) return '';
    const { rule, comparison } = this.settings;
    const own = this.experiment.id === 'calibrate' ? 'nothing' : comparison;
    return ` · ${strings.why.settings(strings.why.rules[rule], strings.why.comparisons[own])}`;
  }

  private get known(): Known {
    return presetById(this.draft.preset);
  }

  private question(): Question {
    const { task, query, shots } = askedOf(this.draft, this.chat);
    const { rule, comparison } = this.settings;
    const pool = task.demonstrations;
    const isFree = isFreeText(task);
    const shown = { ...task, demonstrations: pool.slice(0, shots) };
    const answer = this.answer(query, pool, isFree);
    // Labels may have been found in outputs of rows that are not shown.
    const labels = isFree
      ? labelsOf(shown, pool, true, answer)
      : labelsOf(task, pool, false, answer);
    const isLabel = labels.some(({ name }) => name === answer);
    const offered = offeredShots(pool.length);
    return {
      task: shown,
      pool,
      query,
      isFree,
      labels,
      answer: isFree || isLabel ? answer : null,
      rule,
      comparison: comparisons[comparison],
      rows: this.rows,
      shots: this.shots.filter((k) => offered.includes(k)),
      draws: this.draws,
    };
  }

  /** What the reader gave for this query; else what is known; null where nobody knows. */
  private answer(query: string, pool: readonly Demonstration[], isFree: boolean): string | null {
    const { given } = this;
    const { preset } = this.draft;
    if (given && given.preset === preset && given.query === query) {
      return given.answer === '' ? null : given.answer;
    }
    return isFree ? knownAnswer(query, this.known, pool) : null;
  }

  /** Whether demonstrations are taken away, or every part of the prompt. */
  private scopeField(): TemplateResult {
    const { what, whole, every } = strings.why.effects;
    return html`<fieldset class="scope">
      <legend class="visually-hidden">${what}</legend>
      ${(
        [
          ['influence', whole],
          ['attribution', every],
        ] as const
      ).map(
        ([id, name]) => html`<label class="check"
          ><input
            type="radio"
            name="why-scope"
            value=${id}
            .checked=${live(this.experiment.id === id)}
            @change=${() => this.send('lab-set', { experiment: id })}
          />${name}</label
        >`,
      )}
    </fieldset>`;
  }

  private answerField({ isFree, labels, answer, query }: Question): TemplateResult {
    const words = strings.why;
    const written = isFree ? this.kept.get(this.experiment.id)?.result : null;
    const give = (event: Event) => {
      const { value } = event.target as HTMLInputElement | HTMLSelectElement;
      this.given = { preset: this.draft.preset, query, answer: value.trim() };
    };
    return html`<label class="field inline why-answer">
      <span class="field-name">${isFree ? words.answer : words.answerOf}</span>
      ${
        isFree
          ? html`<input
              type="text"
              name="answer"
              class="mono"
              autocomplete="off"
              spellcheck="false"
              placeholder=${written ? words.itsOwnIs(written.about) : words.itsOwn}
              .value=${live(answer ?? '')}
              @change=${give}
            />`
          : html`<select name="answer" @change=${give}>
              <option value="" ?selected=${answer === null}>${words.asPredicted}</option>
              ${labels.map(({ name }) => html`<option value=${name} ?selected=${name === answer}>${name}</option>`)}
            </select>`
      }
    </label>`;
  }

  private choices({ pool }: Question): TemplateResult {
    return drawChoices(pool.length, {
      shots: this.shots,
      draws: this.draws,
      choose: ({ shots = this.shots, draws = this.draws }) => {
        this.shots = shots;
        this.draws = draws;
      },
    });
  }

  /** What an evaluation will cost. */
  private cost(question: Question): string | typeof nothing {
    if (!this.experiment.needsRows) return nothing;
    const { rows, prompts, tokens } = costOf(question);
    if (rows === 0) return nothing;
    const words = strings.evaluate;
    const tokenMs = this.tokenMs ?? this.pace.durationMs(1);
    const runs = words.cost(rows, prompts, formatCount(rows * prompts));
    return tokenMs === null ? runs : runs + words.costTime(formatEstimate(tokens * tokenMs));
  }

  private controls(question: Question): TemplateResult {
    const { id } = this.experiment;
    const { running, progress } = this.why;
    const isRunning = running && this.current === id;
    const missing = this.missing(question);
    const left = progress ? this.meter.secondsLeft(progress.done, progress.total) : null;
    return html`<div class="why-controls why-run">
      <button
        type="button"
        class=${isRunning || this.kept.get(id)?.result ? 'again' : 'primary small'}
        id=${isRunning ? 'why-stop' : 'why-run'}
        aria-disabled=${!isRunning && missing !== null ? 'true' : 'false'}
        aria-describedby="why-state"
        @click=${() => (isRunning ? this.send('lab-why-stop', null) : this.run(question))}
      >${isRunning ? strings.why.stop : this.kept.get(id)?.result ? strings.why.again : strings.why.run}</button>
      <span class="hint why-state" id="why-state">
        ${
          isRunning
            ? html`<progress max=${progress?.total ?? 1} .value=${progress?.done ?? 0} aria-label=${strings.why.running}></progress>
                ${progress ? strings.why.progress(progress.done, progress.total) : nothing}
                ${left === null ? nothing : html`<span class="time-left">${formatTimeLeft(left)}</span>`}`
            : (missing ?? this.cost(question))
        }
      </span>
    </div>`;
  }

  /** Why the experiment cannot run, if it cannot. */
  private missing({ task, isFree, labels, rows, shots }: Question): string | null {
    const words = strings.why;
    const { demonstrations = 0, needsRows, needsTable } = this.experiment;
    if (needsTable && this.draft.text !== null) return words.needsTable;
    if (task.demonstrations.length < demonstrations)
      return words.needsDemonstrations(demonstrations);
    if (needsRows && rows.length === 0) return words.needsRows;
    if (needsRows && shots.length === 0) return words.needsShots;
    if (!isFree && labels.length < 2) return words.needsLabels;
    if (isFree && !needsRows && labels.length === 0) return words.needsRivals;
    return this.info ? null : words.needsModel;
  }

  private run(question: Question): void {
    if (this.missing(question) !== null) return;
    const { experiment } = this;
    const { current } = this;
    const before = current === null ? undefined : this.kept.get(current);
    // Newer work takes the place of what is under way; what that found by now stays on its tab.
    if (current !== null && current !== experiment.id && before?.running) {
      this.kept.set(current, { ...before, running: false, stopped: true, progress: null });
    }
    this.current = experiment.id;
    this.meter = new RateMeter(paceMs);
    this.expected = experiment.needsRows ? costOf(question).tokens : 0;
    this.send('lab-why', { experiment, question, of: keyOf(experiment, question) });
  }

  private outcome(question: Question): TemplateResult | typeof nothing {
    const { experiment } = this;
    const jobState = this.kept.get(experiment.id);
    if (!jobState) return nothing;
    const { result: figure, problem, stopped, running, of } = jobState;
    const isOld = figure !== null && of !== keyOf(experiment, question);
    const files = figure && !running ? filesOf(figure) : [];
    const closer = {
      key: this.closer,
      choose: (key: string) => {
        this.closer = key;
      },
    };
    const use = (order: readonly number[]) => {
      const { demonstrations } = this.draft.task;
      this.edit({ type: 'order', order: tableOrder(demonstrations, order) });
    };
    return html`
      ${problem ? html`<p class="sentence" role="alert" data-code=${problem.code}>${problem.sentence}</p>` : nothing}
      ${
        figure
          ? html`<div class=${isOld ? 'why-figure old' : 'why-figure'} data-experiment=${figure.experiment} aria-busy=${running ? 'true' : 'false'}>
              ${stopped ? html`<p class="hint why-note">${strings.why.stopped}</p>` : nothing}
              ${isOld ? html`<p class="hint why-note">${strings.why.old}</p>` : nothing}
              <p class="why-finding" role=${running ? nothing : 'status'}>${findingOf(figure)}</p>
              ${drawFigure(figure, { use: isOld || running ? null : use, closer })}
              ${
                files.length > 0
                  ? html`<p class="why-controls">
                      ${files.map((file) => html`<button type="button" class="quiet" @click=${() => save(file.name, new Blob([file.text()], { type: file.type }))}>${strings.why.save(file.name)}</button>`)}
                    </p>`
                  : nothing
              }
            </div>`
          : nothing
      }
    `;
  }

  private evaluation() {
    const figure = this.kept.get('evaluate')?.result;
    return figure?.experiment === 'evaluate' ? figure.evaluation : null;
  }

  /** The rows of the table show what each does to the answer, as long as that is of this prompt. */
  private tellEffects(): void {
    const jobState = this.kept.get('influence');
    const isNow = jobState?.of === keyOf(experimentOf('influence'), this.question());
    const effects = rowEffects(
      this.draft,
      isNow && jobState?.result?.experiment === 'influence' ? jobState.result : null,
    );
    const told = JSON.stringify([...effects]);
    if (told === this.effects) return;
    this.effects = told;
    this.send('lab-effects', effects);
  }
}

/** The parts of the prompt are the second half of the first tab. */
const isTab = ({ id }: Experiment): boolean => id !== 'attribution';

const none: readonly Demonstration[] = [];
