import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { renderPrompt } from 'shotglass';
import type { ChatTemplate } from '../app/chat.ts';
import type { JobState } from '../app/job.ts';
import type { LabModelInfo, Need } from '../app/lab-model.ts';
import { presetOf, stemOf } from '../app/own-task.ts';
import { defaultSettings, type Settings } from '../app/settings.ts';
import type { Draft } from '../app/state.ts';
import { LabElement } from '../elements/lab-element.ts';
import type { Chart, Setting } from '../figure/chart.ts';
import { strings } from '../strings/index.ts';
import { formatEstimate, formatTimeLeft } from '../ui/numbers.ts';
import { save } from '../ui/save.ts';
import { tabKeys } from '../ui/tabs.ts';
import { formatCount } from '../util/numerals.ts';
import { chartOf } from './card.ts';
import { type Cost, costOf, costOfPair } from './evaluate/evaluation.ts';
import { drawChoices } from './evaluate/why-choices.ts';
import { drawPaper } from './evaluate/why-paper.ts';
import {
  type Experiment,
  type ExperimentGroup,
  type ExperimentId,
  experimentGroups,
} from './experiment.ts';
import { cardThatMade, experimentOf, shownExperiment } from './experiments.ts';
import type { Figure, Question } from './figure.ts';
import { methodsOf, type Run } from './methods.ts';
import { missingFor, needOf } from './missing.ts';
import { isOnlyRecorded } from './models/models-figure.ts';
import {
  keyOf,
  type QuestionToRun,
  questionOf,
  type Unfinished,
  type WhyChoices,
} from './question.ts';
import { againstScope, partsScope, rowsScope, scopeField } from './scope.ts';
import { sentenceFields } from './sentences/fields.ts';
import { tableOrder } from './shown.ts';
import '../figure/lab-figure.ts';
import './evaluate/lab-rows.ts';

declare module '../elements/lab-element.ts' {
  interface LabEvents {
    'lab-why': QuestionToRun;
    'lab-why-stop': null;
    'lab-why-choose': Partial<WhyChoices>;
  }
}

const groups = Object.keys(experimentGroups) as ExperimentGroup[];

/** Experiments on the prompt: a tab, a sentence, a picture and a citation each. */
@customElement('lab-why')
export class LabWhy extends LabElement {
  @property({ attribute: false }) draft!: Draft;
  /** The chat template of the model, where the prompt is a conversation. */
  @property({ attribute: false }) chat: ChatTemplate | null = null;
  @property({ attribute: false }) settings!: Settings;
  @property({ attribute: false }) choices!: WhyChoices;
  /** What the experiment whose tab is open found. */
  @property({ attribute: false }) jobState!: JobState<Figure>;
  /** What that was run on. */
  @property({ attribute: false }) made: Run | null = null;
  /** What the last evaluation found. */
  @property({ attribute: false }) evaluation: Figure | null = null;
  @property({ attribute: false }) info: LabModelInfo | null = null;
  /** Why the model does not give what an experiment needs, if it does not. */
  @property({ attribute: false }) lacks: (need: Need) => string | null = () => null;
  /** The pinned prompt, to be evaluated beside the present one. */
  @property({ attribute: false }) held: Draft | null = null;
  /** How many models can be asked. */
  @property({ attribute: false }) open = 0;
  /** How long a token of an evaluation takes; null while that is not known. */
  @property({ attribute: false }) tokenMs: number | null = null;
  /** Where this experiment was left, if it was. */
  @property({ attribute: false }) unfinished: Unfinished | null = null;
  /** What is not kept, or not there any more. */
  @property({ attribute: false }) notice: string | null = null;
  /** An experiment takes room once its tab has been chosen, or where one was found to be open. */
  @state() private opened = false;
  private counted: { of: string; cost: Cost } | null = null;

  private get experiment(): Experiment {
    return shownExperiment(this.settings.experiment, this.held !== null);
  }

  protected override render(): TemplateResult {
    const { experiment } = this;
    const { draft, chat, settings, choices, held } = this;
    const question = questionOf(draft, chat, settings, choices, held);
    const compared = experiment.needsPinned ? question.pinned : null;
    const tab = experimentOf(experiment.tabOf ?? experiment.id);
    const words = strings.why.experiments[experiment.id];
    const isOpen =
      this.opened ||
      this.jobState.result !== null ||
      settings.experiment !== defaultSettings.experiment;
    return html`
      <div class="panel-head">
        <h2 id="why-heading">${strings.why.heading}</h2>
      </div>
      <p class="hint">${strings.why.lede}</p>
      <div class="tabs why-tabs" role="tablist" aria-label=${strings.why.tabs} @keydown=${tabKeys}>
        ${groups.map((group) => this.tabsOf(group, tab, isOpen))}
      </div>
      <div class="why-body" role="tabpanel" id="why-tabpanel" aria-labelledby="why-tab-${tab.id}" ?hidden=${!isOpen}>
        <div>
          <p class="why-idea">${words.idea}</p>
          <p class="hint why-source">
            <a href=${experiment.source.url} rel="noreferrer">${experiment.source.text}</a>${this.manner(question)}
          </p>
        </div>
        ${this.scope()}
        <lab-rows
          ?hidden=${experiment.asks !== 'rows' && !experiment.overTable}
          .draft=${draft}
          .brought=${choices.rows}
          .heldOut=${question.pool.length - question.train.length}
          .pinned=${compared?.rows ?? null}
        ></lab-rows>
        ${this.asked(question)}
        ${this.controls(question)} ${this.outcome(question)}
        ${experiment.id === 'evaluate' ? drawPaper(presetOf(draft)?.id, this.evaluated()) : nothing}
      </div>
    `;
  }

  private tabsOf(group: ExperimentGroup, tab: Experiment, isOpen: boolean): TemplateResult {
    const own = experimentGroups[group].map(experimentOf).filter(({ tabOf }) => !tabOf);
    return html`<div class="why-group" role="presentation">
      <span class="why-group-name" aria-hidden="true">${strings.why.groups[group]}</span>
      ${own.map(
        (one) => html`<button
          type="button"
          role="tab"
          id="why-tab-${one.id}"
          aria-controls="why-tabpanel"
          aria-selected=${isOpen && one === tab ? 'true' : 'false'}
          tabindex=${one === tab ? 0 : -1}
          @click=${() => this.choose(one)}
        >${strings.why.experiments[one.id].name}</button>`,
      )}
    </div>`;
  }

  private choose({ id }: Experiment): void {
    this.opened = true;
    const isPaired = id === 'evaluate' && this.held !== null;
    this.send('lab-set', { experiment: isPaired ? 'compare' : id });
  }

  /** By which rule scores are compared, and with what, where that matters. */
  private manner({ isFree, calibration }: Question): string {
    const { asks, comparesNothing } = this.experiment;
    if (isFree || comparesNothing) return '';
    const { rule, comparison } = this.settings;
    if (asks === 'rows') {
      return ` · ${strings.why.ruleOf(strings.why.rules[rule])} ${strings.evaluate.calibratedBy[this.experiment.overModels ? 'nothing' : calibration]}`;
    }
    const own = this.experiment.id === 'calibrate' ? 'nothing' : comparison;
    return ` · ${strings.why.settings(strings.why.rules[rule], strings.why.comparisons[own])}`;
  }

  /** Which of the experiments that share the tab is meant. */
  private scope(): TemplateResult | typeof nothing {
    const { id, asks, atOwnShots, overModels, mayUsePinned } = this.experiment;
    const choose = (id: ExperimentId) => this.send('lab-set', { experiment: id });
    if (asks === 'rows')
      return this.held && !overModels && !atOwnShots
        ? scopeField(rowsScope(), id, choose)
        : nothing;
    if (mayUsePinned)
      return this.held
        ? scopeField(againstScope(), this.choices.against, (against) =>
            this.send('lab-why-choose', { against }),
          )
        : nothing;
    return id === 'influence' || id === 'attribution'
      ? scopeField(partsScope(), id, choose)
      : nothing;
  }

  /** What the reader chooses beside the prompt. */
  private asked(question: Question): TemplateResult | typeof nothing {
    switch (this.experiment.asks) {
      case 'rows':
        return this.evaluationChoices(question);
      case 'sentences':
        return sentenceFields(question.sentences, (sentences) =>
          this.send('lab-why-choose', { sentences }),
        );
      case 'nothing':
        return nothing;
      default:
        return this.answerField(question);
    }
  }

  private answerField({ isFree, labels, answer, query }: Question): TemplateResult {
    const words = strings.why;
    const written = isFree ? this.jobState.result : null;
    const give = (event: Event) => {
      const { value } = event.target as HTMLInputElement | HTMLSelectElement;
      this.send('lab-why-choose', { given: { query, answer: value.trim() } });
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

  private evaluationChoices({ pool, train, isFree, pinned }: Question): TemplateResult {
    const choose = (change: Partial<WhyChoices>) => this.send('lab-why-choose', change);
    const ofPinned = this.experiment.needsPinned && pinned ? pinned.train.length : null;
    const calibrates = !isFree && !this.experiment.overModels;
    const { atOwnShots = false } = this.experiment;
    const given = {
      ...{ pool: pool.length, train: train.length, ofPinned, isFree, calibrates, atOwnShots },
    };
    return drawChoices(given, this.choices, choose);
  }

  /** What an evaluation will cost. */
  private cost(question: Question): string | typeof nothing {
    if (this.experiment.asks !== 'rows' || this.experiment.atOwnShots) return nothing;
    // Thousands of rows are counted once, and not each time that the page is drawn.
    const of = keyOf(this.experiment, question);
    const { pinned } = question;
    const isPair = this.experiment.needsPinned && pinned;
    if (this.counted?.of !== of)
      this.counted = { of, cost: isPair ? costOfPair(question, pinned) : costOf(question) };
    const { rows, prompts, tokens } = this.counted.cost;
    if (rows === 0) return nothing;
    const words = strings.evaluate;
    const { tokenMs, open } = this;
    if (this.experiment.overModels && open > 1)
      return (
        words.cost(rows, prompts, formatCount(rows * prompts)) + strings.acrossModels.each(open)
      );
    const runs = words.cost(rows, prompts, formatCount(rows * prompts));
    return tokenMs === null ? runs : runs + words.costTime(formatEstimate(tokens * tokenMs));
  }

  private controls(question: Question): TemplateResult {
    const { result, running, progress } = this.jobState;
    const missing = this.missing(question);
    const left = progress?.secondsLeft ?? null;
    const { unfinished } = this;
    const isFound = result !== null && !isOnlyRecorded(result);
    const isLeft = !running && unfinished?.of === keyOf(this.experiment, question);
    return html`<div class="why-controls why-run">
      ${
        isLeft
          ? html`<button
              type="button"
              class="primary small"
              id="why-go-on"
              aria-disabled=${missing !== null ? 'true' : 'false'}
              aria-describedby="why-state"
              @click=${() => this.run(question, true)}
            >${strings.why.goOn(formatCount(unfinished.done), formatCount(unfinished.total))}</button>`
          : nothing
      }
      <button
        type="button"
        class=${running || isFound || isLeft ? 'again' : 'primary small'}
        id=${running ? 'why-stop' : 'why-run'}
        aria-disabled=${!running && missing !== null ? 'true' : 'false'}
        aria-describedby="why-state"
        @click=${() => (running ? this.send('lab-why-stop', null) : this.run(question))}
      >${running ? strings.why.stop : isFound ? strings.why.again : strings.why.run}</button>
      <span class="hint why-state" id="why-state">
        ${
          running
            ? html`<progress max=${progress?.total ?? 1} .value=${progress?.done ?? 0} aria-label=${strings.why.running}></progress>
                ${progress ? strings.why.progress(progress.done, progress.total) : nothing}
                ${left === null ? nothing : html`<span class="time-left">${formatTimeLeft(left)}</span>`}`
            : (missing ?? this.cost(question))
        }
      </span>
    </div>`;
  }

  /** Why the experiment cannot run, if it cannot. */
  private missing(question: Question): string | null {
    const given = { isText: this.draft.text !== null, hasModel: this.info !== null };
    const need = needOf(this.experiment, question);
    return (need && this.lacks(need)) ?? missingFor(this.experiment, question, given);
  }

  private run(question: Question, goesOn = false): void {
    if (this.missing(question) !== null) return;
    const { experiment } = this;
    this.send('lab-why', { experiment, question, of: keyOf(experiment, question), goesOn });
  }

  private outcome(question: Question): TemplateResult | typeof nothing {
    const { experiment } = this;
    const { result: figure, problem, stopped, running, of } = this.jobState;
    // Of this prompt, whichever of its tokens is looked at.
    const isHere =
      experiment.looksAt && of?.startsWith(keyOf(experiment, { ...question, lookAt: null }));
    const isOld = figure !== null && of !== keyOf(experiment, question) && !(isHere && running);
    const card = figure && cardThatMade(figure);
    const files = (figure && !running && card?.files?.(figure)) || [];
    const closer = {
      key: this.choices.closer,
      choose: (key: string) => this.send('lab-why-choose', { closer: key }),
    };
    const look = (position: number) => {
      const { task, query } = question;
      const lookAt = { prompt: renderPrompt(task, { query }).text, position };
      this.send('lab-why-choose', { lookAt });
      this.run({ ...question, lookAt: position });
    };
    const canLook = isHere && this.missing(question) === null;
    const use = (order: readonly number[]) => {
      const { demonstrations } = this.draft.task;
      this.edit({ type: 'order', order: tableOrder(demonstrations, order) });
    };
    return html`
      ${this.notice === null ? nothing : html`<p class="hint why-note" role="status">${this.notice}</p>`}
      ${problem ? html`<p class="sentence" role="alert" data-code=${problem.code}>${problem.sentence}</p>` : nothing}
      ${
        figure && card
          ? html`<div class=${isOld ? 'why-figure old' : 'why-figure'} data-experiment=${figure.experiment} aria-busy=${running ? 'true' : 'false'}>
              ${stopped ? html`<p class="hint why-note">${strings.why.stopped}</p>` : nothing}
              ${isOld ? html`<p class="hint why-note">${strings.why.old}</p>` : nothing}
              <div class="figure-head">
                <p class="why-finding" role=${running ? nothing : 'status'}>${card.finding(figure)}</p>
                ${this.menu(strings.why.experiments[experiment.id].name, (setting) => chartOf(card, figure, setting))}
              </div>
              ${card.draw(figure, { use: isOld || running ? null : use, look: canLook ? look : null, closer, menu: this.menu })}
              ${isOnlyRecorded(figure) && figure.experiment !== 'models' ? html`<p class="hint why-recorded">${strings.why.recorded}</p>` : nothing}
              ${
                files.length > 0
                  ? html`<p class="why-controls">
                      ${files.map((file) => html`<button type="button" class="quiet" @click=${() => save(file.name, new Blob(file.parts(), { type: file.type }))}>${strings.why.save(file.name)}</button>`)}
                    </p>`
                  : nothing
              }
            </div>`
          : this.nothingFound()
      }
    `;
  }

  /** Over models, nothing is shown only where nothing is recorded. */
  private nothingFound(): TemplateResult | typeof nothing {
    if (!this.experiment.overModels || this.jobState.running) return nothing;
    return html`<p class="hint models-none">${strings.acrossModels.notRecorded}</p>`;
  }

  /** The menu to save a figure with, of what was found by now and how. */
  private menu = (name: string, chart: (setting: Setting) => Chart): TemplateResult => {
    const { experiment, draft, made } = this;
    const make =
      made && (async () => chart({ methods: methodsOf(experiment.id, made), stem: stemOf(draft) }));
    return html`<lab-figure .name=${name} .make=${make}></lab-figure>`;
  };

  private evaluated() {
    const figure = this.evaluation;
    return figure?.experiment === 'evaluate' ? figure.evaluation : null;
  }
}
