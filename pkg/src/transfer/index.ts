/**
 * `shotglass/transfer`: the same examples as weights. A task's rows train an adapter, a prompt's demonstrations
 * are distilled into one, or texts of a domain are.
 *
 * ```ts
 * const training = finetune(model, task, rows, { steps: 40 });
 * for await (const { step, steps, loss } of training) console.log(step, steps, loss);
 * await model.setAdapter(await training.adapter());
 * ```
 *
 * @packageDocumentation
 */
export { type AdaptOptions, adapt } from './adapt.js';
export { compare } from './compare/index.js';
export { neutralText } from './compare/neutral.js';
export {
  type ComparedModel,
  type CompareOptions,
  type CompareTraining,
  type LeftOut,
  type TrainedWay,
  type Way,
  type WayComparison,
  type WayCosts,
  type WayReading,
  type WayRun,
  type WayTraining,
  ways,
} from './compare/types.js';
export { type DistilOptions, distil } from './distil.js';
export { type FinetuneOptions, finetune } from './finetune.js';
export {
  type FindLearningRateOptions,
  findLearningRate,
  type RateReading,
  type Rates,
} from './learning-rate.js';
