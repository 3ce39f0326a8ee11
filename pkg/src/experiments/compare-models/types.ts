/** The options and the results of a comparison of models. */
import type { ShotglassError } from '../../errors.js';
import type { Classification } from '../../scoring/classify.js';
import type { Comparison } from '../compare.js';
import type { PairedPoint } from '../evaluate/paired.js';
import type { EvaluatedModel, EvaluateOptions } from '../evaluate/plan.js';
import type { Evaluation } from '../evaluate/types.js';

/** A model to compare, under the name that its results have. */
export interface NamedModel {
  name: string;
  model: EvaluatedModel;
}

/** Options of {@link compareModels}: those of {@link EvaluateOptions}, and the query. */
export interface CompareModelsOptions extends Omit<EvaluateOptions, 'comparison' | 'direction'> {
  /** What scores are compared with. Default: nothing. */
  comparison?: Comparison | undefined;
  /** The query to read after each number of shots; null for none. Default: `task.query`, else none. */
  query?: string | null | undefined;
  /**
   * The answer to the query: the name of a label; for free text, an output. Default: with labels, the one that each
   * model predicts; for free text the query is then not read.
   */
  answer?: string | undefined;
}

/** What a model says of the query after the first `k` demonstrations. */
export interface QueryReading {
  k: number;
  /**
   * The probability of the answer, 0 to 1: its posterior among the labels; for free text, that of the whole output.
   * Null if the prompt could not be scored.
   */
  p: number | null;
  /** The log-probability of the whole answer, in nats: `ln Σ p(word | prompt)` of a label; null as `p`. */
  logprob: number | null;
  /** The label with the highest score; null for free text, and as `p`. */
  predicted: string | null;
  /** Of all labels; null for free text, and as `p`. */
  classification: Classification | null;
  /** Why the prompt could not be scored: it is too long, or empty. Else null. */
  error: ShotglassError | null;
}

/** What is known of one model. */
export interface ModelResult {
  name: string;
  /** Its accuracy at each number of shots; null until the first row is known. */
  evaluation: Evaluation | null;
  /** What it says of the query, in ascending order of `k`; null until its rows are done, or where no query is read. */
  query: QueryReading[] | null;
  /** Why it did not come to its end: it was closed, or has crashed. Else null. */
  error: ShotglassError | null;
}

/** Two models on the same rows. */
export interface ModelDifference {
  /** The names of the two, in the order given. */
  a: string;
  b: string;
  /** How they compare at each number of shots that both have completed, the second minus the first. */
  points: PairedPoint[];
}

/** The result of {@link compareModels}. */
export interface ModelComparison {
  /** The models that have begun, in the order given. */
  models: ModelResult[];
  /** {@link compareEvaluations} of each pair of models. */
  differences: ModelDifference[];
}
