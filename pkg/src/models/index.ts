/**
 * `shotglass/models`: the catalogue, a list of GGUF files worth having. `Model.load({ model: id })` loads one of them.
 * This entry has the facts about each: size, license, languages, what it was trained on.
 *
 * @packageDocumentation
 */

export { modelNamed, models } from './catalogue.js';
export type { CatalogueModel, Quantization } from './entry.js';
export { type Estimate, estimate, type MeasuredPace, type Pace } from './estimate.js';
export { keptOf } from './kept.js';
