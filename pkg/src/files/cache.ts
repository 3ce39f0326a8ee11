/** A file that is read from the cache, or downloaded into it. */

import { codeOf } from '../errors.js';
import type { Keeping } from '../types.js';
import type { RetryPolicy } from '../util/retry.js';
import { type DownloadEvent, download } from './download.js';
import { lock } from './locks.js';
import type { OpenedFile } from './opened-file.js';
import { findStorage } from './storage/find.js';
import {
  type CacheRecord,
  type ModelStorage,
  type PartialFile,
  removeFree,
} from './storage/index.js';
import { streamChunks } from './stream-chunks.js';
import { type FileVersion, isSameVersion, isVersioned, versionOf } from './version.js';

/** A server that has not said by then which version it has might as well not be there. */
const VERSION_LIMIT_MS = 10_000;

export interface CacheOptions {
  sha256: string | null;
  retryPolicy: RetryPolicy;
  /** Another page, or another process, is downloading the same file. */
  onWait(): void;
}

/**
 * Opens the file at an http(s) address: from the cache, else from the network, and caches what arrives.
 *
 * If a SHA-256 is required, the cached file has that name, whatever its address, and is read without a
 * request. Otherwise it has the name of its address, and the server is asked for its version; if the
 * server cannot be reached, the cached file is used. A file that is cached under one of the two names
 * is found by the other as well.
 */
export async function openCached(url: string, options: CacheOptions): Promise<OpenedFile> {
  const storage = await findStorage();
  if (storage === null) return openUncached(url, options, { state: 'denied' });
  return new CachedLoad(url, options, storage, await nameOf(url, options.sha256)).open();
}

/** The length of the cached file of an address; null if it is not cached as a whole. */
export async function cachedBytes(url: string, sha256: string | null): Promise<number | null> {
  const storage = await findStorage();
  const name = await nameOf(url, sha256);
  return storage === null ? null : ((await find(storage, name, url, sha256))?.record.bytes ?? null);
}

/** Where a whole copy of a file lies. */
interface Copy {
  name: string;
  record: CacheRecord;
}

/**
 * A whole copy: the one under this name, else one that is known to be the same file, cached under its
 * address or its hash.
 */
async function find(
  storage: ModelStorage,
  name: string,
  url: string,
  sha256: string | null,
): Promise<Copy | null> {
  const own = await storage.record(name);
  if (own?.isComplete) return { name, record: own };
  const { href } = withoutHash(url);
  const isHere = (record: CacheRecord) => record.url.replace(/#.*$/, '') === href;
  for (const other of await storage.names().catch(() => [])) {
    const record = other === name ? null : await storage.record(other);
    if (!record?.isComplete) continue;
    const isIt = sha256 === null ? isHere(record) : record.sha256 === sha256;
    if (isIt) return { name: other, record };
  }
  return null;
}

/** Opens the file at an address without the cache. */
export function openUncached(
  url: string,
  { sha256, retryPolicy }: Pick<CacheOptions, 'sha256' | 'retryPolicy'>,
  keeping: Keeping,
): OpenedFile {
  return {
    phase: 'download',
    bytesTotal: null,
    isExact: false,
    chunks: download(url, { retryPolicy, isChecked: sha256 !== null }),
    accepted: async () => keeping,
  };
}

/** The hash, or that of the address: a name for files, caches and locks. */
async function nameOf(url: string, sha256: string | null): Promise<string> {
  if (sha256 !== null) return sha256;
  const { href } = withoutHash(url);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(href));
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0'));
  return `url-${hex.join('')}`;
}

function withoutHash(address: string): URL {
  const url = new URL(address);
  url.hash = '';
  return url;
}

/** One load of one file through the cache. */
class CachedLoad {
  /** Lets other pages go on. */
  #release: () => void = () => {};
  /** Null where nothing is written, or no more. */
  #part: PartialFile | null = null;
  #keeping: Keeping = { state: 'off' };
  #bytesTotal: number | null = null;
  /** Whether the network failed, and not the file. */
  #isBroken = false;

  constructor(
    readonly url: string,
    readonly options: CacheOptions,
    readonly storage: ModelStorage,
    readonly name: string,
  ) {}

  async open(): Promise<OpenedFile> {
    const first = await this.#cached(null);
    if (first.file) return first.file;
    await this.#lock();
    try {
      // Whoever had the lock may have brought the file.
      const second = await this.#cached(first.outdated);
      if (second.file) this.#release();
      return second.file ?? (await this.#download());
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  /** The cached file, if there is one that is neither damaged nor known to be outdated. */
  async #cached(
    outdated: string | null,
  ): Promise<{ file: OpenedFile | null; outdated: string | null }> {
    const { sha256 } = this.options;
    const copy = await find(this.storage, this.name, this.url, sha256);
    if (copy === null || copy.record.keptAt === outdated) return { file: null, outdated };
    const { name, record } = copy;
    if (sha256 === null && (await isOutdated(this.url, record))) {
      return { file: null, outdated: record.keptAt };
    }
    const stream = await this.storage.read(name, record);
    return { file: stream && this.#cachedFile(name, record, stream), outdated };
  }

  #cachedFile(name: string, record: CacheRecord, stream: ReadableStream<Uint8Array>): OpenedFile {
    return {
      phase: 'load',
      bytesTotal: record.bytes,
      isExact: true,
      sha256: record.sha256,
      chunks: streamChunks(stream, (cause) => `The cached file could not be read: ${cause}`),
      accepted: async () => ({ state: 'kept' }),
      refused: async (error) => {
        if (!isFault(error)) return null;
        if (name !== this.name) await this.#removeOther(name);
        await this.#lock();
        await this.storage.remove(this.name).catch(() => {});
        return this.#download();
      },
      discarded: async (error) => {
        if (isFault(error)) await this.#removeOther(name);
      },
    };
  }

  async #lock(): Promise<void> {
    const { name, storage } = this;
    const { onWait } = this.options;
    this.#release = await (storage.lock?.(name, onWait) ?? lock(name, onWait));
  }

  /** Removes a copy, unless another page is writing there. */
  async #removeOther(name: string): Promise<void> {
    await removeFree(this.storage, name).catch(() => {});
  }

  async #download(): Promise<OpenedFile> {
    try {
      this.#part = await this.storage.part(this.name);
    } catch (error) {
      await this.#giveUp(error);
    }
    const begun = this.#part?.begun ?? null;
    return {
      phase: 'download',
      bytesTotal: null,
      isExact: false,
      chunks: this.#events(begun),
      accepted: (sha256) => this.#accepted(sha256),
      refused: async (error) => {
        const isBad = !this.#isBroken && isFault(error);
        if (isBad) await this.#part?.discard().catch(() => {});
        // The cached part may be damaged: try once more without it.
        if (isBad && begun !== null) return this.#download();
        this.#release();
        return null;
      },
      discarded: async (error) => {
        if (isFault(error)) await this.#part?.discard().catch(() => {});
        this.#release();
      },
    };
  }

  /** What is there already, and then what the server sends, which is written as it passes. */
  async *#events(begun: CacheRecord | null): AsyncGenerator<DownloadEvent> {
    const { sha256, retryPolicy } = this.options;
    let isWhole = false;
    try {
      const isRead = begun !== null && (yield* this.#begun(begun));
      const options = { retryPolicy, isChecked: sha256 !== null, isCached: true };
      for await (const event of download(this.url, { ...options, begun: isRead ? begun : null })) {
        await this.#write(event);
        yield event;
      }
      isWhole = true;
    } catch (error) {
      this.#isBroken = true;
      throw error;
    } finally {
      // Now, and not when the engine has accepted it: it may be that it never does.
      await this.#part?.close(isWhole).catch((error: unknown) => this.#giveUp(error));
    }
  }

  /** What an earlier load has left; answers whether all of it could be read. */
  async *#begun({ version }: CacheRecord): AsyncGenerator<DownloadEvent, boolean> {
    this.#bytesTotal = version.bytesTotal;
    yield { type: 'start', version };
    const reader = this.#part?.read();
    try {
      for await (const chunk of reader ?? []) yield chunk;
      return true;
    } catch {
      return false;
    }
  }

  async #write(event: DownloadEvent): Promise<void> {
    if (this.#part === null) return;
    try {
      if (event instanceof Uint8Array) await this.#part.write(event);
      else if (event.type === 'start') await this.#begin(this.#part, event.version);
    } catch (error) {
      await this.#giveUp(error);
    }
  }

  async #begin(part: PartialFile, version: FileVersion): Promise<void> {
    const { sha256 } = this.options;
    this.#bytesTotal = version.bytesTotal;
    if (sha256 === null && !isVersioned(version)) return this.#drop({ state: 'off' });
    await part.begin({ url: this.url, sha256, version });
    const free = await (this.storage.freeBytes?.() ?? freeBytes());
    if (free !== null && version.bytesTotal !== null && free < version.bytesTotal) {
      await this.#drop({ state: 'full', bytesMissing: version.bytesTotal - free });
    }
  }

  /** The load continues without the cache, and the next page need not wait for it. */
  async #giveUp(error: unknown): Promise<void> {
    const isFull = error instanceof Error && error.name === 'QuotaExceededError';
    const { written = null } = this.#part ?? {};
    // What was written there was room for. The browser need not be asked: it may tell all the same.
    const left = written === null || this.#bytesTotal === null ? 0 : this.#bytesTotal - written;
    const bytesMissing = left > 0 ? left : null;
    await this.#drop(isFull ? { state: 'full', bytesMissing } : { state: 'denied' });
  }

  async #drop(keeping: Keeping): Promise<void> {
    const part = this.#part;
    this.#part = null;
    this.#keeping = keeping;
    await part?.discard().catch(() => {});
    this.#release();
  }

  async #accepted(sha256: string): Promise<Keeping> {
    try {
      await this.#part?.complete(sha256);
      if (this.#part) this.#keeping = { state: 'kept' };
    } catch (error) {
      await this.#giveUp(error);
    }
    this.#release();
    return this.#keeping;
  }
}

/**
 * Whether the server reports another version of the file. If it reports none, or does not answer, the
 * cached file counts as current.
 */
async function isOutdated(url: string, record: CacheRecord): Promise<boolean> {
  try {
    // Not HEAD, which signed addresses refuse, and not If-None-Match, which other sites may refuse.
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), VERSION_LIMIT_MS);
    const response = await fetch(url, { cache: 'no-store', signal: controller.signal });
    clearTimeout(timer);
    controller.abort();
    const isPage = /^text\/html/i.test(response.headers.get('content-type') ?? '');
    if (!response.ok || isPage) return false;
    return !isSameVersion(versionOf(response), record.version);
  } catch {
    return false;
  }
}

/** Bytes that this site may still store, or null. Chrome always reports ten gibibytes. */
async function freeBytes(): Promise<number | null> {
  try {
    const { quota, usage } = await navigator.storage.estimate();
    return quota === undefined || usage === undefined ? null : Math.max(0, quota - usage);
  } catch {
    return null;
  }
}

/** Whether this error says that the file is bad. A trap or a lack of memory says nothing of it. */
function isFault(error: unknown): boolean {
  const code = codeOf(error);
  return code !== null && code !== 'out-of-memory' && code !== 'crashed';
}
