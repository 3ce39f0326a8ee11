/** The same examples as weights: what a reader can train here, and what came of it. */
import type { Demonstration, Task } from 'shotglass';
import type { Rates, WayComparison } from 'shotglass/transfer';
import type { JobState } from './job.ts';
import type { Loading } from './models.ts';
import type { Problem } from './problem.ts';
import type { ModelFacts } from './source.ts';

/** What is learned: the outputs of examples, what the model says after them, or plain text. */
export type Way = 'finetune' | 'distil' | 'adapt';
export const ways: readonly Way[] = ['finetune', 'distil', 'adapt'];

export interface TransferSettings {
  way: Way;
  method: 'lora' | 'ia3';
  /** How many examples of the table, from the first; null: as many as the prompt has. */
  examples: number | null;
  steps: number;
  learningRate: number;
  /** From the last; null: all. */
  layers: number | null;
  rank: number;
  weightDecay: number;
  dropout: number;
  seed: number;
  /** The texts to learn from, one in each line; only for `adapt`. */
  texts: string;
}

/** Learning rates that a training begins with. */
export const usualRate = { lora: 1e-3, ia3: 3e-3 } as const;

export const firstTransferSettings: TransferSettings = {
  way: 'finetune',
  method: 'lora',
  examples: null,
  steps: 40,
  learningRate: usualRate.lora,
  layers: null,
  rank: 8,
  weightDecay: 0,
  dropout: 0,
  seed: 0,
  texts: '',
};

/** The task as trainings see it. */
export interface Asked {
  /** With all its examples. */
  task: Task;
  query: string;
  /** The right answer to the query; null where none is known. */
  answer: string | null;
  /** Whether any text may be right, and there are no labels. */
  isFree: boolean;
  /** How many examples the prompt has. */
  shots: number;
  /** Rows that are no examples. */
  rows: readonly Demonstration[];
  /** The prompt is put as a conversation. */
  isChat: boolean;
}

/** What the model says to a held-out row, with no example in the prompt. */
export interface HeldAnswer {
  input: string;
  output: string;
  /** Of the right answer, 0 to 1. */
  p: number;
  /** Whether each of its tokens is the most probable one. */
  isRight: boolean;
}

/** What is known after a step; step 0 is the model before the first. Null is what was not measured. */
export interface Moment {
  step: number;
  /** Mean over the tokens that are learned, in nats. */
  loss: number | null;
  validationLoss: number | null;
  /** KL(model ‖ tuned model) on a text that has nothing to do with the task, in nats a token. */
  forgetting: number | null;
  /** Of the right answer to the query, with no example in the prompt; null where none is known. */
  p: number | null;
  held: readonly HeldAnswer[] | null;
  /** Since the first step began. */
  elapsedMs: number;
}

/** How a run stands; `diverged`: its loss is no number any more, and the last good step is the last. */
export type RunState = 'running' | 'stopped' | 'done' | 'diverged' | 'failed';

export interface TransferRun {
  id: string;
  /** What the task is called. */
  task: string;
  /** Where the task came from; null where it began with an empty table. */
  preset: string | null;
  /** What it learned from and was measured on, so that it can be run again. */
  asked: Asked;
  settings: TransferSettings;
  model: ModelFacts;
  /** How many layers the model has. */
  layers: number;
  /** How many examples, or texts, it learned from. */
  examples: number;
  /** Of the answer, after k examples in the prompt, by the model itself. */
  shots: readonly { k: number; p: number }[];
  /** In ascending order, from step 0. */
  moments: readonly Moment[];
  /** How many numbers are trained; null before the first step. */
  parameters: number | null;
  state: RunState;
  /** When it began, in milliseconds since 1970. */
  began: number;
  /** SHA-256 of the adapter as a GGUF file of 32-bit numbers; null before the end. */
  sha256: string | null;
  /** The same of the run that this one repeats; null where it repeats none. */
  repeats: string | null;
  /** Shipped with the page. */
  isRecorded?: true;
}

/** What one of the three says: the model alone, after examples, and tuned. */
export interface Said {
  text: string;
  /** Of the right answer; null where none is known. */
  p: number | null;
}

/** The query, asked three ways. */
export interface ThreeWays {
  zeroShot: Said;
  /** Null where the prompt has no examples. */
  fewShot: (Said & { shots: number }) | null;
  tuned: Said;
}

/** Why nothing can be trained now. */
export type Obstacle = 'no-examples' | 'no-inputs' | 'no-texts' | 'chat';

/** All that is drawn. */
export interface TransferView {
  settings: TransferSettings;
  /** Why the model that answers cannot be trained, which another one can; null if it can. */
  lack: string | null;
  obstacle: Obstacle | null;
  /** How many examples are going to be learned from, and how many there are. */
  examples: number;
  available: number;
  /** Layers of the model at hand. */
  layers: number;
  /** Whether a model is loaded. */
  isReady: boolean;
  /** How far the model is on its way, after it was asked for here. */
  loading: Loading | null;
  runs: readonly TransferRun[];
  shown: TransferRun | null;
  /** The step that is looked at, one of the moments. */
  at: number;
  scale: number;
  /** The run that is under way. */
  running: { id: string; paused: 'reader' | 'question' | null } | null;
  /** The steps of the shown run whose adapter is there. */
  kept: readonly number[];
  /** Whether the shown run is of the model that is loaded. */
  isOfModel: boolean;
  asked: JobState<ThreeWays>;
  problem: Problem | null;
  /** What was deleted last and can be brought back. */
  canRestore: boolean;
  /** The search for a learning rate. */
  rates: JobState<Rates>;
  /** All ways to use the examples, beside each other. */
  compared: JobState<WayComparison>;
  /** What is recorded of that; null before it is fetched. */
  recordedComparison: RecordedComparison | null;
}

/** All ways, on a task that ships with the page. */
export interface RecordedComparison {
  preset: string;
  /** What the task is called in the language of the page. */
  task: string;
  /** The name of the model. */
  model: string;
  result: WayComparison;
}

export type TransferWish =
  | { do: 'set'; change: Partial<TransferSettings> }
  | {
      do:
        | 'begin'
        | 'pause'
        | 'resume'
        | 'stop'
        | 'find-rate'
        | 'stop-rate'
        | 'compare'
        | 'stop-compare'
        | 'restore';
    }
  | { do: 'show' | 'remove' | 'again'; id: string }
  | { do: 'at'; step: number }
  | { do: 'scale'; scale: number }
  | { do: 'save'; as: 'gguf' | 'peft' | 'jsonl' };

/** The first step at which the answer is as probable as after k examples; null where none is. */
export function stepsWorth(run: TransferRun, k: number): number | null {
  const aim = run.shots.find((one) => one.k === k)?.p;
  if (aim === undefined) return null;
  return run.moments.find(({ step, p }) => step > 0 && p !== null && p >= aim)?.step ?? null;
}

/** The last moment up to a step, of those that have what is asked for. */
export function momentAt<Key extends 'held' | 'p' | 'forgetting'>(
  { moments }: TransferRun,
  step: number,
  key: Key,
): (Moment & { [K in Key]: NonNullable<Moment[K]> }) | null {
  const found = moments.filter((one) => one.step <= step && one[key] !== null).at(-1);
  return (found as (Moment & { [K in Key]: NonNullable<Moment[K]> }) | undefined) ?? null;
}
