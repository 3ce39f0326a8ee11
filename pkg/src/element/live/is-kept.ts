/** Whether the model is on this device, found out with a part of the package that only this needs. */
import { hashOf, type ModelName } from './shared-model.js';

/** Whether a model file is kept in this browser, whole. Fetches nothing from the network. */
export async function isKept(model: ModelName): Promise<boolean> {
  const hash = hashOf(model);
  try {
    const { entriesOf, siteStorages } = await import('../../files/storage/find.js');
    const kept = await entriesOf(await siteStorages());
    return kept.some(
      ({ record }) =>
        record?.isComplete && (hash === null ? record.url === model.url : record.sha256 === hash),
    );
  } catch {
    return false;
  }
}
