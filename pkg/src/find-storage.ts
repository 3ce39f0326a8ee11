/** Which storage there is: for a worker that writes, and for a page that looks. */
import type { ModelStorage } from './storage.js';
import { cacheStorage } from './storage-cache.js';
import { opfsStorage } from './storage-opfs.js';

/**
 * The best storage that a worker is given: the origin private file system, where a part can be gone
 * on with, else the Cache API; null where both are missing or denied.
 */
export async function findStorage(): Promise<ModelStorage | null> {
  return (await opfsStorage({ mustWrite: true })) ?? (await cacheStorage({ mustWrite: true }));
}

/** All that there is to read from, in a page too, where files cannot be written. Makes nothing. */
export async function allStorages(): Promise<ModelStorage[]> {
  const found = await Promise.all([
    opfsStorage({ mustWrite: false }),
    cacheStorage({ mustWrite: false }),
  ]);
  return found.filter((storage) => storage !== null);
}
