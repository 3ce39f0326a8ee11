/** Which storage there is: for a worker that writes, and for a page that looks. */

import { nodeSide } from '../node-side.js';
import { cacheStorage } from './cache-api.js';
import type { CacheRecord, ModelStorage } from './index.js';
import { opfsStorage } from './opfs.js';

/**
 * The best storage that a worker is given: the origin private file system, where a part can be gone
 * on with, else the Cache API; in Node a folder. Null where there is none, or it is denied.
 */
export async function findStorage(): Promise<ModelStorage | null> {
  const writes = { mustWrite: true };
  return (
    (await (await nodeSide())?.folderStorage(writes)) ??
    (await opfsStorage(writes)) ??
    (await cacheStorage(writes))
  );
}

/** All that a page may read from, though it cannot write files there. Makes nothing. */
export async function siteStorages(): Promise<ModelStorage[]> {
  const found = await Promise.all([
    opfsStorage({ mustWrite: false }),
    cacheStorage({ mustWrite: false }),
  ]);
  return found.filter((storage) => storage !== null);
}

/** A file in a storage. */
export interface Entry {
  storage: ModelStorage;
  name: string;
  /** Null if it cannot be read. */
  record: CacheRecord | null;
}

/** All that lies in some storages; nothing where the browser has cleared one away at this moment. */
export async function entriesOf(storages: readonly ModelStorage[]): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const storage of storages) {
    for (const name of await storage.names().catch(() => [])) {
      entries.push({ storage, name, record: await storage.record(name) });
    }
  }
  return entries;
}
