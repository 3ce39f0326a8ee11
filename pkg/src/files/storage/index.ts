/** Storage for cached model files: one interface for the two kinds of a browser and the folder of Node. */

import { tryLock } from '../locks.js';
import type { FileVersion } from '../version.js';

/** The folder, or the cache, in which all lies. */
export const FOLDER = 'shotglass-models';

/** What is known about a cached file. It is written beside the file, after the file. */
export interface CacheRecord {
  url: string;
  /** SHA-256 of the file; null for a part of a file of which none was asked for. */
  sha256: string | null;
  version: FileVersion;
  /** How many bytes of it are safely written. */
  bytes: number;
  /** Whether that is all of it, and an engine has accepted it. */
  isComplete: boolean;
  /** When that was written: ISO 8601, UTC. */
  keptAt: string;
}

export interface ModelStorage {
  /** The names of all cached files, including those whose record cannot be read. */
  names(): Promise<string[]>;
  /** Null if there is none, or none that can be read. */
  record(name: string): Promise<CacheRecord | null>;
  /** The bytes of a complete file; null if they are not those that its record tells of. */
  read(name: string, record: CacheRecord): Promise<ReadableStream<Uint8Array> | null>;
  /** Opens a file for writing, alone. */
  part(name: string): Promise<PartialFile>;
  remove(name: string): Promise<void>;
  /** Bytes that there is still room for, null if that is not known; without it, as the browser says. */
  freeBytes?(): Promise<number | null>;
  /**
   * Lets one at a time have a file, and answers with what gives it back; `onWait` is called if another
   * has it. Without it, the locks of the site do that.
   */
  lock?(name: string, onWait: () => void): Promise<() => void>;
  /** The same, but null if another has it. */
  tryLock?(name: string): Promise<(() => void) | null>;
}

/** A file that is being written, and is not complete yet. */
export interface PartialFile {
  /** What is there of it from an earlier time, if it can be gone on with. */
  readonly begun: CacheRecord | null;
  /** The bytes of that. */
  read(): AsyncIterable<Uint8Array>;
  /** Forgets what is there and begins with nothing. */
  begin(record: Pick<CacheRecord, 'url' | 'sha256' | 'version'>): Promise<void>;
  /** Fails with a `QuotaExceededError` where there is no room. */
  write(chunk: Uint8Array): Promise<void>;
  /** How many bytes there was room for; null if that is not known. */
  readonly written: number | null;
  /** Writes no more. What `isWhole` waits for its acceptance; what is not may be gone on with. */
  close(isWhole: boolean): Promise<void>;
  /** After `close`: from now on the file counts. */
  complete(sha256: string): Promise<void>;
  /** Removes it, closed or not. */
  discard(): Promise<void>;
}

/** A record from its file; null for what was half-written, or by another version. */
export function parseRecord(text: string): CacheRecord | null {
  try {
    const record = JSON.parse(text) as CacheRecord;
    const isSound =
      typeof record.url === 'string' &&
      typeof record.isComplete === 'boolean' &&
      Number.isSafeInteger(record.bytes) &&
      typeof record.version === 'object';
    return isSound ? record : null;
  } catch {
    return null;
  }
}

export function now(): string {
  return new Date().toISOString();
}

/** Removes a file unless somebody has its lock; answers whether. */
export async function removeFree(storage: ModelStorage, name: string): Promise<boolean> {
  const release = await (storage.tryLock?.(name) ?? tryLock(name));
  if (release === null) return false;
  try {
    await storage.remove(name);
  } finally {
    release();
  }
  return true;
}
