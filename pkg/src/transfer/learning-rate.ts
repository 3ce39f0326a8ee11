import { codeOf } from '../errors.js';
import type { Model } from '../model/model.js';
import type { Demonstration, Task } from '../prompt/task.js';
import type { Step } from '../util/step.js';
import { integer, invalid, number } from '../util/validate.js';
import { type FinetuneOptions, finetune } from './finetune.js';

/** Options of {@link findLearningRate}. */
export interface FindLearningRateOptions
  extends Omit<FinetuneOptions, 'learningRate' | 'validation' | 'neutral' | 'measureEvery'> {
  /** Learning rates to try. Default: seven from 1e-4 to 1e-1, each √10 times the one before. */
  rates?: readonly number[] | undefined;
}

/** What a learning rate came to. */
export interface RateReading {
  /** The learning rate. */
  rate: number;
  /** The loss of the last of the steps; null if a loss was not finite. */
  loss: number | null;
}

/** What {@link findLearningRate} has found. */
export interface Rates {
  /** A reading for each rate that was tried. */
  readings: RateReading[];
  /** The rate with the lowest loss; null before any was tried, and if all diverged. */
  best: number | null;
}

const DEFAULT_RATES = [1e-4, 3.16e-4, 1e-3, 3.16e-3, 1e-2, 3.16e-2, 1e-1];

/**
 * Tries learning rates, each with a short training of its own from the same start (after Smith 2017, arXiv
 * 1506.01186, where one run goes through all rates). `steps` is the length of each; default 8.
 *
 * @throws {@link ShotglassError} from the loop: those of {@link finetune} and of its training, except `diverged`.
 */
export async function* findLearningRate(
  model: Pick<Model, 'train'>,
  task: Task,
  rows: readonly Demonstration[],
  options: FindLearningRateOptions = {},
): AsyncGenerator<Step<Rates>, void, undefined> {
  const { rates = DEFAULT_RATES, steps = 8, ...others } = options;
  integer('steps', steps, 1);
  if (!Array.isArray(rates) || rates.length === 0) throw invalid('rates', 'a non-empty array');
  for (const rate of rates) number('rates', rate, 0);
  let readings: RateReading[] = [];
  for (const rate of rates) {
    const training = finetune(model, task, rows, { ...others, steps, learningRate: rate });
    let loss: number | null = null;
    try {
      for await (const step of training) loss = step.loss;
    } catch (error) {
      if (codeOf(error) !== 'diverged') throw error;
      loss = null;
    } finally {
      await training.close();
    }
    readings = [...readings, { rate, loss }];
    yield {
      done: readings.length,
      total: rates.length,
      result: { readings, best: bestOf(readings) },
    };
  }
}

function bestOf(readings: readonly RateReading[]): number | null {
  const finite = readings.filter((one): one is { rate: number; loss: number } => one.loss !== null);
  const [first, ...rest] = finite;
  if (!first) return null;
  return rest.reduce((best, one) => (one.loss < best.loss ? one : best), first).rate;
}
