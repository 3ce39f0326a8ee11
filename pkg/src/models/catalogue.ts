import { ShotglassError } from '../errors.js';
import type { CatalogueModel } from './entry.js';
import { gemma } from './families/gemma.js';
import { gpt2 } from './families/gpt2.js';
import { llama } from './families/llama.js';
import { olmo2 } from './families/olmo2.js';
import { pythia } from './families/pythia.js';
import { qwen } from './families/qwen.js';
import { smollm2 } from './families/smollm2.js';
import { runs } from './runs.js';

/** All entries, also those that wait for an engine which runs them; the smallest file first. */
export const catalogue: readonly CatalogueModel[] = [
  ...smollm2,
  ...llama,
  ...qwen,
  ...gemma,
  ...gpt2,
  ...pythia,
  ...olmo2,
].sort((one, other) => one.bytes - other.bytes);

/**
 * The models of the catalogue that this version runs, the smallest file first. The one that `Model.load()` downloads if
 * no source is given is among them.
 */
export const models: readonly CatalogueModel[] = catalogue.filter(runs);

/**
 * The model with an id.
 *
 * @throws {@link ShotglassError} `invalid-option` if there is none, with the ids that there are;
 * `unsupported-architecture` or `unsupported-tokenizer` if this version does not run it.
 */
export function modelNamed(id: string): CatalogueModel {
  const found = catalogue.find((model) => model.id === id);
  if (found && runs(found)) return found;
  const others = `Models: ${models.map((model) => model.id).join(', ')}.`;
  if (!found) throw new ShotglassError('invalid-option', `Unknown model '${id}'. ${others}`);
  const { architecture, tokenizer } = found;
  const isFamily = models.some((model) => model.architecture === architecture);
  const what = isFamily
    ? `has a tokenizer of the kind "${tokenizer}"`
    : `is of the architecture "${architecture}"`;
  throw new ShotglassError(
    isFamily ? 'unsupported-tokenizer' : 'unsupported-architecture',
    `'${id}' ${what}, which this version does not run. ${others}`,
  );
}
