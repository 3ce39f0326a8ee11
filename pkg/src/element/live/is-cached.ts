/** Whether the model is on this device; the storage code is loaded only for this check. */
import { hashOf, type ModelName } from './shared-model.js';

/** Whether a model file is cached in this browser as a whole. Makes no request. */
export async function isCached(model: ModelName): Promise<boolean> {
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
