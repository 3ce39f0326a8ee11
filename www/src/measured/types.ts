import type { PresetRecord } from 'shotglass/records';

/** How often the default model solves the tasks of the presets, as `cargo xtask record` writes it. */

/** The rows at one number of shots. Each was asked behind the same demonstrations, the first ones. */
export interface Point {
  shots: number;
  /** How many rows. */
  n: number;
  /** How many were right. */
  correct: number;
  /**
   * Of the right answer to the default query: the posterior of its label among the labels or, of free text, its
   * probability of all texts.
   */
  p: number;
  /** Of free text; null of labels. */
  text: {
    /** How many answers begin with the right token, spaces before it included. */
    firstToken: number;
    /** Mean probability of the answers that were right; null where none was. */
    sureRight: number | null;
    /** Mean probability of the answers that were wrong; null where none was. */
    sureWrong: number | null;
  } | null;
  /** Of labels; null of free text. */
  labels: {
    /** How often each was predicted, in the order of the task's labels. */
    predicted: number[];
    /** How many are right after contextual calibration (Zhao et al. 2021). */
    calibrated: number;
    /** Mean label-space mass. */
    mass: number;
  } | null;
}

/** How often a preset's task is solved. */
export interface Measured {
  content: string;
  /**
   * `'label'`: the label with the highest sum of logprobs is the row's. `'exact'`: the greedy text up to a new line,
   * trimmed, is the row's output. Null where no answer is right.
   */
  metric: 'label' | 'exact' | null;
  /** In ascending order of shots: 0, 1, 2, 4, 8 and those that the preset opens with. */
  points: Point[];
  /** The same of the task without the trap; null where there is none. */
  mended: Point[] | null;
  /** Posterior of the default query's label without each of the shots the preset opens with; null of free text. */
  leaveOneOut: number[] | null;
  /** The rows once more, where the preset is for another kind of model than the default one. */
  also?: { model: PresetRecord['model']; points: Point[] };
}

/** `measured.json`: small, because the sentences of all presets are made from it. */
export interface MeasuredFile {
  version: 1;
  model: PresetRecord['model'];
  presets: Record<string, Measured>;
}
