/** The options and the results of a choice of demonstrations. */
import type { ShotglassError } from '../../errors.js';
import type { Accuracy } from '../../math/statistics.js';
import type { Demonstration, Prompt } from '../../prompt/task.js';
import type { AnyLabel } from '../../scoring/classify.js';
import type { EvaluatedRow } from '../evaluate/types.js';
import type { Outcome, QueryOptions } from '../planned.js';

/**
 * How demonstrations are chosen from a pool for a query:
 *
 * - `'similar'`: those whose inputs are most similar to the query: the cosine of {@link Model.embed} with the
 *   mean of all tokens (KATE, Liu et al. 2021, arXiv 2101.06804).
 * - `'oneShot'`: those after which, as the only demonstration, an answer that is known is most probable:
 *   `ln p(answer | candidate, input)`. This is how EPR labels its training data (Rubin et al. 2021, arXiv
 *   2112.08633, §3.1); the retriever that EPR then trains is not part of it. The input and the answer are
 *   those of the query if `gold` is given, otherwise those of the pool's rows that are most similar to it.
 * - `'bm25'`: those that share rare words with the query (Okapi BM25, Robertson & Zaragoza 2009).
 * - `'random'`: drawn at random, anew for each query.
 * - `'worst'`: those whose inputs are least similar to the query. They are not the worst for the answer, which
 *   nobody knows before; if they are as good as the most similar, similarity does not matter here.
 */
export type ChoiceMethod = 'similar' | 'oneShot' | 'bm25' | 'random' | 'worst';

/** Options of {@link choose}. */
export interface ChooseOptions extends QueryOptions {
  /** The rows to choose from, 1 to 1,000. Default: `task.demonstrations`. */
  pool?: readonly Demonstration[] | undefined;
  /** Number of demonstrations to choose, 1 or more. Default: 4, or all if the pool has fewer. */
  shots?: number | undefined;
  /** Distinct methods. Default: all, in the order of {@link choiceMethods}. */
  methods?: readonly ChoiceMethod[] | undefined;
  /** Name of the correct label of the query. Default: unknown. */
  gold?: string | undefined;
  /** The layer of the states that similarity is computed from. Default: that of {@link Model.embed}. */
  layer?: number | undefined;
  /**
   * Number of rows that `'oneShot'` scores for each query, 1 or more: the most similar ones. Default 50, as in
   * the paper.
   */
  candidates?: number | undefined;
  /** Seed of `'random'`, an integer of at least 0. Default 0. */
  seed?: number | undefined;
  /**
   * Held-out rows on which the accuracy of each method is measured. Each row has demonstrations of its own. Its
   * output is only compared with the answer; no method sees it. Default: none.
   */
  rows?: readonly Demonstration[] | undefined;
  /**
   * The labels that the rows are answered with; null for free text, which is generated, as in {@link evaluate}.
   * Default: `labels`.
   */
  rowLabels?: readonly AnyLabel[] | null | undefined;
}

/** A chosen row of the pool. */
export interface ChosenRow {
  /** Index into the pool. */
  index: number;
  /**
   * What it was chosen by: the cosine, −1 to 1 (`'similar'` and `'worst'`); the log-probability in nats
   * (`'oneShot'`; null if it could not be scored); the BM25 score, 0 or more. Null for `'random'`.
   */
  score: number | null;
}

/** What a method chose for the query, and the labels' probabilities after it. */
export type Choice = {
  method: ChoiceMethod;
  /** The rows in the order of the prompt: the best is the last, next to the query. */
  shown: ChosenRow[];
  prompt: Prompt;
} & Outcome;

/** A held-out row with the demonstrations that a method chose for it. */
export interface ChosenForRow extends EvaluatedRow {
  /** Indices into the pool, in the order of the prompt. */
  shown: number[];
}

/** How many held-out rows are right with the demonstrations of a method. */
export interface MethodAccuracy {
  method: ChoiceMethod;
  /** Null if no row is known. */
  accuracy: Accuracy | null;
  /** The rows that are known, in the given order. */
  rows: ChosenForRow[];
  /** Why the method was given up: a prompt of code `prompt-too-long`. Otherwise null. */
  error: ShotglassError | null;
}

/** The result of {@link choose}. */
export interface ChooseResult {
  /** Indices of the rows of the pool that were left out because their input is the query. */
  leftOut: number[];
  /** Whether `'oneShot'` used the answer of the query, or those of the rows that are most similar to it. */
  judgedBy: 'answer' | 'neighbours';
  /** The choices so far, in the order of the methods. */
  choices: Choice[];
  /** One entry for each method, in order; empty without held-out rows. */
  accuracies: MethodAccuracy[];
}
