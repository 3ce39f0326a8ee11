import type { Model } from '../../model/model.js';
import { renderPrompt } from '../../prompt/render.js';
import type { Demonstration, Task } from '../../prompt/task.js';
import { attempt, showing } from '../planned.js';

/** An input whose answer is known: a candidate is good if the answer is probable after it. */
export interface Judge {
  input: string;
  /** The texts that are the answer, with the separator before them. */
  words: readonly string[];
}

/** Scores rows of a pool, each as the only demonstration. Remembers what it has scored. */
export class OneShotScores {
  readonly #model: Pick<Model, 'score'>;
  readonly #task: Task;
  readonly #signal: AbortSignal | undefined;
  readonly #known = new Map<string, number | null>();

  /** @param task Its demonstrations are the pool. */
  constructor(model: Pick<Model, 'score'>, task: Task, signal: AbortSignal | undefined) {
    this.#model = model;
    this.#task = task;
    this.#signal = signal;
  }

  /**
   * The mean of `ln p(answer | candidate, input)` over the judges, in nats. A judge that has the candidate's own input
   * is left out, because its answer could be copied. Null if no judge is left, or if a prompt cannot be scored.
   */
  async of(candidate: number, judges: readonly Judge[]): Promise<number | null> {
    const own = this.#task.demonstrations[candidate] as Demonstration;
    const others = judges.filter(({ input }) => input.trim() !== own.input.trim());
    let sum = 0;
    for (const judge of others) {
      const score = await this.#scored(candidate, judge);
      if (score === null) return null;
      sum += score;
    }
    return others.length > 0 ? sum / others.length : null;
  }

  async #scored(candidate: number, { input, words }: Judge): Promise<number | null> {
    const key = JSON.stringify([candidate, input, words]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const prompt = renderPrompt(this.#task, { ...showing(this.#task, [candidate]), query: input });
    const outcome = await attempt(async () => ({
      scores: await this.#model.score(prompt, words, { signal: this.#signal }),
    }));
    const score = 'error' in outcome ? null : logSum(outcome.scores.map(({ logprob }) => logprob));
    this.#known.set(key, score);
    return score;
  }
}

function logSum(logprobs: readonly number[]): number {
  const most = Math.max(...logprobs);
  return most + Math.log(logprobs.reduce((sum, logprob) => sum + Math.exp(logprob - most), 0));
}
