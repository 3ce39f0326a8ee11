/** The plan and the results of an evaluation. */
import type { ShotglassError } from '../../errors.js';
import type * as statistics from '../../math/statistics.js';
import type { Accuracy, Interval, ReliabilityBin } from '../../math/statistics.js';
import type { Demonstration, Task } from '../../prompt/task.js';
import type { Classification, Label } from '../../scoring/classify.js';
import type { Finish, Score } from '../../types.js';
import type { Comparison, ExperimentOptions } from '../compare.js';

/** The result of one row at one number of shots, seed and order. */
export interface EvaluatedRow {
  /** Index of the row. */
  index: number;
  /** The input of the row. */
  input: string;
  /** The output of the row. */
  output: string;
  /** The correct answer: the label of the output; for free text, the output. */
  gold: string;
  /** The prompt given to the model; in the channel direction, that of the first label word. */
  prompt: string;
  /** In the channel direction, the prompt of each label word, whose continuation is the input; else null. */
  contexts: string[] | null;
  /** The label with the highest score; for free text, the generated answer. */
  predicted: string;
  /** Whether the prediction is the gold label; for free text, whether it is an {@link statistics.exactMatch}. */
  correct: boolean;
  /** Scores of every label word, posterior and label-space mass; null for free text. */
  classification: Classification | null;
  /** The scored and the generated answer; null with labels. */
  answer: TextAnswer | null;
}

/** The result of a row whose output is free text. */
export interface TextAnswer {
  /** The score of the gold output. */
  gold: Score;
  /** Length of the scored text in UTF-8 bytes. */
  goldBytes: number;
  /** Why the generation of the answer ended. */
  finish: Finish | null;
}

/** The figures of a cell with labels. */
export interface LabelFigures {
  /** {@link statistics.f1} of each label, in order; null for a label that has none. */
  f1: (number | null)[];
  /** {@link statistics.macroF1}: the mean F1 of the labels. */
  macroF1: number;
  /** Number of rows by label: `confusion[gold][predicted]`. */
  confusion: number[][];
  /** Mean label-space mass, 0 to 1. */
  mass: number;
  /** Brier score of the posteriors, from 0 to 2. */
  brier: number;
  /** Expected calibration error of the posteriors over ten bins, from 0 to 1. */
  ece: number;
  /** The ten bins of the reliability diagram. */
  reliability: ReliabilityBin[];
}

/** The figures of a cell of free text. */
export interface TextFigures {
  /** Perplexity per token, `exp(−S/n)`, over all gold outputs together. */
  perplexity: number;
  /** Bits per UTF-8 byte, `−S/(n ln 2)`, over all gold outputs together. */
  bitsPerByte: number;
}

/** The results at one number of shots, seed and order. */
export interface Cell {
  shots: number;
  /** 0 takes the demonstrations as they stand; any other draws them at random. */
  seed: number;
  /** Number of the order; 0 is the order in which the demonstrations were drawn. */
  order: number;
  /** The demonstrations, in the order of the prompt: indices into the training split. */
  demonstrations: number[];
  /** Whether all rows are done. Otherwise the figures are those of the rows so far. */
  isComplete: boolean;
  /** The rows, in the given order. */
  rows: EvaluatedRow[];
  /** The fraction of correct rows, with its interval. */
  accuracy: Accuracy;
  /** The figures of a task with labels; null for free text. */
  labels: LabelFigures | null;
  /** The figures of free text; null with labels. */
  text: TextFigures | null;
}

/** Accuracy at one number of shots, over all complete cells. */
export interface CurvePoint {
  shots: number;
  /** Number of complete cells. */
  cells: number;
  /** Mean accuracy, 0 to 1. */
  mean: number;
  /**
   * Sample standard deviation of the accuracy over seeds ({@link statistics.standardDeviation}), each seed
   * with the mean of its orders; null for fewer than two seeds. It describes what other demonstrations
   * would change, and `interval` what other rows would.
   */
  sd: number | null;
  /** Lowest accuracy. */
  min: number;
  /** Highest accuracy. */
  max: number;
  /**
   * {@link statistics.wilson} of the mean, with one trial for each row. It describes the mean accuracy on
   * other rows of the same kind with the same demonstrations. All seeds and orders share their rows, so
   * counting a row once for each of them would make the interval too narrow. `sd`, `min` and `max` show how
   * much the demonstrations matter.
   */
  interval: Interval;
}

/** A number of shots that could not be run. */
export interface NotRun {
  shots: number;
  /** Index of the row whose prompt is too long. */
  row: number;
  /** The error, of code `prompt-too-long`. */
  error: ShotglassError;
}

/** The result of {@link evaluate}. */
export interface Evaluation {
  /** The labels; null for free text. */
  labels: readonly Label[] | null;
  /** The normalization under which logprobs were compared. */
  rule: NonNullable<ExperimentOptions['rule']>;
  /** What scores were compared with; null for nothing. */
  comparison: Comparison | 'batch';
  /** Whether labels were scored after inputs, or inputs after labels. */
  direction: 'direct' | 'channel';
  /** How free-text answers were generated (greedily); null with labels. */
  generation: { stop: string[]; maxTokens: number } | null;
  /** The cells, by seed, then shots, then order. With 0 shots there is one cell for all seeds. */
  cells: Cell[];
  /** The accuracy at each number of shots, in the given order. */
  curve: CurvePoint[];
  /** Numbers of shots that were not run and have neither cells nor a point of the curve. */
  notRun: NotRun[];
  /** Sentences about the limits of these figures. */
  warnings: string[];
  /** Number of tokens that the model ran, not counting those from its cache. */
  tokensRun: number;
  /** Total time of the model's calls, in milliseconds. */
  durationMs: number;
}

/** A row under test. */
export interface TestRow extends Demonstration {
  index: number;
  /** Index of its label; −1 of free text. */
  label: number;
}

/** What a cell is, before it is run. */
export type CellPlan = Pick<Cell, 'shots' | 'seed' | 'order' | 'demonstrations'>;

/** Everything that is decided before the model is asked. */
export interface Plan {
  task: Task;
  train: readonly Demonstration[];
  rows: readonly TestRow[];
  shots: readonly number[];
  labels: readonly Label[] | null;
  rule: Evaluation['rule'];
  comparison: Evaluation['comparison'];
  direction: Evaluation['direction'];
  generation: Evaluation['generation'];
  cells: CellPlan[];
  warnings: string[];
}
