import type { Model } from '../model/model.js';
import type { Training, TrainOptions } from '../model/training.js';
import { invalid } from '../util/validate.js';

/** Options of {@link adapt}. */
export interface AdaptOptions extends Omit<TrainOptions, 'validation' | 'loss' | 'temperature'> {
  /** Held-out texts of the same kind, whose loss is measured. Default: none. */
  validation?: readonly string[] | undefined;
}

/**
 * Goes on with the language-model loss on texts of a domain (domain-adaptive pretraining, Gururangan et al.
 * 2020): all tokens of a text but its first are to become probable.
 *
 * @throws {@link ShotglassError} `invalid-option`.
 */
export function adapt(
  model: Pick<Model, 'train'>,
  texts: readonly string[],
  options: AdaptOptions = {},
): Training {
  if (!Array.isArray(texts)) throw invalid('texts', 'an array of texts');
  const { validation = [], ...others } = options;
  const examples = (all: readonly string[]) => all.map((text) => ({ text }));
  return model.train(examples(texts), { ...others, validation: examples(validation) });
}
