/** Lists and removes cached model files. */
import { ShotglassError } from '../errors.js';
import { nodeSide } from './node-side.js';
import { entriesOf, siteStorages } from './storage/find.js';
import { type CacheRecord, type ModelStorage, removeFree } from './storage/index.js';

/** A model file cached by `Model.load`: in a browser for the pages of this site, in Node for this user. */
export interface CachedModel {
  /** The URL it was downloaded from. */
  url: string;
  /** SHA-256 of the file, 64 lowercase hex digits; null for a partial file that was requested without one. */
  sha256: string | null;
  /** Number of bytes cached. */
  bytes: number;
  /** Whether the file is complete. The next load resumes a partial file. */
  complete: boolean;
  /** When it was last written: ISO 8601, UTC. */
  keptAt: string;
}

/**
 * The cached model files, newest first. In a browser these are the files of this site, in the origin
 * private file system or the Cache API. In Node they are in the cache folder, which `npx shotglass` also
 * uses. Empty if nothing is cached, or if the browser gives the page no storage.
 */
export async function listCached(): Promise<CachedModel[]> {
  const entries = await entriesOf(await allStorages());
  const models = entries.flatMap(({ record }) => (record === null ? [] : [cached(record)]));
  return models.sort((one, other) => (one.keptAt < other.keptAt ? 1 : -1));
}

/**
 * Removes cached files: those with the given URL or SHA-256 (an entry of {@link listCached} works), or all
 * of them. A file that is being downloaded is not removed. Models that are already loaded keep running.
 *
 * @param which Which files to remove. Default: all.
 * @returns The files that were removed.
 * @throws {@link ShotglassError} `invalid-option` if `which` has neither a URL nor a SHA-256.
 */
export async function removeCached(
  which?: Partial<Pick<CachedModel, 'url' | 'sha256'>>,
): Promise<CachedModel[]> {
  if (which !== undefined && which?.url === undefined && typeof which?.sha256 !== 'string') {
    throw new ShotglassError(
      'invalid-option',
      'which must have a url or a sha256. Omit it to remove everything.',
    );
  }
  const removed: CachedModel[] = [];
  for (const { storage, name, record } of await entriesOf(await allStorages())) {
    if (!isMeant(record, which)) continue;
    // What the browser does not give up stays, and is not among what was removed.
    const isGone = await removeFree(storage, name).catch(() => false);
    if (isGone && record !== null) removed.push(cached(record));
  }
  return removed;
}

/** In a page those of its site, in Node the folder. */
async function allStorages(): Promise<ModelStorage[]> {
  const folder = await (await nodeSide())?.folderStorage({ mustWrite: false });
  return folder ? [folder] : siteStorages();
}

/** What has no record is meant only with all the rest. */
function isMeant(
  record: CacheRecord | null,
  which: Partial<Pick<CachedModel, 'url' | 'sha256'>> | undefined,
): boolean {
  if (which === undefined || record === null) return which === undefined;
  const isUrl = which.url === undefined || which.url === record.url;
  const isHash = which.sha256 === undefined || which.sha256 === record.sha256;
  return isUrl && isHash;
}

function cached({ url, sha256, bytes, isComplete, keptAt }: CacheRecord): CachedModel {
  return { url, sha256, bytes, complete: isComplete, keptAt };
}
