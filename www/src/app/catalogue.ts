/** What a load of the catalogue's models takes. The catalogue is fetched with the list of models, or with the first load. */
import { estimate, modelNamed } from 'shotglass/models';
import { modelWords } from '../strings/model-words.ts';
import { formatBytes } from '../util/numerals.ts';

/** A load of the catalogue, before it begins. */
export interface Plan {
  id: string;
  name: string;
  /** Name of its file. */
  file: string;
  bytesTotal: number;
  /** Why it is not to begin; null where it may. */
  refusal: (() => string) | null;
}

/** @throws ShotglassError if the catalogue has no such model. */
export function planOf(id: string, budgetBytes: number): Plan {
  const entry = modelNamed(id);
  const { name, url, bytes } = entry;
  const { memoryBytes } = estimate(entry);
  const refusal = fits(memoryBytes, budgetBytes)
    ? null
    : () => modelWords().tooLargeName(name, formatBytes(memoryBytes), formatBytes(budgetBytes));
  return { id, name, file: fileOf(url), bytesTotal: bytes, refusal };
}

/** Whether the weights of a model fit, once all others are closed. */
export function fits(memoryBytes: number, budgetBytes: number): boolean {
  return memoryBytes <= budgetBytes;
}

/** The last part of an address. */
export function fileOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
