/** Which storage there is: for a worker that writes, and for a page that looks. */

import { isNode, nodeModule } from './node.js';
import type { ModelStorage } from './storage.js';
import { cacheStorage } from './storage-cache.js';
import { opfsStorage } from './storage-opfs.js';

/**
 * The best storage that a worker is given: the origin private file system, where a part can be gone
 * on with, else the Cache API; in Node a folder. Null where there is none, or it is denied.
 */
export async function findStorage(): Promise<ModelStorage | null> {
  if (isNode) return nodeStorage({ mustWrite: true });
  return (await opfsStorage({ mustWrite: true })) ?? (await cacheStorage({ mustWrite: true }));
}

/** All that there is to read from, in a page too, where files cannot be written. Makes nothing. */
export async function allStorages(): Promise<ModelStorage[]> {
  const reads = { mustWrite: false };
  const found = await Promise.all(
    isNode ? [nodeStorage(reads)] : [opfsStorage(reads), cacheStorage(reads)],
  );
  return found.filter((storage) => storage !== null);
}

/** Null also where a bundler has left its module behind. */
async function nodeStorage(options: { mustWrite: boolean }): Promise<ModelStorage | null> {
  try {
    return await (await nodeModule('./storage-node.js')).folderStorage(options);
  } catch {
    return null;
  }
}
