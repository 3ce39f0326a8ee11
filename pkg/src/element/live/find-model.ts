/** Whether the model is on this device; what this takes is loaded only for this check. */
import { hashOf, type ModelName } from './shared-model.js';

/** What is known of a model's file without a request. */
export interface FoundModel {
  /** Whether it is cached in this browser as a whole. */
  isCached: boolean;
  /** Its length in bytes, where the catalogue has it. */
  bytes: number | null;
}

/** Looks for a model file in the catalogue and in the cache of this browser. */
export async function findModel(model: ModelName): Promise<FoundModel> {
  try {
    const entry =
      model.id === null ? null : (await import('../../models/catalogue.js')).modelNamed(model.id);
    const hash = entry?.sha256 ?? hashOf(model);
    const url = entry?.url ?? model.url;
    const { entriesOf, siteStorages } = await import('../../files/storage/find.js');
    const isCached = (await entriesOf(await siteStorages())).some(
      ({ record }) =>
        record?.isComplete && (hash === null ? record.url === url : record.sha256 === hash),
    );
    return { isCached, bytes: entry?.bytes ?? null };
  } catch {
    return { isCached: false, bytes: null };
  }
}
