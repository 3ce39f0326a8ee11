import type { Reference } from '../model/options.js';
import { renderPrompt } from '../prompt/render.js';
import type { RenderOptions, Task } from '../prompt/task.js';
import { type ClassifyOptions, contentFree } from '../scoring/classify.js';
import type { CallOptions } from '../types.js';

/**
 * What the scores of an experiment are compared with: nothing, a text (`''` is no context), or the same
 * prompt with content-free inputs (contextual calibration, Zhao et al. 2021).
 */
export type Comparison = null | { text: string } | { inputs: readonly string[] };

/** Contextual calibration with the content-free inputs of the paper. */
export const contextualCalibration: Comparison = { inputs: contentFree };

/** Options of every experiment. */
export interface ExperimentOptions extends CallOptions {
  /** How logprobs of different lengths are compared. Default `'sum'`. */
  rule?: ClassifyOptions['rule'];
  /** What scores are compared with. Default: nothing. */
  comparison?: Comparison | undefined;
}

/**
 * A comparison as a reference for one prompt of a task, as {@link Model.score} and {@link classify} take
 * it; undefined if nothing is compared.
 *
 * @throws {@link ShotglassError} `invalid-option`, as {@link renderPrompt}.
 */
export function referenceOf(
  comparison: Comparison | undefined,
  task: Task,
  options: RenderOptions,
): Reference | undefined {
  if (!comparison) return undefined;
  if ('text' in comparison) return comparison.text;
  return comparison.inputs.map((query) => renderPrompt(task, { ...options, query }));
}
