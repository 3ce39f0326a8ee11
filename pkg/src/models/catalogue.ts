import { ShotglassError } from '../errors.js';
import type { CatalogueModel } from './entry.js';
import { gemma } from './families/gemma.js';
import { gpt2 } from './families/gpt2.js';
import { llama } from './families/llama.js';
import { olmo2 } from './families/olmo2.js';
import { pythia } from './families/pythia.js';
import { qwen } from './families/qwen.js';
import { smollm2 } from './families/smollm2.js';

/**
 * The models of the catalogue, the smallest file first. The one that `Model.load()` downloads if no source is given is
 * among them.
 */
export const models: readonly CatalogueModel[] = [
  ...smollm2,
  ...llama,
  ...qwen,
  ...gemma,
  ...gpt2,
  ...pythia,
  ...olmo2,
].sort((one, other) => one.bytes - other.bytes);

/**
 * The model with an id.
 *
 * @throws {@link ShotglassError} `invalid-option` if there is none, with the ids that there are.
 */
export function modelNamed(id: string): CatalogueModel {
  const found = models.find((model) => model.id === id);
  if (found) return found;
  const ids = models.map((model) => model.id).join(', ');
  throw new ShotglassError('invalid-option', `Unknown model '${id}'. Models: ${ids}.`);
}
