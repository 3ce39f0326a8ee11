/** What all runs of a comparison share. */
import type { TestRow } from '../../experiments/evaluate/types.js';
import { mean } from '../../math/statistics.js';
import type { StatesOptions } from '../../model/options.js';
import { renderPrompt } from '../../prompt/render.js';
import type { Demonstration, Prompt, Task } from '../../prompt/task.js';
import type { States } from '../../types.js';
import type { ComparePlan, PlannedRun } from './plan.js';
import type { ComparedModel, WayRun } from './types.js';

/** How far a run is; `runs` has what was measured when it is over. */
export interface Part {
  done: number;
  runs: WayRun[];
}

/** What the runs are of, and what they can use again. */
export class Bench {
  /** Without an adapter. */
  readonly model: ComparedModel;
  readonly task: Task;
  readonly plan: ComparePlan;
  readonly signal: AbortSignal | undefined;
  readonly #states = new Map<string, { states: States; ms: number }>();

  constructor(
    model: ComparedModel,
    task: Task,
    plan: ComparePlan,
    signal: AbortSignal | undefined,
  ) {
    this.model = model.withAdapter(null);
    this.task = task;
    this.plan = plan;
    this.signal = signal;
  }

  /** The task with the examples of a run as demonstrations. */
  shown({ examples }: PlannedRun): Task {
    const { train } = this.plan.evaluation;
    return { ...this.task, demonstrations: examples.map((i) => train[i] as Demonstration) };
  }

  /** The task without demonstrations. */
  get zeroShot(): Task {
    return { ...this.task, demonstrations: [] };
  }

  /** The states of all layers, and how long it took to read them. All draws share the rows under test, which are read once. */
  async states(prompt: string, options: StatesOptions): Promise<{ states: States; ms: number }> {
    const known = this.#states.get(prompt);
    if (known) return known;
    const start = performance.now();
    const states = await this.model.states(prompt, options);
    const found = { states, ms: performance.now() - start };
    this.#states.set(prompt, found);
    return found;
  }

  /** The mean number of tokens of the rows' prompts. */
  async promptTokens(task: Task): Promise<number> {
    const counts: number[] = [];
    for (const { input } of this.plan.evaluation.rows as readonly TestRow[]) {
      const prompt: Prompt = renderPrompt(task, { query: input });
      counts.push((await this.model.tokenize(prompt, { signal: this.signal })).length);
    }
    return mean(counts);
  }
}
