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
import { type Handle, HandleFile, noSpaceLeft, READ_BYTES } from './handle-file.js';
import { type CacheRecord, type ModelStorage, type PartialFile, parseRecord } from './index.js';

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

/** Where the whole file of a model lies: by its hash, or, if none is known, by its address; null if it is not cached. */
export async function keptPath({
  url,
  sha256,
}: Pick<CacheRecord, 'url' | 'sha256'>): Promise<string | null> {
  const folder = new Folder(cacheFolder());
  for (const name of await folder.names().catch(() => [])) {
    const record = await folder.record(name);
    const isIt = sha256 === null ? record?.url === url : record?.sha256 === sha256;
    if (isIt && record?.isComplete) return folder.path(name, '.gguf');
  }
  return null;
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
    return new FolderFile(this, name, file, begun);
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

  tryLock(name: string): Promise<(() => void) | null> {
    return tryLockFile(this.path(name, '.gguf'));
  }
}

class FolderFile extends HandleFile {
  constructor(
    readonly storage: Folder,
    readonly name: string,
    file: FileHandle,
    begun: CacheRecord | null,
  ) {
    super(handleOf(file), begun);
  }

  protected override async writeRecord(record: CacheRecord): Promise<void> {
    if (this.name === defaultModel.sha256) return;
    const path = this.storage.path(this.name, record.isComplete ? '.json' : '.part.json');
    await within(writeFile(path, JSON.stringify(record)));
  }

  /** The file before its record: a file whose record tells of another version is fetched again. */
  protected override async accept(record: CacheRecord): Promise<void> {
    const { storage, name } = this;
    await rename(storage.path(name, '.gguf.part'), storage.path(name, '.gguf'));
    await this.writeRecord(record);
    await rm(storage.path(name, '.part.json'), { force: true });
  }

  protected override async remove(): Promise<void> {
    for (const ending of ['.gguf.part', '.part.json'] as const) {
      await rm(this.storage.path(this.name, ending), { force: true });
    }
  }
}

function handleOf(file: FileHandle): Handle {
  return {
    readAt: async (into, at) => (await file.read(into, 0, into.length, at)).bytesRead,
    writeAt: async (bytes, at) => {
      for (let done = 0; done < bytes.length; ) {
        const write = file.write(bytes, done, bytes.length - done, at + done);
        done += (await within(write)).bytesWritten;
      }
    },
    truncate: (bytes) => file.truncate(bytes),
    flush: () => within(file.sync()),
    close: () => file.close(),
  };
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
    throw isFull ? noSpaceLeft() : error;
  });
}
