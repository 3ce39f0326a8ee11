/** Whether the model is on this device, found out with a part of the package that only this needs. */
import { hashOf, type ModelName } from './shared-model.js';

/** Whether a model file is kept in this browser, whole. Fetches nothing from the network. */
export async function isKept(model: ModelName): Promise<boolean> {
  const hash = hashOf(model);
  try {
    const { listCached } = await import('../cached.js');
    const kept = await listCached();
    return kept.some(
      (file) => file.complete && (hash === null ? file.url === model.url : file.sha256 === hash),
    );
  } catch {
    return false;
  }
}
