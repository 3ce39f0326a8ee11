import type { Model, Prediction, RunProgress, Token } from 'shotglass';
import { type Problem, problemOf } from './problem.ts';

/** What the lab knows about a prompt: its tokens, then the distribution after them. */
export interface Answer {
  /** The prompt that `tokens` spell. */
  tokensOf: string | null;
  tokens: readonly Token[];
  /** The prompt that `prediction` follows. */
  predictionOf: string | null;
  prediction: Prediction | null;
  running: boolean;
  /** Set once a run has taken long enough to be worth a bar. */
  progress: RunProgress | null;
  problem: Problem | null;
}

const settleMs = 150;
const slowMs = 300;

const nothing: Answer = {
  tokensOf: null,
  tokens: [],
  predictionOf: null,
  prediction: null,
  running: false,
  progress: null,
  problem: null,
};

/** Runs the model a moment after the last edit. The latest prompt wins; the run before it is aborted. */
export class AnswerRun {
  answer: Answer = nothing;
  #asked: { model: Model; text: string; topK: number } | null = null;
  #controller = new AbortController();

  constructor(private readonly changed: () => void) {}

  request(model: Model, text: string, topK: number): void {
    const asked = this.#asked;
    if (asked?.model === model && asked.text === text && asked.topK === topK) return;
    this.#asked = { model, text, topK };
    this.#controller.abort();
    this.#controller = new AbortController();
    this.#set({ running: true, progress: null, problem: null });
    void this.#run(model, text, topK, this.#controller.signal);
  }

  /** Forgets everything: the model is gone. */
  reset(): void {
    this.#controller.abort();
    this.#asked = null;
    if (this.answer !== nothing) this.#set(nothing);
  }

  async #run(model: Model, text: string, topK: number, signal: AbortSignal): Promise<void> {
    await sleep(settleMs);
    if (signal.aborted) return;
    const started = performance.now();
    const onProgress = (progress: RunProgress) => {
      if (!signal.aborted && performance.now() - started > slowMs) this.#set({ progress });
    };
    try {
      const tokens = await model.tokenize(text, { signal });
      if (signal.aborted) return;
      this.#set({ tokens, tokensOf: text });
      const prediction = await model.predict(text, { topK, signal, onProgress });
      if (signal.aborted) return;
      this.#set({ prediction, predictionOf: text, running: false, progress: null });
    } catch (error) {
      if (signal.aborted) return;
      this.#set({ running: false, progress: null, problem: problemOf(error) });
    }
  }

  #set(change: Partial<Answer>): void {
    this.answer = { ...this.answer, ...change };
    this.changed();
  }
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
