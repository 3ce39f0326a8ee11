import { defaultModel } from 'shotglass';
import type { ChatTemplate } from '../app/chat.ts';
import type { Job, JobState } from '../app/job.ts';
import type { LabModel } from '../app/lab-model.ts';
import type { Models, OpenModel } from '../app/models.ts';
import { presetOf } from '../app/own-task.ts';
import type { Pace } from '../app/pace.ts';
import { LabError } from '../app/problem.ts';
import type { Settings } from '../app/settings.ts';
import { factsOfModel, type ModelFacts } from '../app/source.ts';
import type { Draft, LabState } from '../app/state.ts';
import type { RunShelf } from '../share/kept-runs.ts';
import { strings } from '../strings/index.ts';
import { costOf } from '../why/evaluate/evaluation.ts';
import { type Experiment, type ExperimentId, experimentIds } from '../why/experiment.ts';
import { experimentOf, experiments, shownExperiment } from '../why/experiments.ts';
import type { Figure, Question } from '../why/figure.ts';
import type { Run } from '../why/methods.ts';
import { isOnlyRecorded } from '../why/models/models-figure.ts';
import {
  firstChoices,
  keyOf,
  type QuestionToRun,
  questionOf,
  type Unfinished,
  type WhyChoices,
} from '../why/question.ts';
import { type RowEffects, rowEffects } from '../why/shown.ts';
import { Tape, TapeDiffers } from '../why/tape.ts';
import { readChoices, taskOfChoices } from './kept-choices.ts';
import { type KnownModels, OverModels } from './over-models.ts';
import { keyOfRun, steps, Taping } from './taping.ts';

/** A figure is drawn so often at most: that of some thousand rows takes a while to draw. */
const drawMs = 200;
/** How long nothing has to change before it is looked up what was found of this earlier. */
const restMs = 150;

/** The part of the lab that experiments depend on. */
interface Lab {
  readonly state: LabState;
  readonly settings: Settings;
  readonly chat: ChatTemplate | null;
  readonly models: Models;
  readonly pace: Pace;
  readonly pinned: { readonly held: { readonly draft: Draft } | null };
}

/** What the reader chose for the experiments, what each of them found last, and how long they take. */
export class Experiments {
  choices: WhyChoices = firstChoices;
  readonly #lab: Lab;
  readonly #changed: () => void;
  readonly #jobs: Readonly<Record<ExperimentId, Job<Figure>>>;
  /** What each expected token took in the last evaluation of a model. */
  #measured: { model: LabModel; tokenMs: number } | null = null;
  #effects: RowEffects = new Map();
  #shelf: RunShelf | null = null;
  #taping: Taping;
  /** What was looked up last, so that it is not looked up again. */
  #looked = new Map<ExperimentId, string>();
  #lookedModel: LabModel | null = null;
  #lookedOpen: readonly OpenModel[] = [];
  #unfinished = new Map<ExperimentId, Unfinished>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** All that the questions depended on when they were looked up last. */
  #recalled: readonly unknown[] = [];
  /** Settled once the choices of the task are there. */
  #chosen: Promise<void> = Promise.resolve();
  /** What the result of each experiment is of. */
  readonly #runs = new Map<ExperimentId, Run>();
  readonly #overModels: OverModels;

  constructor(lab: Lab, newJob: () => Job<Figure>, changed: () => void, known?: KnownModels) {
    this.#overModels = new OverModels(known);
    this.#lab = lab;
    this.#changed = changed;
    this.#taping = new Taping(null, changed);
    const jobs = experimentIds.map((id) => [id, newJob()]);
    this.#jobs = Object.fromEntries(jobs) as Record<ExperimentId, Job<Figure>>;
  }

  /** What the experiment whose tab is open found. */
  get jobState(): JobState<Figure> {
    return this.#jobs[this.#current.id].jobState;
  }

  /** What the experiment whose tab is open was run on; null where it found nothing yet. */
  get made(): Run | null {
    return this.jobState.result && (this.#runs.get(this.#current.id) ?? null);
  }

  /** What the last evaluation found. */
  get evaluation(): Figure | null {
    return this.#jobs.evaluate.jobState.result;
  }

  /** How long a token of an evaluation takes: as in the last one, or else as in a prompt. */
  get tokenMs(): number | null {
    const { models, pace } = this.#lab;
    return this.#measured?.model === models.model ? this.#measured.tokenMs : pace.durationMs(1);
  }

  /** What each row of the table does to the answer, if that is known of this prompt. The same is the same object. */
  get effects(): RowEffects {
    const { state, chat, settings } = this.#lab;
    const { of, result } = this.#jobs.influence.jobState;
    const question = result && questionOf(state.draft, chat, settings, this.choices);
    const isNow = question && of === keyOf(experimentOf('influence'), question);
    const figure = isNow && result?.experiment === 'influence' ? result : null;
    const effects = rowEffects(state.draft, figure);
    if (JSON.stringify([...effects]) !== JSON.stringify([...this.#effects]))
      this.#effects = effects;
    return this.#effects;
  }

  /** Where the experiment whose tab is open was left; null where it came to its end. */
  get unfinished(): Unfinished | null {
    return this.#unfinished.get(this.#current.id) ?? null;
  }

  /** What is not kept, or not there any more. */
  get notice(): string | null {
    return this.#taping.notice?.() ?? null;
  }

  /** The models that can be asked. */
  get open(): readonly OpenModel[] {
    return this.#lab.models.open;
  }

  /** From now on, what is found and chosen is kept there. */
  keepIn(shelf: RunShelf | null): void {
    this.#shelf = shelf;
    this.#taping = new Taping(shelf, this.#changed);
    this.#looked.clear();
    this.#recalled = [];
    this.#chosen = this.#readChoices();
    this.recall();
  }

  choose(change: Partial<WhyChoices>): void {
    this.choices = { ...this.choices, ...change };
    const { rows, shots, draws, calibration, holdOut, given } = this.choices;
    const kept = { rows, shots, draws, calibration, holdOut, given };
    // Whether they are kept or not, the page shows them.
    this.#shelf?.writeChoices(taskOfChoices(this.#lab.state.draft), kept).catch(() => {});
    this.#changed();
  }

  /** Shows what was found of this very prompt, model and settings before, once the reader rests. */
  recall(): void {
    // What is recorded of models is known without a shelf.
    const { overModels, isRecorded } = this.#current;
    if (!this.#shelf && !overModels && !isRecorded) return;
    const { state, chat, settings, models, pinned } = this.#lab;
    const asked = [
      state.draft,
      chat,
      settings,
      this.choices,
      models.model,
      models.open,
      pinned.held?.draft,
    ];
    // A download tells of its progress many times a second, and all the rows are in the key of a question.
    if (asked.every((part, at) => part === this.#recalled[at])) return;
    this.#recalled = asked;
    this.#timer ??= setTimeout(() => void this.#recall(), restMs);
  }

  /** Runs in the place of whatever is under way; what that found by then stays. */
  run({ experiment, question, of, goesOn = false }: QuestionToRun): void {
    const { model } = this.#lab.models;
    if (!model) return;
    this.stop();
    const { id } = experiment;
    this.#looked.set(id, of);
    if (experiment.overModels) {
      this.#lookedOpen = this.open;
      this.#runOverModels(question, of);
      return;
    }
    const left = this.#unfinished;
    left.delete(id);
    const key = keyOfRun(experiment, of, this.#modelFacts);
    const taping = this.#taping;
    const changed = this.#changed;
    const runs = this.#runs;
    const measured = (figure: Figure) => this.#measure(model, figure, question);
    void this.#jobs[id].start(of, async function* ({ signal, report }) {
      const recording = await taping.record(experiment.isBrief ? null : key, goesOn);
      const tape = new Tape(model, recording.known, (call) => recording.add(call));
      let last: Figure | null = null;
      let drawn = Number.NEGATIVE_INFINITY;
      let at = { done: 0, total: 0 };
      let isFinished = false;
      let asked = question as Question;
      const all = steps(experiment, tape, question, signal, (settled) => {
        asked = settled;
      });
      try {
        for await (const { done, total, result } of all) {
          at = { done, total };
          recording.step(done, total);
          last = result;
          // What was known already says nothing about the pace.
          if (!tape.isLive) continue;
          const now = performance.now();
          if (now - drawn < drawMs && done < total) continue;
          drawn = now;
          report(done, total);
          // What was found before this stays until now, and with it what it was of.
          runs.set(id, { question: asked, model: factsOfModel(model.info) });
          yield result;
        }
        isFinished = true;
      } catch (error) {
        if (!(error instanceof TapeDiffers)) throw error;
        await taping.drop(key);
        throw new LabError(() => strings.why.dropped.damaged);
      } finally {
        await recording.end(isFinished);
        if (!isFinished && recording.isKept && at.done > 0) {
          left.set(id, { of, ...at });
          changed();
        }
      }
      if (last && recording.known.length === 0) measured(last);
    });
  }

  #runOverModels(question: Question, of: string): void {
    const { open } = this;
    const [first] = open;
    if (!first) return;
    this.#runs.set('models', { question, model: factsOfModel(first.model.info) });
    const preset = presetOf(this.#lab.state.draft);
    void this.#jobs.models.start(of, (running) =>
      this.#overModels.run(this.#taping, open, preset, question, running),
    );
  }

  stop(): void {
    for (const job of Object.values(this.#jobs)) job.stop();
  }

  /** Another task: what was found and what the reader brought belong to the one before. */
  reset(): void {
    const { lookAt, against } = firstChoices;
    const own = { rows: null, closer: null, given: null, holdOut: 0, lookAt, against };
    this.choices = { ...this.choices, ...own };
    for (const job of Object.values(this.#jobs)) job.reset();
    this.#overModels.reset();
    this.#looked.clear();
    this.#unfinished.clear();
    this.#chosen = this.#readChoices();
  }

  /** Forgets all that was kept, too. */
  forget(): void {
    this.#shelf?.clear().catch(() => {});
    this.choices = firstChoices;
    this.reset();
  }

  get #current(): Experiment {
    const { settings, pinned } = this.#lab;
    return shownExperiment(settings.experiment, pinned.held !== null);
  }

  /** Before a model is loaded, what is kept of the default one is shown. */
  get #modelFacts(): ModelFacts {
    const { name, sha256 } = defaultModel;
    return factsOfModel(this.#lab.models.model?.info ?? { name, sha256, activationBits: 16 });
  }

  #questionOf(experiment: Experiment): QuestionToRun {
    const { state, chat, settings, pinned } = this.#lab;
    const held = pinned.held?.draft ?? null;
    const question = questionOf(state.draft, chat, settings, this.choices, held);
    return { experiment, question, of: keyOf(experiment, question) };
  }

  async #recall(): Promise<void> {
    await this.#chosen;
    this.#timer = null;
    const { model } = this.#lab.models;
    if (model !== this.#lookedModel) {
      this.#looked.clear();
      this.#unfinished.clear();
    }
    this.#lookedModel = model;
    for (const experiment of experiments) await this.#recallOne(experiment);
    if (!model) await this.#showRecorded(this.#current);
  }

  /** What is recorded of the present question stands there until a model is loaded. */
  async #showRecorded(experiment: Experiment): Promise<void> {
    const { question, of } = this.#questionOf(experiment);
    const job = this.#jobs[experiment.id];
    if (!experiment.isRecorded || job.jobState.of === of) return;
    const card = await experiment.fetchCard().catch(() => null);
    const figure = await card?.recorded?.(question, of).catch(() => null);
    const isNow = !this.#lab.models.model && this.#questionOf(experiment).of === of;
    if (!isNow) return;
    // What was only recorded is not of an earlier prompt: it is not shown at all.
    const { result } = job.jobState;
    if (!figure && result && isOnlyRecorded(result)) job.reset();
    if (!figure) return;
    this.#runs.set(experiment.id, { question, model: this.#modelFacts });
    job.show(of, figure, false);
  }

  async #recallOne(experiment: Experiment): Promise<void> {
    const { id } = experiment;
    const { question, of } = this.#questionOf(experiment);
    const job = this.#jobs[id];
    const isKnown = () => job.jobState.running || job.jobState.of === of;
    const isLooked = isKnown() || this.#looked.get(id) === of;
    if (experiment.overModels) {
      // Of a model that was opened in the meantime something may be kept.
      const isOpened = this.open !== this.#lookedOpen && !job.jobState.running;
      if (isOpened || !isLooked) await this.#recallModels(question, of);
      return;
    }
    if (isLooked || experiment.isBrief) return;
    this.#looked.set(id, of);
    const { model } = this.#lab.models;
    const key = keyOfRun(experiment, of, this.#modelFacts);
    const found = await this.#taping.recall(experiment, question, key);
    // In the meantime the reader has gone on: the next time it is looked up again.
    const isNow = model === this.#lab.models.model && this.#questionOf(experiment).of === of;
    if (!found || isKnown() || !isNow) return;
    const { figure, question: asked, done, total, finished } = found;
    if (finished) this.#unfinished.delete(id);
    else this.#unfinished.set(id, { of, done, total });
    this.#runs.set(id, { question: asked, model: this.#modelFacts });
    if (figure) job.show(of, figure, !finished);
    else this.#changed();
  }

  /** What is known of models is looked up once somebody looks. */
  async #recallModels(question: Question, of: string): Promise<void> {
    if (!this.#current.overModels) return;
    this.#looked.set('models', of);
    this.#lookedOpen = this.open;
    const job = this.#jobs.models;
    const preset = presetOf(this.#lab.state.draft);
    const figure = await this.#overModels
      .recall(this.#taping, this.open, preset, question)
      .catch(() => null);
    const isNow = this.#questionOf(experimentOf('models')).of === of;
    if (job.jobState.running || !isNow) return;
    // What was only recorded is not of an earlier prompt: it is not shown at all.
    const { result } = job.jobState;
    if (figure === null) {
      if (result && isOnlyRecorded(result)) job.reset();
      return;
    }
    this.#runs.set('models', { question, model: this.#modelFacts });
    job.show(of, figure, false);
  }

  async #readChoices(): Promise<void> {
    const task = taskOfChoices(this.#lab.state.draft);
    const { choices } = this;
    const kept = await this.#shelf?.readChoices(task).catch(() => undefined);
    const read = readChoices(kept);
    // What the reader has chosen since is newer.
    if (!read || this.choices !== choices) return;
    this.choices = { ...choices, ...read };
    this.#changed();
  }

  #measure(model: LabModel, figure: Figure | null, question: QuestionToRun['question']): void {
    if (figure?.experiment !== 'evaluate') return;
    const { tokens } = costOf(question);
    if (tokens > 0) this.#measured = { model, tokenMs: figure.evaluation.durationMs / tokens };
  }
}
