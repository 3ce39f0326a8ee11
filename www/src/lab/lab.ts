import type { Attention, Classification, Model, SurprisalEntry } from 'shotglass';
import { classify, readLabels, taskLabels } from 'shotglass';
import { referenceOf } from 'shotglass/experiments';
import { type Answer, answer } from '../answer/answer.ts';
import { type Held, type SideBySide, sideBySide } from '../answer/compare/side-by-side.ts';
import { ladderKey, type Rungs } from '../answer/ladder/ladder.ts';
import { climb } from '../answer/ladder/ladder-run.ts';
import { type Draw, generation } from '../answer/text/generation.ts';
import { isShaped } from '../answer/tokens/sampling.ts';
import { growth, type Tree } from '../answer/tree/tree.ts';
import { type ChatTemplate, isUnfetched } from '../app/chat.ts';
import { readChatTemplate } from '../app/chat-reading.ts';
import { Job } from '../app/job.ts';
import { ModelSlot } from '../app/model-slot.ts';
import { askedOf, type LabPrompt, promptOf } from '../app/prompt.ts';
import { comparisons, defaultSettings, hasLabels, type Settings } from '../app/settings.ts';
import { type Action, type Draft, type LabState, openPreset, reduce } from '../app/state.ts';
import { presets } from '../presets/index.ts';
import type { ReceiptCheck } from '../share/receipt-check.ts';
import { type Effects, effects, findingsOf, type LabFinding } from '../tokens/lint.ts';
import { written } from '../tokens/raw.ts';
import { type Expected, expected, surprisal } from '../tokens/surprisal.ts';
import type { Experiment, Figure, Question } from '../why/figure.ts';
import { settled } from '../why/question.ts';
import type { Agreement } from './recorded/reading.ts';
import { First } from './recorded-or-live.ts';

/** How long the reader must rest before the model runs what nobody has asked for in so many words. */
const restMs = 250;

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
  #chatOf: Model | null = null;
  #chatRead: Model | null = null;

  readonly slot = new ModelSlot(() => this.#slotChanged());
  readonly #jobs: Job<unknown>[] = [];
  readonly answer = this.#job<Answer>();
  readonly classification = this.#job<Classification | null>();
  readonly generation = this.#job<Draw[]>();
  readonly tree = this.#job<Tree>();
  readonly attention = this.#job<Attention>();
  /** The token whose attention is in view, from 0; null while nobody looks. */
  #looked: number | 'last' | null = null;
  readonly why = this.#job<Figure>();
  readonly agreement = this.#job<Agreement>();
  readonly first: First = new First(this, () => this.changed());
  readonly ladder = this.#job<Rungs>();
  /** A prompt that others are set beside, what both lead to, and what its labels are. */
  held: Held | null = null;
  /** The whole distribution behind the prompt, where sampling would draw from another. */
  readonly logprobs = this.#job<Float32Array>();
  readonly sideBySide = this.#job<SideBySide>();
  readonly heldClassification = this.#job<Classification | null>();
  /** What each classification has scored. */
  readonly #scored = new WeakMap<Classification, string>();
  readonly receipt = this.#job<ReceiptCheck>();
  readonly surprisal = this.#job<readonly SurprisalEntry[]>();
  readonly expected = this.#job<Expected>();
  readonly effects = this.#job<Effects>();
  findings: readonly LabFinding[] = this.#lint();
  #following = 0;
  #model: Model | null = null;

  constructor(private readonly changed: () => void) {}

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
    // A new draft has been asked for already, with these settings.
    if (this.prompt === prompt) this.#ask();
    this.changed();
  }

  #become(state: LabState): void {
    const { draft } = this.state;
    this.state = state;
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
    this.#ask();
  }

  /** The template of another model, where the draft is a conversation. */
  async #readChat(): Promise<void> {
    const { model } = this.slot;
    if (!model || model === this.#chatOf || !this.state.draft.chat) return;
    this.#chatOf = model;
    const { chatTemplate } = model.info;
    const chat = chatTemplate === null ? null : await readChatTemplate(chatTemplate);
    if (this.#chatOf !== model) return;
    this.chat = chat;
    this.#chatRead = model;
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
    const { model } = this.slot;
    const { text } = this.prompt;
    const { tokens, tokensOf } = this.answer.jobState.result ?? {};
    if (!model || !tokens || tokensOf !== text) return;
    const ended = await this.surprisal.request(text, text, surprisal(model, text, tokens.length));
    if (!ended || index === null || index === 0 || this.prompt.text !== text) return;
    if (this.surprisal.jobState.result?.[index]?.candidates.length !== 0) return;
    void this.expected.request(`${index} ${text}`, text, expected(model, tokens, index));
  }

  set(change: Partial<Settings>): void {
    this.settings = { ...this.settings, ...change };
    this.first.asked();
    this.#ask();
    this.changed();
  }

  generate(): void {
    const { model } = this.slot;
    const { text } = this.prompt;
    if (model) void this.generation.start(text, generation(model, text, this.settings.sampling));
    else this.first.want();
  }

  /** The next words of the prompt, and those behind the paths that are open. */
  grow(open: readonly string[]): void {
    const { model } = this.slot;
    const { text } = this.prompt;
    const key = JSON.stringify([text, open]);
    if (model) void this.tree.request(key, text, growth(model, text, open));
  }

  look(position: number | 'last' | null): void {
    this.#looked = position;
    if (this.slot.model && this.answer.jobState.result?.predictionOf === this.prompt.text) {
      void this.#attend(this.slot.model);
    }
  }

  explain(experiment: Experiment, question: Question, of: string): void {
    const { model } = this.slot;
    if (!model) return;
    void this.why.start(of, async function* ({ signal, report }) {
      const asked = experiment.needsRows
        ? { ...question, signal }
        : await settled(model, question, signal);
      for await (const { done, total, result } of experiment.run(model, asked)) {
        report(done, total);
        yield result;
      }
    });
  }

  hold(): void {
    this.held = { draft: this.state.draft, text: this.prompt.text };
    this.#ask();
    this.changed();
  }

  release(): void {
    this.held = null;
    for (const job of [this.sideBySide, this.heldClassification]) job.reset();
    this.changed();
  }

  /** The held prompt becomes the present one, and the present one is held. */
  swap(): void {
    if (!this.held) return;
    const { draft } = this.held;
    this.held = { draft: this.state.draft, text: this.prompt.text };
    this.edit({ type: 'open', draft });
  }

  #ask(): void {
    const { model } = this.slot;
    if (!model) return;
    const { text } = this.prompt;
    const { topK } = this.settings;
    const answered = this.answer.request(`${topK} ${text}`, text, answer(model, text, topK));
    void this.#follow(model, answered);
  }

  /** What is told beside the answer, one after the other, so that the answer itself never waits. */
  async #follow(model: Model, answered: Promise<boolean>): Promise<void> {
    const following = ++this.#following;
    const goesOn = () => following === this.#following && this.slot.model === model;
    if (!(await answered) || !goesOn()) return;
    const { draft } = this.state;
    const { held } = this;
    if (isShaped(this.settings.sampling)) await this.#spell(model);
    if (!goesOn()) return;
    await this.#classify(model, this.classification, { draft, text: this.prompt.text });
    if (held && goesOn()) {
      const { topK } = this.settings;
      const { text } = this.prompt;
      const key = JSON.stringify([topK, held.text, text]);
      await this.sideBySide.request(key, text, sideBySide(model, held, text, topK));
      if (goesOn()) await this.#classify(model, this.heldClassification, held);
    }
    await new Promise((resolve) => setTimeout(resolve, restMs));
    if (!goesOn()) return;
    if (this.settings.view === 'text' && this.tree.jobState.of !== this.prompt.text) this.grow([]);
    await this.#attend(model);
    if (!goesOn()) return;
    // A conversation waits for its template, and is asked for again then.
    if (draft.chat && this.#chatRead !== model) return;
    const { comparison } = this.settings;
    const key = ladderKey(draft, comparison);
    await this.ladder.request(key, key, climb(model, draft, comparison, this.chat));
    if (!goesOn()) return;
    await this.#weigh(model);
    if (goesOn() && this.settings.strip === 'surprisal') await this.surprise(null);
    if (goesOn()) await this.#agree(model);
  }

  /** What is known of that: of this prompt where it is recorded, else of one of its preset. */
  get agreed(): Agreement | null {
    const { of, result } = this.agreement.jobState;
    if (result === null || result.kind === 'other') return result;
    const isAbout =
      this.first.shots === null
        ? result.preset === this.state.draft.preset
        : of === this.prompt.text;
    return isAbout ? result : null;
  }

  /** Whether the model says what is recorded: of each recorded prompt, and of each preset in any case. */
  async #agree(model: Model): Promise<void> {
    const { first, agreement } = this;
    const { text } = this.prompt;
    if (this.agreed) return;
    await agreement.request(`${model.info.sha256} ${text}`, text, async function* ({ signal }) {
      yield await first.agreement(model, signal);
    });
  }

  #spell(model: Model): Promise<boolean> {
    const { text } = this.prompt;
    return this.logprobs.request(text, text, async function* ({ signal }) {
      yield await model.logprobs(text, { signal });
    });
  }

  #attend(model: Model): Promise<boolean> {
    const looked = this.#looked;
    if (looked === null) return Promise.resolve(true);
    const { text } = this.prompt;
    return this.attention.request(`${looked} ${text}`, text, async function* ({ signal }) {
      yield await model.attention(
        text,
        looked === 'last' ? { signal } : { position: looked, signal },
      );
    });
  }

  #lint(): LabFinding[] {
    const { draft } = this.state;
    return findingsOf(draft, askedOf({ ...draft, text: null }));
  }

  /** What the fixes of the findings would do. */
  async #weigh(model: Model): Promise<void> {
    const { text } = this.prompt;
    const fixes = this.findings.flatMap(({ code, fixed }) =>
      fixed ? [{ code, text: promptOf(fixed, this.chat).text }] : [],
    );
    if (fixes.length === 0) return;
    const key = JSON.stringify([text, fixes]);
    await this.effects.request(key, text, effects(model, text, fixes));
  }

  /** The labels after the prompt of a draft, where there are two or more to look at. */
  #classify(
    model: Model,
    job: Job<Classification | null>,
    { draft, text }: Held,
  ): Promise<boolean> {
    const { task, shots } = askedOf(draft, this.chat);
    const { rule, comparison, view } = this.settings;
    const labels = view === 'labels' || hasLabels(task.labels) ? taskLabels(task) : [];
    const scored = JSON.stringify([text, comparison, labels]);
    const known = this.#scored;
    return job.request(`${rule} ${scored}`, text, async function* ({ signal, before }) {
      if (labels.length < 2) {
        yield null;
        return;
      }
      // Another rule reads the same scores, and needs no model.
      const same = before !== null && known.get(before) === scored;
      const reference = same ? undefined : referenceOf(comparisons[comparison], task, { shots });
      const found = same
        ? readLabels(
            labels,
            before.labels.flatMap(({ scores }) => scores),
            rule,
          )
        : await classify(model, text, labels, { rule, reference, signal });
      known.set(found, scored);
      yield found;
    });
  }

  #job<Result>(): Job<Result> {
    const job: Job<Result> = new Job<Result>(() => {
      const { problem } = job.jobState;
      if (problem?.code === 'crashed') this.slot.crashed(problem);
      this.changed();
    });
    this.#jobs.push(job as Job<unknown>);
    return job;
  }

  #slotChanged(): void {
    const { model } = this.slot;
    // How far a download is asks nothing anew.
    if (model !== this.#model) {
      this.#model = model;
      // What one model said is nothing that another did.
      for (const job of this.#jobs) job.reset();
      // Another model has another template.
      if (model && model !== this.#chatOf) this.chat = null;
      void this.#readChat();
      if (model) this.#ask();
    }
    this.changed();
  }
}
