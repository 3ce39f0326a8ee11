import type { Model } from 'shotglass';
import type { ChatTemplate } from '../app/chat.ts';
import type { Job, JobState } from '../app/job.ts';
import type { ModelSlot } from '../app/model-slot.ts';
import type { Pace } from '../app/pace.ts';
import { RateMeter } from '../app/rate.ts';
import type { Settings } from '../app/settings.ts';
import type { LabState } from '../app/state.ts';
import { costOf } from '../why/evaluate/evaluation.ts';
import { experimentOf } from '../why/experiments.ts';
import { type Experiment, type ExperimentId, experimentIds, type Figure } from '../why/figure.ts';
import {
  firstChoices,
  keyOf,
  type QuestionToRun,
  questionOf,
  settled,
  type WhyChoices,
} from '../why/question.ts';
import { type RowEffects, rowEffects } from '../why/shown.ts';

/** Over how long the pace of an experiment is measured; a row of many shots may take seconds. */
const paceMs = 20_000;

/** The part of the lab that experiments depend on. */
interface Lab {
  readonly state: LabState;
  readonly settings: Settings;
  readonly chat: ChatTemplate | null;
  readonly slot: ModelSlot;
  readonly pace: Pace;
}

/** What the reader chose for the experiments, what each of them found last, and how long they take. */
export class Experiments {
  choices: WhyChoices = firstChoices;
  readonly #lab: Lab;
  readonly #changed: () => void;
  readonly #jobs: Readonly<Record<ExperimentId, Job<Figure>>>;
  #meter = new RateMeter(paceMs);
  /** What each expected token took in the last evaluation of a model. */
  #measured: { model: Model; tokenMs: number } | null = null;
  #effects: RowEffects = new Map();

  constructor(lab: Lab, newJob: () => Job<Figure>, changed: () => void) {
    this.#lab = lab;
    this.#changed = changed;
    const jobs = experimentIds.map((id) => [id, newJob()]);
    this.#jobs = Object.fromEntries(jobs) as Record<ExperimentId, Job<Figure>>;
  }

  /** What the experiment whose tab is open found. */
  get jobState(): JobState<Figure> {
    return this.#jobs[this.#current.id].jobState;
  }

  /** What the last evaluation found. */
  get evaluation(): Figure | null {
    return this.#jobs.evaluate.jobState.result;
  }

  /** How long the experiment whose tab is open will take; null while that is not known. */
  get secondsLeft(): number | null {
    const { progress } = this.jobState;
    return progress && this.#meter.secondsLeft(progress.done, progress.total);
  }

  /** How long a token of an evaluation takes: as in the last one, or else as in a prompt. */
  get tokenMs(): number | null {
    const { slot, pace } = this.#lab;
    return this.#measured?.model === slot.model ? this.#measured.tokenMs : pace.durationMs(1);
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

  choose(change: Partial<WhyChoices>): void {
    this.choices = { ...this.choices, ...change };
    this.#changed();
  }

  /** Runs in the place of whatever is under way; what that found by then stays. */
  run({ experiment, question, of }: QuestionToRun): void {
    const { model } = this.#lab.slot;
    if (!model) return;
    this.stop();
    const meter = new RateMeter(paceMs);
    this.#meter = meter;
    const measured = (figure: Figure | null) => this.#measure(model, figure, question);
    void this.#jobs[experiment.id].start(of, async function* ({ signal, report }) {
      const asked = experiment.needsRows
        ? { ...question, signal }
        : await settled(model, question, signal);
      let last: Figure | null = null;
      for await (const { done, total, result } of experiment.run(model, asked)) {
        meter.add(done, performance.now());
        report(done, total);
        last = result;
        yield result;
      }
      measured(last);
    });
  }

  stop(): void {
    for (const job of Object.values(this.#jobs)) job.stop();
  }

  /** Another task: what was found and what the reader brought belong to the one before. */
  reset(): void {
    this.choices = { ...this.choices, rows: null, closer: null, given: null };
    for (const job of Object.values(this.#jobs)) job.reset();
  }

  get #current(): Experiment {
    return experimentOf(this.#lab.settings.experiment);
  }

  #measure(model: Model, figure: Figure | null, question: QuestionToRun['question']): void {
    if (figure?.experiment !== 'evaluate') return;
    const { tokens } = costOf(question);
    if (tokens > 0) this.#measured = { model, tokenMs: figure.evaluation.durationMs / tokens };
  }
}
