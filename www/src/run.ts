import { type Problem, problemOf } from './problem.ts';

/** What the reader sees of work that takes a while. */
export interface Ran<Result> {
  /** What the result is about; null where there is none. */
  of: string | null;
  result: Result | null;
  running: boolean;
  /** The reader stopped it: what was found by then is there. */
  stopped: boolean;
  /** Set once it has taken long enough to be worth a bar. */
  progress: { done: number; total: number } | null;
  problem: Problem | null;
}

/** Work gives what it has found so far, again and again. */
export type Work<Result> = (context: {
  signal: AbortSignal;
  /** What the run before this one found. */
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

/** One piece of work at a time. The latest wins; what it found is there until newer work has found something. */
export class Run<Result> {
  ran: Ran<Result> = nothing;
  #asked: string | null = null;
  #ended: Promise<boolean> = Promise.resolve(false);
  #controller = new AbortController();

  constructor(private readonly changed: () => void) {}

  /** Does the work, unless it is what was asked last. True when it came to its end. */
  request(key: string, of: string, work: Work<Result>): Promise<boolean> {
    if (this.#asked !== key) {
      this.#ended = this.start(of, work);
      this.#asked = key;
    }
    return this.#ended;
  }

  /** Does the work, in the place of whatever is under way. True when it came to its end. */
  async start(of: string, work: Work<Result>): Promise<boolean> {
    this.#controller.abort();
    this.#controller = new AbortController();
    this.#asked = null;
    const { signal } = this.#controller;
    const started = performance.now();
    const report = (done: number, total: number) => {
      if (signal.aborted || performance.now() - started < slowMs) return;
      this.#set({ progress: { done, total } });
    };
    this.#set({ running: true, stopped: false, progress: null, problem: null });
    try {
      for await (const result of work({ signal, before: this.ran.result, report })) {
        if (signal.aborted) return false;
        this.#set({ of, result });
      }
      if (signal.aborted) return false;
      this.#set({ running: false, progress: null });
      return true;
    } catch (error) {
      if (!signal.aborted) this.#set({ running: false, progress: null, problem: problemOf(error) });
      return false;
    }
  }

  /** Ends the work and keeps what it found. */
  stop(): void {
    if (!this.ran.running) return;
    this.#controller.abort();
    this.#asked = null;
    this.#set({ running: false, stopped: true, progress: null });
  }

  /** Ends the work and forgets what it found. */
  reset(): void {
    this.#controller.abort();
    this.#asked = null;
    if (this.ran === nothing) return;
    this.ran = nothing;
    this.changed();
  }

  #set(change: Partial<Ran<Result>>): void {
    this.ran = { ...this.ran, ...change };
    this.changed();
  }
}
