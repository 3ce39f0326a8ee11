/** The trainings of the page: what the reader set, the runs, and the moment of one of them that is looked at. */
import { type Model, ShotglassError } from 'shotglass';
import type { Rates, WayComparison } from 'shotglass/transfer';
import type { ChatTemplate } from '../../app/chat.ts';
import { Job, type JobState } from '../../app/job.ts';
import { lackOf } from '../../app/lab-model.ts';
import type { Models } from '../../app/models.ts';
import { nameOf } from '../../app/own-task.ts';
import { type Problem, problemOf } from '../../app/problem.ts';
import type { Settings } from '../../app/settings.ts';
import { factsOfModel } from '../../app/source.ts';
import type { Draft, LabState } from '../../app/state.ts';
import {
  type Asked,
  firstTransferSettings,
  type RecordedComparison,
  type ThreeWays,
  type TransferRun,
  type TransferSettings,
  type TransferView,
  type TransferWish,
  usualRate,
} from '../../app/transfer.ts';
import { latest } from '../../util/latest.ts';
import { questionOf, type WhyChoices } from '../../why/question.ts';
import { askedOfQuestion } from './asked.ts';
import { Asking } from './asking.ts';
import { Gate } from './gate.ts';
import { browserCaches, forgetRun, keepRun, readRun } from './kept-run.ts';
import { fetchParts, type Parts } from './parts.ts';
import { Runs } from './runs.ts';
import { saveAdapter, saveLines } from './saving.ts';

/** The part of the lab that trainings depend on. */
interface Lab {
  readonly state: LabState;
  readonly settings: Settings;
  readonly chat: ChatTemplate | null;
  readonly models: Models;
  readonly answer: { readonly jobState: JobState<unknown> };
  readonly experiments: { readonly choices: WhyChoices };
}

/** Layers of the default model, until one is there that knows its own. */
const usualLayers = 30;
/** Over how long the pace of a comparison is measured: a step of a training may take seconds. */
const comparisonPaceMs = 20_000;

export class Transfers {
  #settings: TransferSettings = firstTransferSettings;
  #recordedComparison: RecordedComparison | null = null;
  #scale = 1;
  #running: { id: string; controller: AbortController; isPaused: boolean } | null = null;
  #problem: Problem | null = null;
  #parts: Parts | null = null;
  #model: Model | null = null;
  /** What begins when the model is there, which is on its way: a run of the form, or the same as another run. */
  #wanted: { again: TransferRun | null } | null = null;
  /** Null until the part of the page and a model are there. */
  #asking: Asking | null = null;
  // A download tells of its progress many times a second, and all the rows are in a question.
  readonly #questionOf = latest(
    (draft: Draft, chat: ChatTemplate | null, settings: Settings, choices: WhyChoices) =>
      askedOfQuestion(questionOf(draft, chat, settings, choices), draft.chat),
  );
  readonly #gate = new Gate();
  readonly #runs = new Runs();
  readonly #asked: Job<ThreeWays>;
  readonly #rates: Job<Rates>;
  readonly #compared: Job<WayComparison>;
  readonly #store = browserCaches();

  constructor(
    private readonly lab: Lab,
    private readonly told: () => void,
    private readonly parts = fetchParts,
  ) {
    // The end of an answer opens the gate.
    this.#asked = this.#job();
    this.#rates = this.#job();
    this.#compared = this.#job(comparisonPaceMs);
  }

  #job<Result>(paceMs?: number): Job<Result> {
    const job: Job<Result> = new Job<Result>(() => {
      this.#tellCrash(job.jobState.problem);
      this.changed();
      this.told();
    }, paceMs);
    return job;
  }

  /** An engine that has stopped is nothing for this section alone. */
  #tellCrash(problem: Problem | null): void {
    if (problem?.code === 'crashed') this.lab.models.crashed(problem);
  }

  /** The section comes into view. */
  async open(): Promise<void> {
    if (this.#parts) return;
    try {
      this.#parts = await this.parts();
      this.#problem = null;
    } catch (error) {
      this.#problem = problemOf(error);
    }
    this.told();
    const [kept, recorded] = await Promise.all([
      readRun(this.#store),
      this.#parts?.recorded().catch(() => null) ?? null,
    ]);
    this.#runs.recorded = recorded?.runs ?? [];
    this.#recordedComparison = recorded?.comparison ?? null;
    if (kept) this.#runs.addKept(kept);
    this.changed();
    this.told();
  }

  /** Null until its part of the page has been fetched. */
  get view(): TransferView | null {
    const part = this.#parts;
    if (!part) return null;
    const asked = this.#question;
    const { loaded: model } = this.lab.models;
    const shown = this.#shownRun;
    const at = shown ? this.#runs.stepOf(shown) : 0;
    const running = this.#running;
    return {
      settings: this.#settings,
      lack: lackOf(this.lab.models.model, 'training'),
      obstacle: part.obstacleOf(this.#settings, asked),
      examples: part.examplesOf(this.#settings, asked),
      available: asked.task.demonstrations.length,
      layers: model?.info.layers ?? usualLayers,
      isReady: model !== null,
      loading: this.#wanted ? this.lab.models.loading : null,
      runs: this.#runs.all,
      shown,
      at,
      scale: this.#scale,
      running: running && {
        id: running.id,
        paused: running.isPaused ? 'reader' : this.#isAsking ? 'question' : null,
      },
      kept: shown ? this.#runs.snapshots.steps(shown.id) : [],
      isOfModel: shown !== null && shown.model.sha256 === model?.info.sha256,
      asked: this.#asked.jobState,
      problem: this.#problem,
      canRestore: this.#runs.canRestore,
      rates: this.#rates.jobState,
      compared: this.#compared.jobState,
      recordedComparison: this.#recordedComparison,
    };
  }

  /** Why its part of the page is not there. */
  get problem(): Problem | null {
    return this.#parts ? null : this.#problem;
  }

  wish(wish: TransferWish): void {
    switch (wish.do) {
      case 'set':
        this.#set(wish.change);
        break;
      case 'begin':
        this.#start(null);
        break;
      case 'pause':
      case 'resume':
        if (this.#running) this.#running.isPaused = wish.do === 'pause';
        break;
      case 'stop':
        this.#running?.controller.abort();
        break;
      case 'show':
        this.#runs.show(wish.id);
        break;
      case 'at':
        this.#runs.lookAt(wish.step);
        break;
      case 'scale':
        this.#scale = wish.scale;
        break;
      case 'again':
        this.#again(wish.id);
        break;
      case 'remove':
        this.#remove(wish.id);
        break;
      case 'restore':
        this.#restore();
        break;
      case 'save':
        void this.#save(wish.as);
        break;
      case 'find-rate':
        this.#findRate();
        break;
      case 'stop-rate':
        this.#rates.stop();
        break;
      case 'compare':
        this.#compare();
        break;
      case 'stop-compare':
        this.#compared.stop();
    }
    this.changed();
    this.told();
  }

  /** Called with every change of the lab. */
  changed(): void {
    const { loaded: model } = this.lab.models;
    if (model !== this.#model) {
      this.#running?.controller.abort();
      this.#model = model;
      this.#asking = null;
      this.#asked.reset();
      this.#rates.reset();
      this.#compared.reset();
      const wanted = this.#wanted;
      this.#wanted = null;
      if (model && wanted) this.#start(wanted.again);
    }
    this.#gate.set(this.#running !== null && (this.#running.isPaused || this.#isAsking));
    this.#ask();
  }

  /** The page answers first. */
  get #isAsking(): boolean {
    return this.lab.answer.jobState.running || this.#asked.jobState.running;
  }

  get #question(): Asked {
    const { state, chat, settings, experiments } = this.lab;
    return this.#questionOf(state.draft, chat, settings, experiments.choices);
  }

  get #shownRun(): TransferRun | null {
    const { draft } = this.lab.state;
    return this.#runs.shown(nameOf(draft), draft.preset);
  }

  #set(change: Partial<TransferSettings>): void {
    const { method } = change;
    const rate = method && method !== this.#settings.method && { learningRate: usualRate[method] };
    this.#settings = { ...this.#settings, ...rate, ...change };
  }

  #again(id: string): void {
    const run = this.#runs.find(id);
    if (run) this.#start(run);
  }

  /** A run of the form on the task as it stands, or the same as another run. */
  #start(again: TransferRun | null): void {
    const { settings, asked } = again ?? { settings: this.#settings, asked: this.#question };
    void this.#begin(settings, asked, again);
  }

  /** `of`: the run that is repeated. */
  async #begin(settings: TransferSettings, asked: Asked, of: TransferRun | null): Promise<void> {
    const part = this.#parts;
    const { loaded: model } = this.lab.models;
    if (!part || this.#running) return;
    if (!model) {
      this.#wanted = { again: of };
      void this.lab.models.load({ kind: 'default' });
      return;
    }
    const { draft } = this.lab.state;
    const controller = new AbortController();
    const id = crypto.randomUUID();
    try {
      this.#problem = null;
      const plan = part.planOf(settings, asked);
      this.#rates.stop();
      this.#compared.stop();
      this.#running = { id, controller, isPaused: false };
      this.#runs.add({
        id,
        task: of?.task ?? nameOf(draft),
        preset: of ? of.preset : draft.preset,
        ...{ asked, settings },
        model: factsOfModel(model.info),
        layers: model.info.layers,
        examples: settings.way === 'adapt' ? plan.texts.length : plan.task.demonstrations.length,
        ...{ shots: [], moments: [], parameters: null, state: 'running', sha256: null },
        repeats: of?.sha256 ?? null,
        began: Date.now(),
      });
      const hooks = { signal: controller.signal, beforePart: () => this.#gate.passing };
      for await (const event of part.runTransfer(model, plan, hooks)) {
        if (event.kind === 'moment' && event.file) {
          this.#runs.snapshots.add(id, event.moment.step, event.file);
        }
        this.#runs.update(id, (before) => part.grown(before, event));
        this.told();
      }
      this.#runs.update(id, (before) => ({ ...before, state: 'done' }));
    } catch (error) {
      this.#failed(id, error);
    } finally {
      this.#running = null;
      // One that found nothing leaves what is kept.
      if (this.#runs.latest()?.run.id === id) await this.#keep();
      this.changed();
      this.told();
    }
  }

  /** What was found before stays. */
  #failed(id: string, error: unknown): void {
    const isDiverged = error instanceof ShotglassError && error.code === 'diverged';
    const problem = problemOf(error);
    this.#problem = isDiverged ? null : problem;
    this.#tellCrash(problem);
    const state = isDiverged ? 'diverged' : problem ? 'failed' : 'stopped';
    this.#runs.update(id, (before) => ({ ...before, state }));
    this.#runs.dropEmpty(id);
  }

  /** Keeps the latest run across reloads, and nothing where all are deleted. */
  async #keep(): Promise<void> {
    const latest = this.#runs.latest();
    await (latest ? keepRun(this.#store, latest) : forgetRun(this.#store));
  }

  #remove(id: string): void {
    if (this.#running?.id !== id && this.#runs.remove(id)) void this.#keep();
  }

  #restore(): void {
    if (this.#runs.restore()) void this.#keep();
  }

  /** Asks the query of the moment that is looked at, as it stands. */
  #ask(): void {
    const part = this.#parts;
    const { loaded: model } = this.lab.models;
    const run = this.#shownRun;
    if (!part || !model || !run || run.model.sha256 !== model.info.sha256) return;
    // While it trains, the steps say what the tuned model says.
    const snapshot = this.#runs.snapshots.upTo(run.id, this.#runs.stepOf(run));
    if (!snapshot || this.#running?.id === run.id) return;
    this.#asking ??= new Asking(this.#asked, model, part.askThreeWays);
    const { step, file } = snapshot;
    this.#asking.follow(this.#question, { key: `${run.id} ${step}`, file, scale: this.#scale });
  }

  async #save(as: 'gguf' | 'peft' | 'jsonl'): Promise<void> {
    const part = this.#parts;
    const run = this.#shownRun;
    if (!part || !run) return;
    try {
      if (as === 'jsonl') saveLines(part, this.#runs);
      else await saveAdapter(as, part, this.#runs, run, this.lab.models.loaded);
    } catch (error) {
      this.#problem = problemOf(error);
      this.told();
    }
  }

  #findRate(): void {
    const part = this.#parts;
    const { loaded: model } = this.lab.models;
    if (!part || !model || this.#running) return;
    const settings = this.#settings;
    const asked = this.#question;
    void this.#rates.start(JSON.stringify(settings), ({ signal, report }) =>
      part.tryRates(model, settings, asked, { signal, report }),
    );
  }

  #compare(): void {
    const part = this.#parts;
    const { loaded: model } = this.lab.models;
    if (!part || !model || this.#running) return;
    this.#rates.stop();
    const settings = this.#settings;
    const asked = this.#question;
    void this.#compared.start(JSON.stringify([settings, asked]), ({ signal, report }) =>
      part.compareWays(model, settings, asked, { signal, report }),
    );
  }
}
