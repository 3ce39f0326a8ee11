/** The options and the results of a comparison of ways. */
import type { CurvePoint } from '../../experiments/evaluate/types.js';
import type { Accuracy } from '../../math/statistics.js';
import type { Model } from '../../model/model.js';
import type { TrainOptions } from '../../model/training.js';
import type { Demonstration } from '../../prompt/task.js';
import type { AnyLabel } from '../../scoring/classify.js';
import type { CallOptions } from '../../types.js';

/** The ways in which examples are put to work, in the order of a table. */
export const ways = [
  'zero-shot',
  'one-shot',
  'few-shot',
  'prototypes',
  'probe',
  'ia3',
  'lora',
  'distilled',
] as const;

/**
 * A way to put examples to work.
 *
 * | way | the `k` examples are |
 * |---|---|
 * | `zero-shot` | not used |
 * | `one-shot` | reduced to the first, which stands in the prompt |
 * | `few-shot` | demonstrations in the prompt (Brown et al. 2020) |
 * | `prototypes` | one mean state for each label, and the most similar one decides (Snell et al. 2017) |
 * | `probe` | what logistic regression on the states is fitted to (Alain & Bengio 2016) |
 * | `ia3` | what (IA)³ is trained on (Liu et al. 2022) |
 * | `lora` | what LoRA is trained on (Hu et al. 2021) |
 * | `distilled` | the prompt of a teacher, whose distributions LoRA learns on other inputs (Snell et al. 2022) |
 */
export type Way = (typeof ways)[number];

/** A way that trains an adapter. */
export type TrainedWay = Extract<Way, 'ia3' | 'lora' | 'distilled'>;

/** Options of every training of a comparison; see {@link TrainOptions}. */
export type WayTraining = Omit<
  TrainOptions,
  'method' | 'seed' | 'loss' | 'temperature' | 'validation' | 'neutral' | 'measureEvery' | 'signal'
>;

/** How adapters are trained: for all ways, and what is different for one. */
export interface CompareTraining extends WayTraining {
  /** Of (IA)³ alone. */
  ia3?: (WayTraining & Pick<TrainOptions, 'loss'>) | undefined;
  /** Of LoRA alone. */
  lora?: (WayTraining & Pick<TrainOptions, 'loss'>) | undefined;
  /** Of the distilled adapter alone. */
  distilled?: (WayTraining & Pick<TrainOptions, 'temperature'>) | undefined;
}

/** Options of {@link compare}. */
export interface CompareOptions extends CallOptions {
  /** Distinct numbers of examples, each from 1 to the size of the pool. */
  shots: readonly number[];
  /** The ways to compare. Default: all. */
  ways?: readonly Way[] | undefined;
  /**
   * Seeds, each of which draws its own examples: distinct integers of at least 0. Seed 0 takes the first of the
   * pool. The trainings of a draw have its seed too. Default `[0]`.
   */
  seeds?: readonly number[] | undefined;
  /** The pool from which examples are drawn. Default: `task.demonstrations`. */
  train?: readonly Demonstration[] | undefined;
  /** Maximum number of rows under test, 1 or more, drawn as {@link evaluate} draws them. Default: all. */
  limit?: number | undefined;
  /** The labels; null for free text. Default: those of the task, if it names any. */
  labels?: readonly AnyLabel[] | null | undefined;
  /** How adapters are trained. */
  training?: CompareTraining | undefined;
  /**
   * Most inputs of the pool, beyond the examples and without their outputs, that the teacher of the distilled
   * adapter answers, 1 or more. Default 16.
   */
  inputs?: number | undefined;
  /** Maximum number of tokens of a generated answer, 1 or more. Default 64, and 16 for the teacher. */
  maxTokens?: number | undefined;
  /** The text on which forgetting is measured; null for no measurement. Default: {@link neutralText}. */
  neutral?: string | null | undefined;
}

/** What {@link compare} asks of a model. */
export type ComparedModel = Pick<
  Model,
  'info' | 'score' | 'generate' | 'states' | 'tokenize' | 'train' | 'withAdapter'
>;

/** What a way costs. */
export interface WayCosts {
  /**
   * How many numbers were learned from the examples: none for prompts; the weights and intercepts of the probe; the
   * mean states of the prototypes, with the mean and the deviation that standardize a state; the adapter's parameters.
   */
  numbers: number;
  /** What has to be kept, in bytes: the text of the examples in UTF-8, numbers of 32 bits, or the adapter as a GGUF file of 16 bits. */
  bytes: number;
  /**
   * Time to prepare the way, in milliseconds: none for prompts, whose examples each query reads; reading the states
   * and fitting, in which prototypes and probe share all work; training, with the answers of a teacher and two measurements of forgetting.
   */
  prepareMs: number;
  /** Mean number of tokens of a query's prompt, with all that stands in front of the query. */
  promptTokens: number;
  /**
   * KL(base ‖ tuned) after the last step, a mean over the tokens of the neutral text, in nats; null for ways that leave the
   * model as it is, and if it was not measured.
   */
  forgetting: number | null;
}

/** A way with the examples of one seed. */
export interface WayRun extends WayCosts {
  way: Way;
  /** Number of examples: 0, 1 or `k`. */
  shots: number;
  /** The seed that drew them. */
  seed: number;
  /** The examples: indices into the pool, in the order of the draw. */
  examples: number[];
  /** The fraction of correct rows, with its interval. */
  accuracy: Accuracy;
  /** Whether each row was answered correctly, in the order of {@link WayComparison.rows}. */
  correct: boolean[];
}

/**
 * A way with one number of examples, over its seeds. The accuracy is that of a curve of {@link evaluate}: `mean`, `sd` over
 * seeds, `min`, `max`, and the 95 % Wilson `interval` of the mean over rows. Costs are means over seeds.
 */
export interface WayReading extends WayCosts, Omit<CurvePoint, 'cells'> {
  way: Way;
  /** What is known of each seed. Without examples there is one run for all. */
  runs: WayRun[];
}

/** A way that was not measured. */
export interface LeftOut {
  way: Way;
  /** The number of examples; null for all. */
  shots: number | null;
  /** The seed; null for all. */
  seed: number | null;
  /** Why, as a sentence. */
  why: string;
}

/** The result of {@link compare}: plain data. */
export interface WayComparison {
  /** By number of examples, then in the order of {@link ways}. */
  readings: WayReading[];
  /** What was not measured, and why. */
  leftOut: LeftOut[];
  /** The rows under test, as indices, in the order of {@link WayRun.correct}. */
  rows: number[];
  /** What is being measured; null when all is. */
  current: { ways: Way[]; shots: number; seed: number } | null;
  /** Sentences about the limits of these figures. */
  warnings: string[];
}
