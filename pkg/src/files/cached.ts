/** What is kept of models, to show and to remove. */
import { ShotglassError } from '../errors.js';
import { nodeSide } from './node-side.js';
import { entriesOf, siteStorages } from './storage/find.js';
import { type KeptRecord, type ModelStorage, removeFree } from './storage/index.js';

/** A model file that `Model.load` has kept: in this browser for the pages of this site, in Node for this user. */
export interface CachedModel {
  /** The address that it came from. */
  url: string;
  /** Its SHA-256, 64 lower-case hex digits; null for a part of a file of which none was asked for. */
  sha256: string | null;
  /** How many bytes of it are kept. */
  bytes: number;
  /** False for the beginning of a file, which the next load goes on with. */
  complete: boolean;
  /** When it was last written: ISO 8601, UTC. */
  keptAt: string;
}

/**
 * The model files that are kept, newest first: in a browser those of this site, in the origin private
 * file system or the Cache API; in Node those in the cache folder, which `npx shotglass` uses too.
 * Empty where nothing is, and where the browser gives no storage.
 */
export async function listCached(): Promise<CachedModel[]> {
  const entries = await entriesOf(await allStorages());
  const models = entries.flatMap(({ record }) => (record === null ? [] : [cached(record)]));
  return models.sort((one, other) => (one.keptAt < other.keptAt ? 1 : -1));
}

/**
 * Removes what is kept of one model, by its address or SHA-256 (an entry of {@link listCached} will
 * do), or of all. A model that a page is downloading at that moment stays. Models that are loaded
 * already run on.
 *
 * @returns what was removed.
 * @throws {@link ShotglassError} `invalid-option` if `which` names neither.
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
  record: KeptRecord | null,
  which: Partial<Pick<CachedModel, 'url' | 'sha256'>> | undefined,
): boolean {
  if (which === undefined || record === null) return which === undefined;
  const isUrl = which.url === undefined || which.url === record.url;
  const isHash = which.sha256 === undefined || which.sha256 === record.sha256;
  return isUrl && isHash;
}

function cached({ url, sha256, bytes, isComplete, keptAt }: KeptRecord): CachedModel {
  return { url, sha256, bytes, complete: isComplete, keptAt };
}
