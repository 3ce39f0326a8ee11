import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { cache } from 'lit/directives/cache.js';
import type { Classification } from 'shotglass';
import type { Answer } from '../app/answer.ts';
import type { ChatTemplate } from '../app/chat.ts';
import type { JobState } from '../app/job.ts';
import { labelsOf } from '../app/own-task.ts';
import type { Problem } from '../app/problem.ts';
import { askedOf } from '../app/prompt.ts';
import { type Settings, type View, viewOf, views } from '../app/settings.ts';
import type { ModelFacts } from '../app/source.ts';
import type { Draft } from '../app/state.ts';
import { LabElement } from '../elements/lab-element.ts';
import type { Chart } from '../figure/chart.ts';
import { strings } from '../strings/index.ts';
import { icon } from '../ui/icons.ts';
import { tabKeys } from '../ui/tabs.ts';
import { chunk } from '../util/chunk.ts';
import type { PinnedView } from './compare/pinned-view.ts';
import type { Ladder } from './ladder/ladder.ts';
import type { Draw } from './text/generation.ts';
import type { Tree } from './tree/tree.ts';
import '../figure/lab-figure.ts';
import './compare/lab-compare.ts';
import './compare/lab-compare-words.ts';
import './lab-running.ts';
import './text/lab-generate.ts';
import './labels/lab-labels.ts';
import './ladder/lab-ladder.ts';
import './tokens/lab-tokens.ts';
import './tree/lab-tree.ts';

const chartsChunk = chunk(() => import('./charts.ts'));
type Charts = Awaited<ReturnType<typeof chartsChunk>>;

/** What the model says to the prompt, in one of several views. */
@customElement('lab-answer')
export class LabAnswer extends LabElement {
  @property({ attribute: false }) jobState!: JobState<Answer>;
  @property({ attribute: false }) classification!: JobState<Classification | null>;
  @property({ attribute: false }) generation!: JobState<Draw[]>;
  @property({ attribute: false }) tree!: JobState<Tree>;
  @property({ attribute: false }) settings!: Settings;
  /** The prompt as it stands now: an answer to an older one is dimmed. */
  @property({ attribute: false }) text = '';

  @property({ attribute: false }) draft!: Draft;
  /** The chat template of the model, where the prompt is a conversation. */
  @property({ attribute: false }) chat: ChatTemplate | null = null;
  /** The model behind the numbers. */
  @property({ attribute: false }) model: ModelFacts | null = null;
  /** Whether the model, if there is one, lists its vocabulary, of which words are made. */
  @property({ attribute: false }) hasWords = true;
  /** Whether there is a model to ask. */
  @property({ type: Boolean }) live = false;
  /** Why the record of this task is not there. */
  @property({ attribute: false }) recordProblem: Problem | null = null;
  /** The query over the number of shots. */
  @property({ attribute: false }) ladder!: Ladder;
  /** What the button says that asks for it; null where it need not be asked for. */
  @property({ attribute: false }) wait: string | null = null;
  /** Why there is no ladder, though it was asked for. */
  @property({ attribute: false }) ladderProblem: Problem | null = null;
  /** The pinned prompt and what is known of it; null where none is pinned. */
  @property({ attribute: false }) pinned: PinnedView | null = null;
  /** What the model would write after the present prompt. */
  @property({ attribute: false }) ghost!: JobState<string>;

  protected override render(): TemplateResult {
    const problem = this.jobState.problem ?? this.recordProblem;
    const shown = this.shown();
    const { ladder, pinned } = this;
    return html`
      <div class="answer-body">
      <lab-ladder .ladder=${ladder} .wait=${this.wait} .problem=${this.ladderProblem} .mayGoOn=${!this.hasWords} .held=${pinned?.ladder ?? null} .make=${this.chartOf((charts, of) => charts.ladderChart(ladder, of(ladder.ofLabels)))}></lab-ladder>
      <div class="answer-views">
      <div class="view-tabs">
        ${this.holdButton()}
        <div class="tabs compact" role="tablist" aria-label=${strings.views} @keydown=${tabKeys}>
          ${views.map(
            (one) => html`<button
              type="button"
              role="tab"
              id="view-${one}"
              aria-controls="view-panel"
              aria-selected=${one === shown ? 'true' : 'false'}
              tabindex=${one === shown ? 0 : -1}
              @click=${() => this.send('lab-set', { view: one })}
            >${strings.viewNames[one]}</button>`,
          )}
        </div>
        <lab-figure
          data-off=${shown === 'text' || pinned ? 'true' : 'false'}
          .name=${shown === 'text' ? '' : strings.figure[shown]}
          .make=${this.chart(shown)}
        ></lab-figure>
      </div>
      <lab-running .jobState=${this.jobState} .answered=${this.answered()}></lab-running>
      ${problem ? html`<p class="sentence" role="alert" data-code=${problem.code}>${problem.sentence}</p>` : nothing}
      ${pinned ? this.heldLine(pinned) : nothing}
      <div role="tabpanel" id="view-panel" aria-labelledby="view-${shown}">${this.missing(shown)}${cache(this.view())}</div>
      </div>
      </div>
    `;
  }

  /** The view that the reader chose, or else the one that suits the task. */
  private shown(): View {
    return viewOf(this.settings, labelsOf(this.draft), this.hasWords);
  }

  /** Describes what a view shows, to save it; null where that is nothing yet, or of an earlier prompt. */
  private chart(view: View): (() => Promise<Chart>) | null {
    const { jobState, classification, tree, settings, text } = this;
    const words = tree.result;
    const prediction = jobState.result?.prediction;
    const reading = classification.of === text && !classification.problem && classification.result;
    if (view === 'words' && words?.prompt === text && words.branches.has(''))
      return this.chartOf((charts, of) => charts.wordsChart(words, of(false)));
    if (view === 'labels' && reading)
      return this.chartOf((charts, of) => charts.labelsChart(reading, of(true)));
    if (view === 'tokens' && prediction && this.answered())
      return this.chartOf((charts, of) =>
        charts.tokensChart(prediction, of(false), settings.axis === 'log'),
      );
    return null;
  }

  private chartOf(
    draw: (charts: Charts, of: (ofLabels: boolean) => ReturnType<Charts['settingOf']>) => Chart,
  ): () => Promise<Chart> {
    const { draft, chat, settings, model } = this;
    return async () => {
      const charts = await chartsChunk();
      return draw(charts, (ofLabels) =>
        charts.settingOf({ draft, chat, settings, model }, ofLabels),
      );
    };
  }

  /** Why a view is empty before there is a model. The labels say so themselves. */
  private missing(view: View): TemplateResult | typeof nothing {
    const { live, recordProblem, jobState, tree, generation, text } = this;
    if (live || recordProblem || view === 'labels') return nothing;
    const words = tree.result?.prompt === text;
    const known = {
      words,
      tokens: jobState.result?.predictionOf === text,
      text: generation.of === text && generation.result !== null,
    };
    if (known[view]) return nothing;
    const { noAnswer, onlyWords } = strings.recorded;
    return html`<p class="hint not-recorded">${words ? onlyWords : noAnswer}</p>`;
  }

  private holdButton(): TemplateResult {
    const { hold, holdShort, holdTitle, release, releaseTitle } = strings.compare;
    const held = this.pinned !== null;
    return html`<button
      type="button"
      class="quiet hold"
      id="hold"
      aria-label=${held ? release : hold}
      title=${held ? releaseTitle : holdTitle}
      aria-disabled=${held || this.answered() ? 'false' : 'true'}
      @click=${this.hold}
    >${icon('pin')} ${
      held
        ? release
        : html`<span class="hold-long">${hold}</span><span class="hold-short">${holdShort}</span>`
    }</button>`;
  }

  private hold(): void {
    if (this.pinned) this.send('lab-release', null);
    // What has not been answered cannot be held.
    else if (this.answered()) this.send('lab-hold', null);
  }

  private answered(): boolean {
    return this.jobState.result?.predictionOf === this.text && this.jobState.problem === null;
  }

  private heldLine({ held: { draft }, note }: PinnedView): TemplateResult {
    const { query, shots } = askedOf(draft);
    return html`<div class="held" role="group" aria-label=${strings.compare.aTitle}>
      <span class="held-a" aria-hidden="true">${strings.compare.a}</span>
      <span class="held-prompt">${strings.compare.held(strings.shotsName(shots), query, draft.appended.join('').trim())}</span>
      <button
        type="button"
        class="link"
        title=${strings.compare.swapTitle}
        @click=${() => this.send('lab-swap', null)}
      >${strings.compare.swap}</button>
      ${note === null ? nothing : html`<p class="hint held-note" role="status">${note}</p>`}
    </div>`;
  }

  /** What the model writes after the pinned prompt and after the present one. */
  private bothTexts({ held, text: heldText }: PinnedView): TemplateResult {
    const { a, now, wrote, pending } = strings.compare;
    const { ghost, text } = this;
    const line = (name: string, written: string | null) =>
      html`<dt>${name}</dt><dd class="mono" dir="auto">${written ?? pending}</dd>`;
    return html`<div class="both-texts">
      <p class="hint">${wrote}</p>
      <dl>
        ${line(a, heldText.of === held.text ? heldText.result : null)}
        ${line(now, ghost.of === text ? ghost.result : null)}
      </dl>
    </div>`;
  }

  private view(): TemplateResult | typeof nothing {
    const { settings, jobState, text, draft, pinned, live } = this;
    const held = pinned?.held;
    const shown = this.shown();
    if (pinned && shown === 'words') {
      return html`<lab-compare-words .a=${pinned.tree} .now=${this.tree.result} .held=${held} .text=${text} .waiting=${live}></lab-compare-words>`;
    }
    if (pinned && shown === 'tokens') {
      return html`<lab-compare .jobState=${pinned.sideBySide} .told=${pinned.told} .held=${held} .text=${text} .waiting=${live && !jobState.problem}></lab-compare>`;
    }
    switch (shown) {
      case 'labels':
        return html`<lab-labels
          .classification=${this.classification}
          .live=${this.live}
          .answering=${jobState.running}
          .held=${pinned?.classification ?? null}
          .settings=${settings}
          .draft=${draft}
          .text=${text}
        ></lab-labels>`;
      case 'words':
        return html`<lab-tree .jobState=${this.tree} .text=${text} .ready=${this.live && !jobState.problem}></lab-tree>`;
      case 'tokens':
        return html`<lab-tokens .jobState=${jobState} .text=${text} .settings=${settings}></lab-tokens>`;
      case 'text':
        return html`${pinned && live ? this.bothTexts(pinned) : nothing}<lab-generate
          .generation=${this.generation}
          .sampling=${settings.sampling}
          .text=${text}
          .ready=${!jobState.problem}
        ></lab-generate>`;
    }
  }
}
