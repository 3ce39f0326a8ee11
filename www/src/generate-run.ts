import type { GenerateStep, Model } from 'shotglass';
import { type Problem, problemOf } from './problem.ts';

/** How to draw tokens. None of this touches the numbers in the table: those are at temperature 1. */
export interface Sampling {
  temperature: number;
  topK: number;
  topP: number;
  minP: number;
  seed: number;
  maxTokens: number;
  stopAtNewline: boolean;
}

export const defaultSampling: Sampling = {
  temperature: 0.7,
  topK: 0,
  topP: 1,
  minP: 0,
  seed: 1,
  maxTokens: 40,
  stopAtNewline: true,
};

export interface Generation {
  /** The prompt that the steps continue. */
  of: string | null;
  steps: readonly GenerateStep[];
  running: boolean;
  stopped: boolean;
  problem: Problem | null;
}

const nothing: Generation = { of: null, steps: [], running: false, stopped: false, problem: null };

export class GenerateRun {
  generation: Generation = nothing;
  #controller = new AbortController();

  constructor(private readonly changed: () => void) {}

  async start(model: Model, text: string, sampling: Sampling): Promise<void> {
    this.#controller.abort();
    this.#controller = new AbortController();
    const { signal } = this.#controller;
    this.#set({ ...nothing, of: text, running: true });
    const { stopAtNewline, ...options } = sampling;
    try {
      const stop = stopAtNewline ? ['\n'] : [];
      for await (const step of model.generate(text, { ...options, stop, signal })) {
        if (signal.aborted) return;
        this.#set({ steps: [...this.generation.steps, step] });
      }
      if (!signal.aborted) this.#set({ running: false });
    } catch (error) {
      if (!signal.aborted) this.#set({ running: false, problem: problemOf(error) });
    }
  }

  stop(): void {
    if (!this.generation.running) return;
    this.#controller.abort();
    this.#set({ running: false, stopped: true });
  }

  reset(): void {
    this.#controller.abort();
    if (this.generation !== nothing) {
      this.generation = nothing;
      this.changed();
    }
  }

  #set(change: Partial<Generation>): void {
    this.generation = { ...this.generation, ...change };
    this.changed();
  }
}
