import type { Attention, Classification, SurprisalEntry } from 'shotglass';
import type { Held } from '../answer/compare/side-by-side.ts';
import { ladderKey, type Rungs } from '../answer/ladder/ladder.ts';
import { climb, climbCalls } from '../answer/ladder/ladder-run.ts';
import { type Draw, generation, greedy } from '../answer/text/generation.ts';
import { shapeOf } from '../answer/tokens/sampling.ts';
import { growth, type Tree } from '../answer/tree/tree.ts';
import { type Answer, answer } from '../app/answer.ts';
import { type ChatTemplate, isUnfetched } from '../app/chat.ts';
import { readChatTemplate } from '../app/chat-reading.ts';
import { Job, type Work } from '../app/job.ts';
import { type LabModel, lackOf } from '../app/lab-model.ts';
import { Models } from '../app/models.ts';
import { isSameTask, labelsOf, presetOf } from '../app/own-task.ts';
import { Pace } from '../app/pace.ts';
import { askedOf, type LabPrompt, promptOf } from '../app/prompt.ts';
import { defaultSettings, type Settings, viewOf } from '../app/settings.ts';
import { type Action, type Draft, type LabState, openPreset, reduce } from '../app/state.ts';
import type { Place, Waits } from '../app/waits.ts';
import { presets } from '../presets/index.ts';
import { type ReceiptCheck, type SentCheck, verifySent } from '../share/receipt-check.ts';
import { type Effects, effects, findingsOf, type LabFinding } from '../tokens/lint.ts';
import { written } from '../tokens/raw.ts';
import { type Expected, expected, surprisal } from '../tokens/surprisal.ts';
import type { Figure } from '../why/figure.ts';
import { Beside } from './beside.ts';
import { Classifier } from './classification.ts';
import { Experiments } from './experiments.ts';
import { Pinned } from './pinned/pinned.ts';
import type { Agreement } from './recorded/reading.ts';
import { First } from './recorded-or-live.ts';
import { type JobRequest, type Step, step, walk } from './schedule.ts';

/** Over how long the pace of an experiment is measured; a row of many shots may take seconds. */
const experimentPaceMs = 20_000;

const unmeasured = new Pace();

/**
 * All that the page shows, and what changes it. An edit makes a prompt; a prompt is answered at once, and what else
 * is known of it follows when the reader rests.
 */
export class Lab {
  state: LabState = openPreset(presets[0]);
  settings: Settings = defaultSettings;
  prompt: LabPrompt = promptOf(this.state.draft);
  /** The chat template of the model, once a prompt was to be put in it. */
  chat: ChatTemplate | null = null;
  /** The models whose template is being read, and has been. */
  #chatOf: LabModel | null = null;
  #chatRead: LabModel | null = null;

  readonly models = new Models(() => this.#modelsChanged());
  readonly #jobs: Job<unknown>[] = [];
  readonly answer = this.#job<Answer>(({ prediction }) => {
    if (prediction && this.#model) this.#paces.set(this.#model, this.pace.add(prediction));
  });
  readonly #paces = new WeakMap<LabModel, Pace>();
  readonly classification = this.#job<Classification | null>();
  readonly generation = this.#job<Draw[]>();
  readonly tree = this.#job<Tree>();
  /** What the model itself would write next, token by token the most probable. */
  readonly ghost = this.#job<string>();
  readonly attention = this.#job<Attention>();
  /** The token whose attention is in view, from 0; null while nobody looks. */
  #looked: number | 'last' | null = null;
  readonly experiments: Experiments = new Experiments(
    this,
    () => this.#job<Figure>(() => {}, experimentPaceMs),
    () => this.changed(),
  );
  readonly agreement = this.#job<Agreement>();
  readonly sentAgreement = this.#job<SentCheck>();
  readonly first: First = new First(this, () => this.changed());
  readonly ladder = this.#job<Rungs>();
  /** A prompt that others are set beside. */
  readonly pinned: Pinned = new Pinned(this, () => this.#job());
  readonly #classifier = new Classifier();
  readonly receipt = this.#job<ReceiptCheck>();
  readonly surprisal = this.#job<readonly SurprisalEntry[]>();
  readonly expected = this.#job<Expected>();
  readonly effects = this.#job<Effects>();
  findings: readonly LabFinding[] = this.#lint();
  #following = 0;
  #model: LabModel | null = null;

  constructor(private readonly changed: () => void) {}

  /** How fast the active model answers here. */
  get pace(): Pace {
    return this.paceOf(this.#model);
  }

  paceOf(model: LabModel | null): Pace {
    return (model && this.#paces.get(model)) ?? unmeasured;
  }

  edit(action: Action): void {
    const { draft } = this.state;
    this.#become(reduce(this.state, action));
    if (this.state.draft !== draft) this.first.asked();
    this.changed();
  }

  /** Takes up work from elsewhere, with its history. */
  restore(state: LabState, settings: Settings): void {
    const { prompt } = this;
    this.settings = settings;
    this.#become(state);
    void this.first.fetch();
    // A new draft has been asked for already, with these settings.
    if (this.prompt === prompt) this.ask();
    this.changed();
  }

  #become(state: LabState): void {
    const { draft } = this.state;
    this.state = state;
    if (!isSameTask(state.draft, draft)) this.experiments.reset();
    if (state.draft !== draft) this.#write();
  }

  #write(): void {
    const { text } = this.prompt;
    this.prompt = promptOf(this.state.draft, this.chat);
    this.findings = this.#lint();
    // A new prompt ends what was under way about the old one.
    if (this.prompt.text !== text) {
      for (const job of this.#jobs) if (job !== this.answer && job !== this.receipt) job.stop();
      if (this.#looked !== null) this.#looked = 'last';
    }
    void this.#readChat();
    this.ask();
  }

  /** The template of another model, where the draft is a conversation. */
  async #readChat(): Promise<void> {
    const { model } = this.models;
    const isChat = this.state.draft.chat || this.pinned.held?.draft.chat;
    if (!model || model === this.#chatOf || !isChat) return;
    this.#chatOf = model;
    const { chatTemplate } = model.info;
    const chat = chatTemplate === null ? null : await readChatTemplate(chatTemplate);
    if (this.#chatOf !== model) return;
    this.chat = chat;
    this.#chatRead = model;
    // The pinned prompt may be a conversation, too.
    this.pinned.rewrite();
    this.#write();
    // The next change of the draft tries again.
    if (chat && isUnfetched(chat)) this.#chatOf = null;
    this.changed();
  }

  /** The prompt as the reader has written it: the table follows where the template gives it. */
  write(text: string): void {
    const { draft } = this.state;
    const render = (changed: Draft) => promptOf(changed, this.chat).text;
    const changed = written(draft, askedOf({ ...draft, text: null }, this.chat), render, text);
    this.edit({ type: 'open', draft: changed, typing: 'text' });
  }

  /** How surprising each token of the prompt is, and what was expected in the place of one of them. */
  async surprise(index: number | null): Promise<void> {
    const { model } = this.models;
    const request = model && this.#surprisalRequest(model);
    if (!request) return;
    const { key, of: text, work } = request;
    const ended = await this.surprisal.request(key, text, work);
    if (!ended || index === null || index === 0 || this.prompt.text !== text) return;
    if (this.surprisal.jobState.result?.[index]?.candidates.length !== 0) return;
    void this.expected.request(`${index} ${text}`, text, expected(model, text, index));
  }

  set(change: Partial<Settings>): void {
    this.settings = { ...this.settings, ...change };
    this.first.asked();
    this.ask();
    this.changed();
  }

  generate(): void {
    const { model } = this.models;
    const { text } = this.prompt;
    if (model) void this.generation.start(text, generation(model, text, this.settings.sampling));
    else this.first.want();
  }

  /** The next words of the prompt, and those behind the paths that are open. */
  grow(open: readonly string[]): void {
    const { model } = this.models;
    if (model) this.#start(this.tree, this.#treeRequest(model, open));
  }

  look(position: number | 'last' | null): void {
    this.#looked = position;
    const { model } = this.models;
    if (model && this.answer.jobState.result?.predictionOf === this.prompt.text) {
      this.#start(this.attention, this.#attentionRequest(model));
    }
  }

  #start<Result>(job: Job<Result>, request: JobRequest<Result> | null): void {
    if (request) void job.request(request.key, request.of, request.work);
  }

  /** Pins the prompt of a draft, the present one unless another is given. */
  hold(draft = this.state.draft): void {
    this.pinned.held = { draft, text: promptOf(draft, this.chat).text };
    this.ask();
    this.changed();
  }

  release(): void {
    this.pinned.release();
    this.changed();
  }

  /** The held prompt becomes the present one, and the present one is held. */
  swap(): void {
    const { held } = this.pinned;
    if (!held) return;
    const { draft } = held;
    this.pinned.held = { draft: this.state.draft, text: this.prompt.text };
    this.edit({ type: 'open', draft });
  }

  /** Asks the model, if there is one, for what is not known of the prompt. */
  ask(): void {
    const { model } = this.models;
    if (!model) return;
    const { text } = this.prompt;
    const { topK, sampling } = this.settings;
    const question = { topK, sampling: shapeOf(sampling) };
    const key = JSON.stringify([question, text]);
    const answered = this.answer.request(key, text, answer(model, text, question));
    void this.#follow(model, answered);
  }

  /** What is told beside the answer, so that the answer itself never waits. */
  async #follow(model: LabModel, answered: Promise<boolean>): Promise<void> {
    const following = ++this.#following;
    const goesOn = () => following === this.#following && this.models.model === model;
    if (await answered) await walk(this.#schedule, model, goesOn);
  }

  readonly #surprisalStep: Step = step('experiment', this.surprisal, (model) =>
    this.settings.strip === 'surprisal' &&
    !this.#awaitsTemplate(model) &&
    lackOf(model, 'surprisal') === null
      ? this.#surprisalRequest(model)
      : null,
  );
  readonly #ghostStep: Step = step('experiment', this.ghost, (model) => {
    const { text } = this.prompt;
    return { key: text, of: text, work: greedy(model, text) };
  });
  readonly #ladderSteps: readonly Step[] = [
    step('experiment', this.ladder, (model) => this.#ladderRequest(model)),
    ...this.pinned.steps.filter(({ when }) => when === 'experiment'),
  ];
  readonly #effectsStep: Step = step('experiment', this.effects, (model) =>
    this.#effectsRequest(model),
  );
  readonly #beside = new Beside({
    ladder: this.#ladderSteps,
    exact: [this.#surprisalStep, this.#ghostStep],
    fixes: [this.#effectsStep],
  });

  /** What waits to be asked for. */
  get waits(): Waits {
    return this.#beside.waits(this.models.model);
  }

  /** The reader asks for it. */
  run(place: Place): void {
    const { model } = this.models;
    if (model) this.#beside.run(place, model);
  }

  readonly #schedule: readonly Step[] = [
    step('at once', this.classification, (model) => this.#labelsRequest(model, this.#present)),
    ...this.pinned.steps.filter(({ when }) => when === 'at once'),
    step('at once', this.tree, (model) => {
      const { hasWords } = this.models;
      const view = viewOf(this.settings, labelsOf(this.state.draft), hasWords);
      const isWanted = view === 'words' && this.tree.jobState.of !== this.prompt.text;
      return isWanted ? this.#treeRequest(model, []) : null;
    }),
    this.#ghostStep,
    step('idle', this.attention, (model) => this.#attentionRequest(model)),
    ...this.#ladderSteps,
    ...this.pinned.steps.filter(({ when }) => when === 'idle'),
    this.#effectsStep,
    this.#surprisalStep,
    step('idle', this.agreement, (model) => this.#agreementRequest(model)),
    step('idle', this.sentAgreement, (model) => this.#sentRequest(model)),
  ];

  get #present(): Held {
    return { draft: this.state.draft, text: this.prompt.text };
  }

  /** A conversation waits for its template, and is asked for again then. */
  #awaitsTemplate(model: LabModel): boolean {
    return this.state.draft.chat && this.#chatRead !== model;
  }

  /** What is known of that: of this prompt where it is recorded, else of one of its preset. */
  get agreed(): Agreement | null {
    const { of, result } = this.agreement.jobState;
    if (result === null || result.kind === 'other') return result;
    const isAbout =
      this.first.shots === null
        ? result.preset === presetOf(this.state.draft)?.id
        : of === this.prompt.text;
    return isAbout ? result : null;
  }

  /** Whether the model says what is recorded: of each recorded prompt, and of each preset in any case. */
  #agreementRequest(model: LabModel): JobRequest<Agreement> | null {
    const { first } = this;
    const { text } = this.prompt;
    const preset = presetOf(this.state.draft);
    if (!preset || this.agreed || this.#awaitsTemplate(model)) return null;
    const work: Work<Agreement> = async function* ({ signal }) {
      yield await first.agreement(preset, model, signal);
    };
    return { key: `${model.info.sha256} ${text}`, of: text, work };
  }

  /** What is to be said of the result that a link brought, once the model here has been asked for the same prompt. */
  get sentCheck(): SentCheck | null {
    const { of, result } = this.sentAgreement.jobState;
    return of === this.prompt.text && this.first.sentOf ? result : null;
  }

  #sentRequest(model: LabModel): JobRequest<SentCheck> | null {
    const { sentOf: sent } = this.first;
    const { text } = this.prompt;
    if (!sent?.prediction || this.#awaitsTemplate(model)) return null;
    const { prediction } = sent;
    const asked = askedOf(this.state.draft, this.chat);
    const work = verifySent(model, text, asked, { ...sent, prediction });
    return { key: JSON.stringify([model.info.sha256, text, sent]), of: text, work };
  }

  #attentionRequest(model: LabModel): JobRequest<Attention> | null {
    const looked = this.#looked;
    if (looked === null) return null;
    const { text } = this.prompt;
    const position = looked === 'last' ? undefined : looked;
    const work: Work<Attention> = async function* ({ signal }) {
      yield await model.attention(text, { position, signal });
    };
    return { key: `${looked} ${text}`, of: text, work };
  }

  #treeRequest(model: LabModel, open: readonly string[]): JobRequest<Tree> {
    const { text } = this.prompt;
    return { key: JSON.stringify([text, open]), of: text, work: growth(model, text, open) };
  }

  #labelsRequest(model: LabModel, held: Held): JobRequest<Classification | null> {
    const { settings, chat } = this;
    const { labels } = askedOf(this.state.draft, chat).task;
    return this.#classifier.request(model, held, { settings, chat, labels });
  }

  #ladderRequest(model: LabModel): JobRequest<Rungs> | null {
    if (this.#awaitsTemplate(model) || lackOf(model, 'scores') !== null) return null;
    const { draft } = this.state;
    const { comparison } = this.settings;
    const { solution } = this.first;
    const of = ladderKey(draft, comparison);
    // Without a right answer it follows what comes first at the present number of shots.
    const key = JSON.stringify([of, solution ?? draft.shots]);
    const options = { comparison, chat: this.chat, solution };
    return { key, of, work: climb(model, draft, options), calls: climbCalls(draft, options) };
  }

  /** Null where the tokens of the prompt are not known yet. */
  #surprisalRequest(model: LabModel): JobRequest<readonly SurprisalEntry[]> | null {
    const { text } = this.prompt;
    const { tokens, tokensOf } = this.answer.jobState.result ?? {};
    if (!tokens || tokensOf !== text) return null;
    return { key: text, of: text, work: surprisal(model, text, tokens.length) };
  }

  /** What the fixes of the findings would do. */
  #effectsRequest(model: LabModel): JobRequest<Effects> | null {
    const { text } = this.prompt;
    const fixes = this.findings.flatMap(({ code, fixed }) =>
      fixed ? [{ code, text: promptOf(fixed, this.chat).text }] : [],
    );
    if (fixes.length === 0 || this.#awaitsTemplate(model)) return null;
    const key = JSON.stringify([text, fixes]);
    return { key, of: text, work: effects(model, text, fixes), calls: fixes.length + 1 };
  }

  #lint(): LabFinding[] {
    const { draft } = this.state;
    return findingsOf(draft, askedOf({ ...draft, text: null }));
  }

  #job<Result>(found: (result: Result) => void = () => {}, paceMs?: number): Job<Result> {
    const job: Job<Result> = new Job<Result>(() => {
      const { problem, result } = job.jobState;
      if (result !== null) found(result);
      if (problem?.code === 'crashed') this.models.crashed(problem);
      this.changed();
    }, paceMs);
    this.#jobs.push(job as Job<unknown>);
    return job;
  }

  #modelsChanged(): void {
    const { model } = this.models;
    // How far a download is asks nothing anew.
    if (model !== this.#model) {
      this.#model = model;
      // What one model said is nothing that another did.
      for (const job of this.#jobs) job.reset();
      // Another model has another template.
      if (model && model !== this.#chatOf) this.chat = null;
      void this.#readChat();
      if (model) this.ask();
    }
    this.changed();
  }
}
