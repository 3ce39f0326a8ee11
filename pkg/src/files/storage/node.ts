/**
 * Models in a folder of the user's, for Node: a whole file is `<name>.gguf`, and beside it `<name>.json`, its record;
 * a part is `<name>.gguf.part` with `<name>.part.json`. The default model has the name that the lab knows and no
 * record: everything is known of it beforehand.
 */
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  statfs,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { ShotglassError } from '../../errors.js';
import { cacheFolder, defaultFile } from '../cache-folder.js';
import { defaultModel } from '../default-model.js';
import { lockFile, tryLockFile, unlockThread } from '../lock-file.js';
import type { NodeSide } from '../node-side.js';
import {
  type CacheRecord,
  type ModelStorage,
  now,
  type PartialFile,
  parseRecord,
} from './index.js';

/** So much at most has to be fetched again of a file whose hash is not known. */
const FLUSH_BYTES = 8 << 20;

const READ_BYTES = 1 << 20;

/** The longer ones first, since each name ends in one alone. */
const endings = ['.gguf.part', '.part.json', '.gguf', '.json'] as const;
type Ending = (typeof endings)[number];

/** Names that this storage gives. What else lies in the folder is not ours to list or to remove. */
const OURS = /^(url-)?[0-9a-f]{64}$/;

const defaultStem = defaultFile.replace(/\.gguf$/, '');

export const nodeSide: NodeSide = { folderStorage, namedUrl, unlockAll };

async function folderStorage({ mustWrite }: { mustWrite: boolean }): Promise<ModelStorage | null> {
  try {
    const folder = cacheFolder();
    if (mustWrite) await mkdir(folder, { recursive: true });
    return new Folder(folder);
  } catch {
    return null;
  }
}

/** Where the environment says that the default model is fetched from; null where it does not. */
export function namedUrl(): string | null {
  const { SHOTGLASS_MODEL_URL: named } = process.env;
  if (!named) return null;
  if (/^https?:/i.test(named) && URL.canParse(named)) return named;
  throw new ShotglassError(
    'invalid-option',
    `SHOTGLASS_MODEL_URL is '${named}', which is not an http(s) address. Set it to one, or unset it.`,
  );
}

async function unlockAll(thread: number): Promise<void> {
  await unlockThread(cacheFolder(), thread);
}

class Folder implements ModelStorage {
  constructor(readonly folder: string) {}

  path(name: string, ending: Ending): string {
    return join(this.folder, (name === defaultModel.sha256 ? defaultStem : name) + ending);
  }

  async names(): Promise<string[]> {
    const names = new Set<string>();
    for (const file of await readdir(this.folder)) {
      const ending = endings.find((one) => file.endsWith(one));
      const stem = ending === undefined ? '' : file.slice(0, -ending.length);
      if (stem === defaultStem) names.add(defaultModel.sha256);
      else if (OURS.test(stem)) names.add(stem);
    }
    return [...names];
  }

  /** Of the whole file, else of the part. */
  async record(name: string): Promise<CacheRecord | null> {
    return (await this.#whole(name)) ?? this.#begun(name);
  }

  async #whole(name: string): Promise<CacheRecord | null> {
    const file = await stat(this.path(name, '.gguf')).catch(() => null);
    if (!file?.isFile()) return null;
    if (name !== defaultModel.sha256) return this.#read(name, '.json');
    return file.size === defaultModel.bytes ? ofDefault(file, true) : null;
  }

  async #begun(name: string): Promise<CacheRecord | null> {
    const part = await stat(this.path(name, '.gguf.part')).catch(() => null);
    if (!part?.isFile()) return null;
    const isDefault = name === defaultModel.sha256;
    const record = isDefault ? ofDefault(part, false) : await this.#read(name, '.part.json');
    if (record === null) return null;
    // What a hash will check needs not to have been flushed.
    const bytes = record.sha256 === null ? record.bytes : part.size;
    const most = Math.min(part.size, record.version.bytesTotal ?? Number.POSITIVE_INFINITY);
    return bytes > 0 && bytes <= most ? { ...record, bytes } : null;
  }

  async #read(name: string, ending: Ending): Promise<CacheRecord | null> {
    const text = await readFile(this.path(name, ending), 'utf8').catch(() => '');
    return parseRecord(text);
  }

  async read(name: string, record: CacheRecord): Promise<ReadableStream<Uint8Array> | null> {
    const file = await open(this.path(name, '.gguf'), 'r').catch(() => null);
    if (file === null) return null;
    if ((await file.stat()).size === record.bytes) return streamOf(file);
    await file.close();
    return null;
  }

  async part(name: string): Promise<PartialFile> {
    const begun = await this.#begun(name);
    const file = await within(open(this.path(name, '.gguf.part'), begun ? 'r+' : 'w+'));
    return new FolderPartialFile(this, name, file, begun);
  }

  async remove(name: string): Promise<void> {
    for (const ending of endings) await rm(this.path(name, ending), { force: true });
  }

  async freeBytes(): Promise<number | null> {
    const { bavail, bsize } = await statfs(this.folder).catch(() => ({ bavail: null, bsize: 0 }));
    return bavail === null ? null : bavail * bsize;
  }

  lock(name: string, onWait: () => void): Promise<() => void> {
    // Where no file can be made, nothing will be kept; at worst two download the same.
    return lockFile(this.path(name, '.gguf'), onWait).catch(() => () => {});
  }

  async ifFree(name: string, work: () => Promise<void>): Promise<boolean> {
    const release = await tryLockFile(this.path(name, '.gguf'));
    if (release === null) return false;
    try {
      await work();
    } finally {
      release();
    }
    return true;
  }
}

class FolderPartialFile implements PartialFile {
  #record: CacheRecord | null;
  #at: number;
  #isOpen = true;

  constructor(
    readonly storage: Folder,
    readonly name: string,
    readonly file: FileHandle,
    readonly begun: CacheRecord | null,
  ) {
    this.#record = begun;
    this.#at = begun?.bytes ?? 0;
  }

  get written(): number {
    return this.#at;
  }

  async *read(): AsyncGenerator<Uint8Array> {
    const buffer = new Uint8Array(READ_BYTES);
    const end = this.#at;
    for (let at = 0; at < end; ) {
      const wanted = Math.min(READ_BYTES, end - at);
      const { bytesRead } = await this.file.read(buffer, 0, wanted, at);
      if (bytesRead === 0) throw new Error('the part is shorter than it was');
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  async begin(record: Pick<CacheRecord, 'url' | 'sha256' | 'version'>): Promise<void> {
    this.#at = 0;
    this.#record = { ...record, bytes: 0, isComplete: false, keptAt: now() };
    // In this order: at no time is there a record of more than there is.
    await this.#writeRecord('.part.json');
    await this.file.truncate(0);
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      const write = this.file.write(chunk, at, chunk.length - at, this.#at);
      const { bytesWritten } = await within(write);
      at += bytesWritten;
      this.#at += bytesWritten;
    }
    if (this.#record === null || this.#at - this.#record.bytes < FLUSH_BYTES) return;
    await within(this.file.sync());
    await this.#recordBytes();
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      await this.file.truncate(this.#at);
      await within(this.file.sync());
    } finally {
      await this.file.close();
    }
    await this.#recordBytes();
  }

  /** The file before its record: a file whose record tells of another version is fetched again. */
  async complete(sha256: string): Promise<void> {
    if (this.#record === null) return;
    this.#record = { ...this.#record, sha256, isComplete: true, keptAt: now() };
    const { storage, name } = this;
    await rename(storage.path(name, '.gguf.part'), storage.path(name, '.gguf'));
    await this.#writeRecord('.json');
    await rm(storage.path(name, '.part.json'), { force: true });
  }

  async discard(): Promise<void> {
    if (this.#isOpen) await this.file.close();
    this.#isOpen = false;
    for (const ending of ['.gguf.part', '.part.json'] as const) {
      await rm(this.storage.path(this.name, ending), { force: true });
    }
  }

  /** The record follows the bytes: what it tells of is on the disk. */
  async #recordBytes(): Promise<void> {
    if (this.#record === null) return;
    this.#record = { ...this.#record, bytes: this.#at, keptAt: now() };
    await this.#writeRecord('.part.json');
  }

  async #writeRecord(ending: '.json' | '.part.json'): Promise<void> {
    if (this.name === defaultModel.sha256) return;
    await within(writeFile(this.storage.path(this.name, ending), JSON.stringify(this.#record)));
  }
}

/** The record of the default model, or of a part of it. */
function ofDefault(
  { size, mtime }: { size: number; mtime: Date },
  isComplete: boolean,
): CacheRecord {
  const { url, sha256, bytes: bytesTotal } = defaultModel;
  const said = { etag: null, lastModified: null, isEncoded: false };
  const version = { ...said, bytesTotal, isExact: true, isOpen: true };
  return { url, sha256, version, bytes: size, isComplete, keptAt: mtime.toISOString() };
}

function streamOf(file: FileHandle): ReadableStream<Uint8Array> {
  const buffer = new Uint8Array(READ_BYTES);
  return new ReadableStream(
    {
      async pull(controller) {
        const { bytesRead } = await file.read(buffer, 0, READ_BYTES, null).catch(async (error) => {
          await file.close();
          throw error;
        });
        if (bytesRead > 0) return controller.enqueue(buffer.subarray(0, bytesRead));
        controller.close();
        await file.close();
      },
      cancel: () => file.close(),
    },
    // Nothing is read ahead, so one buffer is enough.
    { highWaterMark: 0 },
  );
}

/** Says of a call that failed for want of room what a browser says: of the disk, a quota, or a limit of the process. */
async function within<Value>(call: Promise<Value>): Promise<Value> {
  return call.catch((error: unknown) => {
    const isFull = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(Object(error).code);
    throw isFull ? new DOMException('No space left.', 'QuotaExceededError') : error;
  });
}
