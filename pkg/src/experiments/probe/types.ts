import type { Accuracy } from '../../math/statistics.js';
import type { Demonstration, Prompt } from '../../prompt/task.js';
import type { AnyLabel, Label } from '../../scoring/labels.js';
import type { CallOptions } from '../../types.js';
import type { Evaluation } from '../evaluate/types.js';

/** Options of {@link probe}. */
export interface ProbeOptions extends CallOptions {
  /** The rows to learn from, and to draw demonstrations from. Default: `task.demonstrations`. */
  train?: readonly Demonstration[] | undefined;
  /**
   * The labels. Default: the labels of the task, else the outputs of the training rows ({@link taskLabels}).
   */
  labels?: readonly AnyLabel[] | undefined;
  /**
   * Number of demonstrations in front of every input whose state is read: the first of the training rows,
   * which the probe then does not learn from, because their answers are in the prompt. Default 0.
   */
  context?: number | undefined;
  /** Distinct layers to read, from 0 to `info.layers`; see {@link States}. Default: all. */
  layers?: readonly number[] | undefined;
  /**
   * Strengths of the ℓ2 regularization to choose from, each above 0; see {@link ProbeLayer.regression}. Default
   * `[1, 100, 10000]`.
   */
  strengths?: readonly number[] | undefined;
  /** Number of parts of the cross-validation, 2 or more; at most one for each distinct input. Default 5. */
  folds?: number | undefined;
  /** Decides how the training rows are divided into parts: an integer of at least 0. Default 0. */
  seed?: number | undefined;
  /**
   * Distinct numbers of shots to evaluate beside the probe, on the same rows ({@link evaluate}); `[]` for
   * none. Default: 0, and 4 or as many as there are.
   */
  shots?: readonly number[] | undefined;
}

/** A prompt whose last state is read, and the class of its input. */
export interface PlannedState {
  prompt: Prompt;
  /** Index of the label. */
  label: number;
}

/** Everything that {@link probe} decides before the model is asked. */
export interface PlannedProbe {
  labels: readonly Label[];
  /** The layers to read, in ascending order; undefined for all. */
  layers: readonly number[] | undefined;
  train: (PlannedState & {
    /** The part of the cross-validation that the row is in, from 0. Rows with one input share a part. */
    fold: number;
  })[];
  test: PlannedState[];
  /** Number of parts of the cross-validation. */
  folds: number;
  strengths: readonly number[];
  /** Numbers of shots to evaluate. */
  shots: readonly number[];
  /** Sentences about the limits of what will be found. */
  warnings: string[];
}

/** A classifier at one layer. */
export interface ProbeReading {
  /** The accuracy of the cross-validation on the training rows, by which layers are chosen. */
  validation: Accuracy;
  /** The accuracy on the held-out rows. */
  accuracy: Accuracy;
  /** The predicted label of each held-out row, as an index. */
  predicted: number[];
}

/** What is found in the states after one layer. */
export interface ProbeLayer {
  /** The layer; see {@link States}. */
  layer: number;
  /**
   * Logistic regression on the standardized states: it minimizes the sum over the training rows of
   * `−ln p(label)`, plus `strength/2` times the sum of the squared weights. In the terms of scikit-learn,
   * `C = 1/strength`.
   */
  regression: ProbeReading & {
    /** The strength that was chosen by cross-validation. */
    strength: number;
  };
  /** The label whose mean standardized state is the most similar by its cosine. */
  prototypes: ProbeReading;
}

/** The result of {@link probe}. */
export interface ProbeResult {
  labels: readonly Label[];
  /** The layers so far, in ascending order. */
  layers: ProbeLayer[];
  /**
   * The layers that cross-validation chose, as indices into `layers`: the one with the most correct training
   * rows, and of equals the one that is most certain of them. Null before the last layer is there.
   */
  best: { regression: number; prototypes: number } | null;
  /** The evaluation of prompts on the same held-out rows; null before it begins, and for no shots. */
  prompts: Evaluation | null;
  /** Sentences about the limits of these figures. */
  warnings: string[];
}
