/**
 * Models in the origin private file system: `<name>.gguf`, and beside it `<name>.json`, the record.
 * https://fs.spec.whatwg.org/
 */
import {
  type CacheRecord,
  FOLDER,
  type ModelStorage,
  now,
  type PartialFile,
  parseRecord,
} from './index.js';

/** Of workers only, so not among the types for pages. Early browsers answered with promises. */
interface SyncHandle {
  read(into: Uint8Array, options: { at: number }): number | Promise<number>;
  write(bytes: Uint8Array, options: { at: number }): number | Promise<number>;
  truncate(bytes: number): void | Promise<void>;
  getSize(): number | Promise<number>;
  flush(): void | Promise<void>;
  close(): void | Promise<void>;
}

type Writable = FileSystemFileHandle & { createSyncAccessHandle(): Promise<SyncHandle> };

/** So much at most has to be fetched again when the page is closed in the middle. */
const FLUSH_BYTES = 8 << 20;

const READ_BYTES = 1 << 20;

/** What a worker held that was ended is let go of a moment later. */
const HANDLE_TRIES = 20;
const HANDLE_WAIT_MS = 50;

/** Null where there is none, where it is denied, or, if one `mustWrite`, without sync handles. */
export async function opfsStorage({
  mustWrite,
}: {
  mustWrite: boolean;
}): Promise<ModelStorage | null> {
  try {
    if (mustWrite && !('createSyncAccessHandle' in FileSystemFileHandle.prototype)) return null;
    const root = await navigator.storage.getDirectory();
    return new Opfs(await root.getDirectoryHandle(FOLDER, { create: mustWrite }));
  } catch {
    return null;
  }
}

class Opfs implements ModelStorage {
  constructor(readonly folder: FileSystemDirectoryHandle) {}

  async names(): Promise<string[]> {
    const names = new Set<string>();
    for await (const file of this.folder.keys()) names.add(file.replace(/\.\w+$/, ''));
    return [...names];
  }

  async record(name: string): Promise<CacheRecord | null> {
    try {
      const handle = await this.folder.getFileHandle(`${name}.json`);
      return parseRecord(await (await handle.getFile()).text());
    } catch {
      return null;
    }
  }

  async read(name: string, record: CacheRecord): Promise<ReadableStream<Uint8Array> | null> {
    try {
      const handle = await this.folder.getFileHandle(`${name}.gguf`);
      const file = await handle.getFile();
      return file.size === record.bytes ? file.stream() : null;
    } catch {
      return null;
    }
  }

  async part(name: string): Promise<PartialFile> {
    const record = await this.record(name);
    const handle = await syncHandle(this.folder, `${name}.gguf`);
    try {
      const isBegun = record !== null && !record.isComplete && record.bytes > 0;
      const begun = isBegun && (await handle.getSize()) >= record.bytes ? record : null;
      return new OpfsPartialFile(this, name, handle, begun);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** The file first: what cannot be removed stays in the list. */
  async remove(name: string): Promise<void> {
    for (const file of [`${name}.gguf`, `${name}.json`]) {
      await this.folder.removeEntry(file).catch((error: unknown) => {
        if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
      });
    }
  }
}

class OpfsPartialFile implements PartialFile {
  #record: CacheRecord | null;
  #at: number;
  #isOpen = true;

  constructor(
    readonly storage: Opfs,
    readonly name: string,
    readonly handle: SyncHandle,
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
      const wanted = buffer.subarray(0, Math.min(READ_BYTES, end - at));
      const read = await this.handle.read(wanted, { at });
      if (read === 0) throw new Error('the part is shorter than it was');
      at += read;
      yield buffer.subarray(0, read);
    }
  }

  async begin({
    url,
    sha256,
    version,
  }: Pick<CacheRecord, 'url' | 'sha256' | 'version'>): Promise<void> {
    this.#at = 0;
    this.#record = { url, sha256, version, bytes: 0, isComplete: false, keptAt: now() };
    // In this order: at no time is there a record of more than there is.
    await this.#writeRecord();
    await this.handle.truncate(0);
  }

  async write(chunk: Uint8Array): Promise<void> {
    const written = await this.handle.write(chunk, { at: this.#at });
    // Without room Chrome's private windows throw nothing: they return 2³² − 8, an error as a number.
    if (written !== chunk.length) throw new DOMException('No space left.', 'QuotaExceededError');
    this.#at += written;
    if (this.#record === null || this.#at - this.#record.bytes < FLUSH_BYTES) return;
    await this.handle.flush();
    await this.#recordBytes();
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      // What was written over an older, longer part.
      await this.handle.truncate(this.#at);
      await this.handle.flush();
    } finally {
      await this.handle.close();
    }
    // Only now: while it was open, Chrome set aside more for it than was written.
    await this.#recordBytes();
  }

  async complete(sha256: string): Promise<void> {
    if (this.#record === null) return;
    this.#record = { ...this.#record, sha256, isComplete: true, keptAt: now() };
    await this.#writeRecord();
  }

  async discard(): Promise<void> {
    if (this.#isOpen) await this.handle.close();
    this.#isOpen = false;
    await this.storage.remove(this.name);
  }

  /** The record follows the bytes: what it tells of is on the disk. */
  async #recordBytes(): Promise<void> {
    if (this.#record === null) return;
    this.#record = { ...this.#record, bytes: this.#at, keptAt: now() };
    await this.#writeRecord();
  }

  async #writeRecord(): Promise<void> {
    const bytes = new TextEncoder().encode(JSON.stringify(this.#record));
    const handle = await syncHandle(this.storage.folder, `${this.name}.json`);
    try {
      await handle.truncate(0);
      await handle.write(bytes, { at: 0 });
      await handle.flush();
    } finally {
      await handle.close();
    }
  }
}

async function syncHandle(folder: FileSystemDirectoryHandle, file: string): Promise<SyncHandle> {
  const handle = (await folder.getFileHandle(file, { create: true })) as Writable;
  for (let tries = 1; ; tries++) {
    try {
      return await handle.createSyncAccessHandle();
    } catch (error) {
      const isTaken = error instanceof DOMException && /^NoModification/.test(error.name);
      if (!isTaken || tries === HANDLE_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, HANDLE_WAIT_MS));
    }
  }
}
