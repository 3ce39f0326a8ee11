import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Headline } from '../answer/headline.ts';
import type { Ladder } from '../answer/ladder/ladder.ts';
import { type LabPrediction, lackOf, type Need } from '../app/lab-model.ts';
import { factsOfModel } from '../app/source.ts';
import { LabElement, type LabEvents } from '../elements/lab-element.ts';
import { Guide } from '../lab/guide.ts';
import { Keeping } from '../lab/keeping.ts';
import { Lab } from '../lab/lab.ts';
import { ModelList } from '../lab/model-list.ts';
import { Transfers } from '../lab/transfer/transfers.ts';
import { strings } from '../strings/index.ts';
import { spokenProbability } from '../ui/numbers.ts';
import { nameText, spokenToken } from '../ui/visible.ts';
import { isStuck, onStuck } from '../util/chunk.ts';
import { Announcer } from './announcer.ts';
import { UndoKeys } from './undo-keys.ts';
import { isFirstVisit } from './visits.ts';
import '../answer/lab-answer.ts';
import '../answer/lab-headline.ts';
import { FileDrop } from './file-drop.ts';
import './lab-badge.ts';
import '../tokens/lab-exact.ts';
import './lab-loader.ts';
import './lab-masthead.ts';
import './lab-offer.ts';
import './lab-offline.ts';
import './lab-top-bar.ts';
import { modelNotice } from './model-notice.ts';
import '../prompt/lab-ask.ts';
import '../prompt/lab-prompt.ts';
import '../share/lab-receipt.ts';
import '../share/lab-share.ts';
import '../story/lab-story.ts';
import '../transfer/lab-transfer.ts';
import '../why/lab-why.ts';

/** The page: it hands the lab's state down, and takes the wishes that come up to it. */
@customElement('lab-app')
export class LabApp extends LabElement {
  private readonly drop = new FileDrop(this, (files) => this.loadFiles(files));
  private readonly lab: Lab = new Lab(() => {
    // They are not there yet while the lab takes up what was kept.
    for (const part of [this.keeping, this.guide, this.modelList, this.transfers]) part?.changed();
    this.requestUpdate();
  });
  private readonly keeping: Keeping = new Keeping(this.lab, () => this.requestUpdate());
  private readonly guide: Guide = new Guide(this.lab, this.keeping, () => this.requestUpdate());
  private readonly modelList: ModelList = new ModelList(this.lab, () => this.requestUpdate());
  private readonly transfers: Transfers = new Transfers(this.lab, () => this.requestUpdate());
  private readonly announcer = new Announcer<LabPrediction>(
    () => this.topToken(),
    () => this.requestUpdate(),
  );
  private readonly firstVisit = isFirstVisit();
  /** The slider shows that it can be moved, until something has been. */
  @state() private touched = false;
  private silences: (() => void)[] = [];

  constructor() {
    super();
    const { lab, keeping } = this;
    new UndoKeys(this, (type) => lab.edit({ type }));
    this.listen('lab-edit', (action) => {
      this.touched = true;
      lab.edit(action);
    });
    this.listen('lab-set', (change) => lab.set(change));
    this.listen('lab-load', () => void this.lab.models.load({ kind: 'default' }));
    this.listen('lab-choose', () => this.querySelector<HTMLInputElement>('#model-file')?.click());
    this.listen('lab-retry', () => void lab.models.retry());
    this.listen('lab-cancel', () => lab.first.cancel());
    this.listen('lab-dismiss', () => lab.models.dismiss());
    this.listen('lab-models', (wish) => this.modelList.wish(wish));
    this.listen('lab-generate', () => {
      lab.generate();
      if (lab.first.need) this.querySelector<HTMLElement>('.loader.offer button')?.focus();
    });
    this.listen('lab-answer', () => lab.ask());
    this.listen('lab-run', (place) => lab.run(place));
    this.listen('lab-answer-stop', () => lab.answer.stop());
    this.listen('lab-stop', () => lab.generation.stop());
    this.listen('lab-why', (question) => lab.experiments.run(question));
    this.listen('lab-why-choose', (change) => lab.experiments.choose(change));
    this.listen('lab-write', (text) => lab.write(text));
    this.listen('lab-surprise', (index) => void lab.surprise(index));
    this.listen('lab-grow', (open) => lab.grow(open));
    this.listen('lab-tree-stop', () => lab.tree.stop());
    this.listen('lab-look', (position) => lab.look(position));
    this.listen('lab-why-stop', () => lab.experiments.stop());
    this.listen('lab-hold', () => lab.hold());
    this.listen('lab-release', () => lab.release());
    this.listen('lab-swap', () => lab.swap());
    this.listen('lab-make', (what) => keeping.make(what));
    this.listen('lab-address', (link) => keeping.address(link));
    this.listen('lab-open-receipt', (file) => void keeping.openFile(file));
    this.listen('lab-put-away', (what) =>
      what === 'receipt' ? keeping.putAway() : keeping.dismiss(),
    );
    this.listen('lab-start-over', () => keeping.startOver());
    this.listen('lab-lesson', (wish) => this.guide.wish(wish));
    this.listen('lab-transfer', (wish) => this.transfers.wish(wish));
    this.listen('lab-transfer-open', () => void this.transfers.open());
    this.listen('lab-task', (wish) => keeping.tasks.wish(wish));
  }

  /** Settled once the page knows what it is to show. */
  get opened(): Promise<unknown> {
    return Promise.all([this.keeping.opened, this.guide.opened]);
  }

  private listen<Name extends keyof LabEvents>(
    name: Name,
    act: (detail: LabEvents[Name]) => void,
  ): void {
    this.addEventListener(name, (event) => act((event as CustomEvent<LabEvents[Name]>).detail));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { keeping, guide } = this;
    this.silences = [keeping.listen(), guide.listen(), onStuck(() => this.requestUpdate())];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const silence of this.silences) silence();
  }

  protected override firstUpdated(): void {
    void this.lab.first.look();
  }

  protected override willUpdate(): void {
    const { jobState } = this.lab.answer;
    if (!jobState.running) this.announcer.answered(jobState.result?.prediction ?? null);
  }

  protected override render(): TemplateResult {
    const headline = this.guide.hides ? null : this.lab.first.headline;
    const { drawnLadder: ladder } = this.lab.first;
    const server = this.lab.models.model?.info.server;
    return html`
      <a class="skip" href="#query" @click=${this.skip}>${strings.skipToQuery}</a>
      ${this.header()} ${isStuck() ? this.stuck() : nothing} ${modelNotice(this.modelList, this.lab.models)} ${this.receipt()}
      <main class="bench">
        ${this.askPanel(headline)}
        <a class="skip" href="#answer" @click=${this.skip}>${strings.skipToAnswer}</a>
        <div class="bench-side">${this.answerPanel(headline, ladder)} ${this.exactPanel()} ${this.whyPanel()}</div>
        ${this.promptPanel()}
      </main>
      <lab-transfer .view=${this.transfers.view} .problem=${this.transfers.problem}></lab-transfer>
      ${this.story()}
      <footer>
        <p class="lede">${server ? strings.ledeServer(server) : strings.lede}</p>
        ${this.lab.first.probe?.obstacle ? nothing : this.offer()}
        ${strings.footer}${strings.words.between}<lab-offline></lab-offline>
        <a href="third-party-notices.txt" target="_blank" rel="noreferrer">${strings.licences}</a>
        ${import.meta.env.VITE_SITE ? html`<a href="guides/">${strings.guides}</a>` : nothing}
      </footer>
      <lab-top-bar
        .headline=${headline}
        .ladder=${ladder}
        .loading=${this.lab.models.loading}
      ></lab-top-bar>
      <lab-guide .view=${this.guide.view} .draft=${this.lab.state.draft} .headline=${headline}></lab-guide>
      <lab-models .view=${this.modelList.view}></lab-models>
      <div class="visually-hidden" role="status" aria-live="polite">${this.announcer.text}</div>
      <input
        type="file"
        id="model-file"
        hidden
        multiple
        accept=".gguf"
        aria-label=${strings.chooseFile}
        @change=${this.fileChosen}
      />
      ${this.drop.isOver ? html`<div class="drop-target"><p>${strings.dropHere}</p></div>` : nothing}
    `;
  }

  /** A part that failed again stays so for the life of the page, in some browsers. */
  private stuck(): TemplateResult {
    return html`<div class="keep-notice stuck" role="alert">
      <p>${strings.partNotFetched(true)}</p>
      <button type="button" class="link" @click=${() => location.reload()}>${strings.reload}</button>
    </div>`;
  }

  private readonly lacks = (need: Need) => lackOf(this.lab.models.model, need);

  private receipt(): TemplateResult {
    const { keeping, lab } = this;
    return html`<lab-receipt
      .receipt=${keeping.receipt}
      .check=${lab.receipt.jobState}
      .asRecorded=${keeping.asRecorded}
      .ready=${lab.models.loaded !== null}
      .problem=${keeping.problem}
      .drifted=${keeping.drifted}
      .notKept=${keeping.notKept}
    ></lab-receipt>`;
  }

  /** What a reader changes first. */
  private askPanel(headline: Headline | null): TemplateResult {
    const { draft } = this.lab.state;
    return html`<section
      class="panel ask-panel"
      aria-labelledby="ask-heading"
      data-pulse=${this.firstVisit && !this.touched ? 'true' : 'false'}
    >
      <lab-ask
        .draft=${draft}
        .tasks=${this.keeping.tasks.list}
        .taskNotice=${this.keeping.tasks.notice}
        .queries=${this.lab.first.queries}
        .need=${this.lab.first.need}
        .measuredWith=${this.lab.first.measuredWith}
        .answer=${headline}
        .lessonProblem=${this.guide.problem}
      ></lab-ask>
    </section>`;
  }

  private promptPanel(): TemplateResult {
    const { draft, past, future } = this.lab.state;
    return html`<section class="panel prompt-panel" aria-labelledby="prompt-heading">
      <lab-prompt
        .draft=${draft}
        .canUndo=${past.length > 0}
        .canRedo=${future.length > 0}
        .effects=${this.lab.experiments.effects}
        .model=${this.lab.models.model?.info ?? null}
        .chat=${this.lab.chat}
      ></lab-prompt>
    </section>`;
  }

  private answerPanel(headline: Headline | null, ladder: Ladder): TemplateResult {
    const { lab } = this;
    const { model } = lab.models;
    const { text } = lab.prompt;
    return html`<section class="panel answer" id="answer" tabindex="-1" aria-labelledby="answer-heading">
      <div class="answer-head">
        <h2 id="answer-heading" class="visually-hidden">${strings.answer}</h2>
        <lab-headline .headline=${headline} .draft=${lab.state.draft} .live=${model !== null}></lab-headline>
        <div class="provenance">${this.badge()} ${this.loader()}</div>
      </div>
      <lab-answer
        .jobState=${lab.first.jobState}
        .live=${model !== null}
        .hasWords=${lab.models.hasWords}
        .classification=${lab.first.classification}
        .generation=${lab.first.generation}
        .recordProblem=${model ? null : lab.first.problem}
        .ladder=${ladder}
        .wait=${lab.waits.ladder}
        .ladderProblem=${lab.ladder.jobState.problem}
        .tree=${lab.first.tree}
        .settings=${lab.settings}
        .text=${text}
        .draft=${lab.state.draft}
        .chat=${lab.chat}
        .model=${factsOfModel(model?.info ?? lab.first.recordedModel)}
        .pinned=${lab.pinned.view}
        .ghost=${lab.ghost.jobState}
      ></lab-answer>
      ${lab.first.probe?.obstacle ? this.offer() : nothing}
    </section>`;
  }

  /** What it would be like to run the model here, as long as none runs. */
  private offer(): TemplateResult | typeof nothing {
    const { first, models } = this.lab;
    if (models.model) return nothing;
    const tokens = first.jobState.result?.prediction?.tokens ?? 0;
    return html`<lab-offer .probe=${first.probe} .tokens=${tokens}></lab-offer>`;
  }

  private exactPanel(): TemplateResult {
    const { lab } = this;
    const { model } = lab.models;
    const { result } = lab.answer.jobState;
    const tokens = model !== null && result?.tokensOf === lab.prompt.text ? result.tokens : null;
    const { exact, fixes } = lab.waits;
    return html`<section class="panel exact" aria-labelledby="exact-heading">
      <lab-exact
        .prompt=${lab.prompt}
        .tokens=${tokens}
        .info=${model?.info ?? null}
        .lack=${this.lacks('surprisal')}
        .draft=${lab.state.draft}
        .pace=${lab.pace}
        .recorded=${lab.first.promptTokens}
        .ghost=${lab.first.ghost}
        .view=${lab.settings.strip}
        .surprisal=${lab.surprisal.jobState}
        .expected=${lab.expected.jobState}
        .findings=${lab.findings}
        .effects=${lab.effects.jobState}
        .exactWait=${exact}
        .fixesWait=${fixes}
      ></lab-exact>
    </section>`;
  }

  private badge(): TemplateResult | typeof nothing {
    const { first, models } = this.lab;
    const { origin } = first;
    if (!origin) return nothing;
    const live = origin === 'live' ? (models.model?.info ?? null) : null;
    const { sentOf } = first;
    return html`<lab-badge
      .origin=${origin}
      .model=${live ?? (origin === 'sent' && sentOf ? sentOf.model : first.recordedModel)}
      .agreement=${live && !models.loading && !models.problem ? this.lab.agreed : null}
      .isRecorded=${first.shots !== null}
      .sent=${sentOf}
      .sentCheck=${live ? this.lab.sentCheck : null}
    ></lab-badge>`;
  }

  private loader(): TemplateResult {
    const { first, models } = this.lab;
    return html`<lab-loader
      .loading=${models.loading}
      .problem=${models.problem}
      .loaded=${models.model !== null}
      .probe=${first.probe}
      .keeping=${first.keeping}
      .bytesLeft=${first.bytesLeft}
      .byEdit=${first.byEdit}
    ></lab-loader>`;
  }

  private whyPanel(): TemplateResult {
    const { lab } = this;
    const { experiments } = lab;
    return html`<section class="panel why-panel" aria-labelledby="why-heading">
      <lab-why
        .draft=${lab.state.draft}
        .chat=${lab.chat}
        .settings=${lab.settings}
        .choices=${experiments.choices}
        .jobState=${experiments.jobState}
        .made=${experiments.made}
        .evaluation=${experiments.evaluation}
        .tokenMs=${experiments.tokenMs}
        .open=${experiments.open.length}
        .unfinished=${experiments.unfinished}
        .notice=${experiments.notice}
        .info=${lab.models.model?.info ?? null}
        .lacks=${this.lacks}
        .held=${lab.pinned.held?.draft ?? null}
      ></lab-why>
    </section>`;
  }

  private story(): TemplateResult {
    const { lab } = this;
    const { result } = lab.answer.jobState;
    const tokens = lab.models.model && result?.tokensOf === lab.prompt.text ? result.tokens : null;
    return html`<lab-story
      .prompt=${lab.prompt}
      .tokens=${tokens}
      .attention=${lab.attention.jobState}
    ></lab-story>`;
  }

  private header(): TemplateResult {
    const { keeping, lab } = this;
    const { active, model, loading, problem } = lab.models;
    const crashed = problem?.code === 'crashed';
    return html`<lab-masthead
      .status=${loading ? 'loading' : model ? 'ready' : crashed ? 'problem' : 'none'}
      .model=${model?.info ?? null}
      .name=${active ? nameText(active.name) : ''}
      .share=${html`<lab-share
        .shown=${keeping.shown()}
        .made=${keeping.made.jobState}
        .ready=${model !== null}
      ></lab-share>`}
    ></lab-masthead>`;
  }

  private topToken(): string | null {
    const top = this.lab.answer.jobState.result?.prediction?.candidates[0];
    if (!top || this.guide.hides) return null;
    return strings.topToken(spokenToken(top.bytes), spokenProbability(top.p));
  }

  /** The part of the address after # is the lab's own, so a skip link moves the focus and nothing else. */
  private readonly skip = (event: Event): void => {
    event.preventDefault();
    const target = (event.currentTarget as HTMLAnchorElement).hash;
    this.querySelector<HTMLElement>(target)?.focus();
  };

  private fileChosen(event: Event): void {
    const input = event.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    // Emptied, so that choosing the same file again is a change again.
    input.value = '';
    this.loadFiles(files);
  }

  private loadFiles(files: Iterable<File> = []): void {
    const [first, ...others] = files;
    if (first?.name.endsWith('.json')) this.guide.wish({ do: 'open', file: first });
    else if (first) void this.lab.models.load({ kind: 'files', files: [first, ...others] });
  }
}
