import { type Problem, problemOf } from './problem.ts';
import { RateMeter } from './rate.ts';

/** How far work has come. */
export interface JobProgress {
  done: number;
  total: number;
  /** Null until that can be said. */
  secondsLeft: number | null;
}

/** The state of a job, as a reader sees it. */
export interface JobState<Result> {
  /** What the result is about; null where there is none. */
  of: string | null;
  result: Result | null;
  running: boolean;
  /** The reader stopped it: what was found by then is there. */
  stopped: boolean;
  /** Set once it has taken long enough to be worth a bar. */
  progress: JobProgress | null;
  problem: Problem | null;
}

/** The work of a job: it yields the result so far, again and again. */
export type Work<Result> = (context: {
  signal: AbortSignal;
  /** The result of the job before this one. */
  before: Result | null;
  report: (done: number, total: number) => void;
}) => AsyncIterable<Result>;

const slowMs = 300;

const nothing = {
  of: null,
  result: null,
  running: false,
  stopped: false,
  progress: null,
  problem: null,
};

/** Does one piece of work at a time. The latest wins; its result stays until newer work has one. */
export class Job<Result> {
  jobState: JobState<Result> = nothing;
  /** What was asked last; null where nothing was, or where that was stopped. */
  #asked: string | null = null;
  /** It ended in an error, or its model was closed: it has not been done. */
  #failed = false;
  #ended: Promise<boolean> = Promise.resolve(false);
  #controller = new AbortController();

  /** `paceMs`: over how long its pace is measured. */
  constructor(
    private readonly changed: () => void,
    private readonly paceMs?: number,
  ) {}

  /**
   * Somebody asks: does the work, unless the same is under way or done. What has failed is tried again, and its problem
   * stays in view until that has ended. True when it came to its end.
   */
  request(key: string, of: string, work: Work<Result>): Promise<boolean> {
    return this.#asked === key && this.#failed
      ? this.#begin(key, of, work, this.jobState.problem)
      : this.follow(key, of, work);
  }

  /**
   * The page has changed: does the work, unless it is what was asked last. What has failed stays so, because its failure
   * is a change of the page, too. True when it came to its end.
   */
  follow(key: string, of: string, work: Work<Result>): Promise<boolean> {
    return this.#asked === key ? this.#ended : this.#begin(key, of, work);
  }

  /** Whether the same is under way or done. */
  has(key: string): boolean {
    return this.#asked === key && !this.#failed;
  }

  /** Does the work, in the place of whatever is under way. True when it came to its end. */
  start(of: string, work: Work<Result>): Promise<boolean> {
    return this.#begin(null, of, work);
  }

  #begin(
    key: string | null,
    of: string,
    work: Work<Result>,
    problem: Problem | null = null,
  ): Promise<boolean> {
    this.#forget();
    this.#asked = key;
    this.#controller = new AbortController();
    this.#ended = this.#do(of, work, this.#controller.signal, problem);
    return this.#ended;
  }

  async #do(
    of: string,
    work: Work<Result>,
    signal: AbortSignal,
    problem: Problem | null,
  ): Promise<boolean> {
    const started = performance.now();
    const meter = new RateMeter(this.paceMs);
    const report = (done: number, total: number) => {
      const now = performance.now();
      meter.add(done, now);
      if (signal.aborted || now - started < slowMs) return;
      this.#set({ progress: { done, total, secondsLeft: meter.secondsLeft(done, total) } });
    };
    this.#set({ running: true, stopped: false, progress: null, problem });
    try {
      for await (const result of work({ signal, before: this.jobState.result, report })) {
        if (signal.aborted) return false;
        this.#set({ of, result });
      }
      if (signal.aborted) return false;
      this.#set({ running: false, progress: null, problem: null });
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      this.#failed = true;
      this.#set({ running: false, progress: null, problem: problemOf(error) });
      return false;
    }
  }

  /** Ends the work and keeps what it found. */
  stop(): void {
    if (!this.jobState.running) return;
    this.#forget();
    this.#set({ running: false, stopped: true, progress: null });
  }

  /** Shows what was found earlier; `stopped` where that is a part of it. */
  show(of: string, result: Result, stopped: boolean): void {
    this.#forget();
    this.#set({ ...nothing, of, result, stopped });
  }

  /** Ends the work and forgets what it found. */
  reset(): void {
    this.#forget();
    if (this.jobState === nothing) return;
    this.jobState = nothing;
    this.changed();
  }

  #forget(): void {
    this.#controller.abort();
    this.#asked = null;
    this.#failed = false;
  }

  #set(change: Partial<JobState<Result>>): void {
    this.jobState = { ...this.jobState, ...change };
    this.changed();
  }
}
