/** How the adapters of a comparison are trained. */
import { type TrainOptions, trainOptions } from '../../model/training.js';
import { only, text } from '../../util/validate.js';
import { neutralText } from './neutral.js';
import type { ComparedModel, CompareOptions, TrainedWay, Way } from './types.js';

/** The options of the trainings of each way, without those that differ from run to run. */
export type TrainSettings = Record<TrainedWay, Omit<TrainOptions, 'validation'>>;

export function isTrained(way: Way): way is TrainedWay {
  return way === 'ia3' || way === 'lora' || way === 'distilled';
}

/** Those of {@link WayTraining}, to be checked: what is left of all options. */
const { method, seed, loss, temperature, validation, neutral, measureEvery, signal, ...common } =
  trainOptions;

export function trainSettings(options: CompareOptions): TrainSettings {
  const { training = {}, neutral = neutralText, signal } = options;
  only(training, { ...common, ia3: true, lora: true, distilled: true });
  const { ia3 = {}, lora = {}, distilled = {}, ...shared } = training;
  only(ia3, { ...common, loss: true });
  only(lora, { ...common, loss: true });
  only(distilled, { ...common, temperature: true });
  const always = {
    ...(neutral === null ? {} : { neutral: text('neutral', neutral) }),
    // After the first and the last step forgetting is measured in any case.
    measureEvery: Number.MAX_SAFE_INTEGER,
    signal,
  };
  return {
    ia3: { ...shared, ...ia3, ...always, method: 'ia3' },
    lora: { ...shared, ...lora, ...always, method: 'lora' },
    distilled: { ...shared, ...distilled, ...always, method: 'lora' },
  };
}

/** The number of steps of a way. A training says what is wrong with its options before it begins. */
export function stepsOf(
  model: Pick<ComparedModel, 'train'>,
  settings: TrainSettings,
  way: Way,
): number {
  if (!isTrained(way)) return 0;
  return model.train([{ prompt: 'a', answer: ' b' }], settings[way]).steps;
}
