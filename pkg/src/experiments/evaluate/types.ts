/** What an evaluation is planned as, and what it finds. */
import type { ShotglassError } from '../../errors.js';
import type * as statistics from '../../math/statistics.js';
import type { Accuracy, Interval, ReliabilityBin } from '../../math/statistics.js';
import type { Demonstration, Task } from '../../prompt/task.js';
import type { Classification, Label } from '../../scoring/classify.js';
import type { Finish, Score } from '../../types.js';
import type { Comparison, ExperimentOptions } from '../compare.js';

/** One row at one number of shots, one seed and one order. */
export interface EvaluatedRow {
  /** Index into the rows that were handed in. */
  index: number;
  /** Its input, as it was handed in. */
  input: string;
  /** Its output, as it was handed in. */
  output: string;
  /** What is right: the label that the output stands for; of free text the output. */
  gold: string;
  /** The prompt that the model was given. */
  prompt: string;
  /** The label with the highest score; of free text the answer, as it was generated. */
  predicted: string;
  /** Whether that is the gold label; of free text whether it is an {@link statistics.exactMatch}. */
  correct: boolean;
  /** Scores of every label word, posterior and label-space mass; null of free text. */
  classification: Classification | null;
  /** Null where there are labels. */
  answer: TextAnswer | null;
}

/** What a model makes of a row whose output is free text. */
export interface TextAnswer {
  /** How probable the gold output is. */
  gold: Score;
  /** Length of what was scored, in UTF-8. */
  goldBytes: number;
  /** Why the generation of the answer ended. */
  finish: Finish | null;
}

/** The figures of a cell with labels. */
export interface LabelFigures {
  /** {@link statistics.f1} of each label, in their order. */
  f1: (number | null)[];
  /** The mean of them. */
  macroF1: number;
  /** Rows by label: `confusion[gold][predicted]`. */
  confusion: number[][];
  /** Mean label-space mass. */
  mass: number;
  /** Brier score of the posteriors, from 0 to 2. */
  brier: number;
  /** Expected calibration error of the posteriors over ten bins, from 0 to 1. */
  ece: number;
  /** The ten bins. */
  reliability: ReliabilityBin[];
}

/** The figures of a cell of free text. */
export interface TextFigures {
  /** `exp(−S/n)` over the tokens of all gold outputs together. */
  perplexity: number;
  /** `−S/(n ln 2)` over their bytes. */
  bitsPerByte: number;
}

/** The rows at one number of shots, with one seed and in one order. */
export interface Cell {
  shots: number;
  seed: number;
  /** 0 for the order in which the demonstrations were drawn. */
  order: number;
  /** The demonstrations, in the order of the prompt: indices into the training split. */
  demonstrations: number[];
  /** False while rows are missing: figures are then those of the rows that are there. */
  isComplete: boolean;
  /** In the order in which they were handed in. */
  rows: EvaluatedRow[];
  /** Share of rows that are right: the predicted label, or an exact match. */
  accuracy: Accuracy;
  /** Null of free text. */
  labels: LabelFigures | null;
  /** Null where there are labels. */
  text: TextFigures | null;
}

/** Accuracy at one number of shots, over the seeds and orders whose cells are complete. */
export interface CurvePoint {
  shots: number;
  /** How many cells. */
  cells: number;
  /** Mean of their accuracies. */
  mean: number;
  /** The lowest of them. */
  min: number;
  /** The highest of them. */
  max: number;
  /**
   * {@link statistics.wilson} of the mean, with as many trials as there are rows. It is of the mean accuracy on
   * other such rows, with the same demonstrations. All seeds and orders share their rows: to count a
   * row once for each would make the interval too narrow. How much the demonstrations matter is not
   * in it, but in `min` and `max`.
   */
  interval: Interval;
}

/** A number of shots that could not be run. */
export interface NotRun {
  shots: number;
  /** Index of a row whose prompt is too long. */
  row: number;
  /** Of code `prompt-too-long`. */
  error: ShotglassError;
}

/** What {@link evaluate} finds. */
export interface Evaluation {
  /** The classes; null of free text. */
  labels: readonly Label[] | null;
  /** How logprobs were compared. */
  rule: NonNullable<ExperimentOptions['rule']>;
  /** With what. */
  comparison: Comparison | 'batch';
  /** How answers in free text were generated, always the most probable token; null with labels. */
  generation: { stop: string[]; maxTokens: number } | null;
  /** By seed, then shots, then order. Where no demonstration is shown there is one for all seeds. */
  cells: Cell[];
  /** By shots, in the order in which they were asked for. */
  curve: CurvePoint[];
  /** Numbers of shots that have neither cells nor a place in the curve. */
  notRun: NotRun[];
  /** Sentences about what these figures cannot say. */
  warnings: string[];
  /** Tokens that the model ran; those found in its cache are not among them. */
  tokensRun: number;
  /** Time that the calls of the model took, in milliseconds. */
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
  generation: Evaluation['generation'];
  cells: CellPlan[];
  warnings: string[];
}
