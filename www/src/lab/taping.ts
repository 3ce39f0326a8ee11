/** Experiments that outlive a reload: what was asked and answered is kept, and an experiment is played again from it. */
import type { Step } from 'shotglass/experiments';
import type { Dropped, KeptCall, KeptRun, Recorder, RunShelf } from '../share/kept-runs.ts';
import { strings } from '../strings/index.ts';
import { sha256Of } from '../util/fingerprint.ts';
import type { Experiment } from '../why/experiment.ts';
import type { Figure, Question } from '../why/figure.ts';
import { settled } from '../why/question.ts';
import { type Call, Tape, TapeEnded } from '../why/tape.ts';

/** What a figure is of, beside the question: figures of other weights, or of other arithmetic, are others. */
export interface ModelKey {
  sha256: string;
  activationBits: number;
}

/** What was found before. */
export interface Recalled {
  /** Null where no step was done. */
  figure: Figure | null;
  /** What was asked, with all that had to be found out first. */
  question: Question;
  done: number;
  total: number;
  finished: boolean;
}

/** Calls are written together; so much work is lost at most when the page goes. */
const writeMs = 500;

export class Taping {
  /** Why something is not kept or not shown any more; null where all is well. */
  notice: (() => string) | null = null;

  constructor(
    private readonly shelf: RunShelf | null,
    private readonly told: () => void,
  ) {}

  /** Plays what was kept of an experiment, up to its end or to where it was left. Null where nothing was. */
  async recall(
    experiment: Experiment,
    question: Question,
    key: Promise<string>,
  ): Promise<Recalled | null> {
    const kept = await this.#tried(async () => (await this.shelf?.read(await key)) ?? null, null);
    if (typeof kept === 'string') this.#tellDropped(kept);
    if (kept === null || typeof kept === 'string') return null;
    const { done, total, finished } = kept;
    const tape = new Tape(null, kept.calls as Call[], () => {});
    let figure: Figure | null = null;
    let asked = question;
    const { signal } = new AbortController();
    const all = steps(experiment, tape, question, signal, (settled) => {
      asked = settled;
    });
    try {
      for await (const { result } of all) figure = result;
    } catch (error) {
      if (finished || !(error instanceof TapeEnded)) {
        await this.drop(key);
        return null;
      }
    }
    return { figure, question: asked, done, total, finished };
  }

  /** What is kept does not lead to a figure: it goes, and the reader is told. */
  async drop(key: Promise<string>): Promise<void> {
    await this.#tried(async () => this.shelf?.drop(await key), undefined);
    this.#tellDropped('damaged');
  }

  /** Keeps an experiment from its beginning, or from where it was left; without a key, nothing of it. */
  async record(key: Promise<string> | null, goesOn: boolean): Promise<Recording> {
    this.notice = null;
    const recorder = await this.#tried(
      async () => (key && (await this.shelf?.record(await key, goesOn))) ?? null,
      null,
    );
    if (recorder?.dropped) this.#tellDropped(recorder.dropped);
    const isLost = () => this.#tell(() => strings.why.notKept);
    return new Recording(recorder, isLost);
  }

  #tellDropped(why: Dropped): void {
    this.#tell(() => strings.why.dropped[why]);
  }

  #tell(say: () => string): void {
    this.notice = say;
    this.told();
  }

  /** Whatever a storage does, experiments run. */
  async #tried<Value>(act: () => Promise<Value>, instead: Value): Promise<Value> {
    try {
      return await act();
    } catch {
      return instead;
    }
  }
}

/** The key of all that a figure depends on. */
export function keyOfRun(experiment: Experiment, of: string, model: ModelKey): Promise<string> {
  return sha256Of(JSON.stringify([experiment.id, of, model.sha256, model.activationBits]));
}

/** The steps of an experiment on any tape. `onAsked` hears the question with all that had to be found out first. */
export async function* steps(
  experiment: Experiment,
  tape: Tape,
  question: Question,
  signal: AbortSignal,
  onAsked: (question: Question) => void,
): AsyncGenerator<Step<Figure>, void, undefined> {
  const card = await experiment.fetchCard();
  const asked = experiment.asks ? { ...question, signal } : await settled(tape, question, signal);
  onAsked(asked);
  yield* card.run(tape, asked);
}

/** A run that is kept as it goes on. */
export class Recording {
  #pending: KeptCall[] = [];
  #at = { done: 0, total: 0, finished: false };
  #timer: ReturnType<typeof setTimeout> | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private recorder: Recorder | null,
    private readonly lost: () => void,
  ) {}

  get known(): readonly Call[] {
    return (this.recorder?.known ?? []) as readonly Call[];
  }

  /** Whether it can be gone on with. */
  get isKept(): boolean {
    return this.recorder !== null;
  }

  add(call: Call): void {
    this.#pending.push(call);
    this.#soon();
  }

  step(done: number, total: number): void {
    this.#at = { ...this.#at, done, total };
  }

  /** Writes what is not written yet. */
  async end(finished: boolean): Promise<void> {
    this.#at = { ...this.#at, finished };
    await this.#write();
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => void this.#write(), writeMs);
  }

  #write(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const calls = this.#pending;
    const at = this.#at;
    this.#pending = [];
    this.#writing = this.#writing.then(() => this.#put(calls, at));
    return this.#writing;
  }

  async #put(calls: readonly KeptCall[], at: Omit<KeptRun, 'calls'>): Promise<void> {
    if (!this.recorder) return;
    const isKept = await this.recorder.add(calls, at).catch(() => false);
    if (isKept) return;
    this.recorder = null;
    this.lost();
  }
}
