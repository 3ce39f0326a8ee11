/** Whether the model is on this device; the storage code is loaded only for this check. */
import { hashOf, type ModelName } from './shared-model.js';

/** Looks once for each model that an element names. */
export class CacheLookup {
  /** Whether the model is cached in this browser; null until that is known. */
  isCached: boolean | null = null;
  #name = '';
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  async look(model: ModelName): Promise<void> {
    const name = JSON.stringify(model);
    if (this.#name === name) return;
    this.#name = name;
    this.isCached = null;
    const found = await isCached(model);
    if (this.#name !== name) return;
    this.isCached = found;
    this.#changed();
  }
}

/** Whether a model file is cached in this browser as a whole. Makes no request. */
async function isCached(model: ModelName): Promise<boolean> {
  const hash = hashOf(model);
  try {
    const { entriesOf, siteStorages } = await import('../../files/storage/find.js');
    const entries = await entriesOf(await siteStorages());
    return entries.some(
      ({ record }) =>
        record?.isComplete && (hash === null ? record.url === model.url : record.sha256 === hash),
    );
  } catch {
    return false;
  }
}
