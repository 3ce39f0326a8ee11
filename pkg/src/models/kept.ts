import { type CachedModel, listCached } from '../files/cached.js';
import type { CatalogueModel } from './entry.js';

/**
 * The cached file of a model, whole or in part: in a browser of this site, in Node of this user; null if there is none.
 *
 * @param model An entry of the catalogue.
 * @param cached What is cached, where {@link listCached} has been called already.
 */
export async function keptOf(
  model: CatalogueModel,
  cached?: readonly CachedModel[],
): Promise<CachedModel | null> {
  const own = (cached ?? (await listCached())).filter((file) => isOf(model, file));
  return own.find(({ complete }) => complete) ?? own[0] ?? null;
}

/** Where the hash is known, it is that file from wherever it came; else the file from that address. */
function isOf({ url, sha256 }: CatalogueModel, file: CachedModel): boolean {
  return sha256 === null ? file.url === url : file.sha256 === sha256;
}
