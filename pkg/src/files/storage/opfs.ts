/**
 * Models in the origin private file system: `<name>.gguf`, and beside it `<name>.json`, the record.
 * https://fs.spec.whatwg.org/
 */
import { type Handle, HandleFile, noSpaceLeft } from './handle-file.js';
import {
  type CacheRecord,
  FOLDER,
  type ModelStorage,
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
      return new OpfsFile(this, name, handle, begun);
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

class OpfsFile extends HandleFile {
  constructor(
    readonly storage: Opfs,
    readonly name: string,
    handle: SyncHandle,
    begun: CacheRecord | null,
  ) {
    super(handleOf(handle), begun);
  }

  protected override async writeRecord(record: CacheRecord): Promise<void> {
    const bytes = new TextEncoder().encode(JSON.stringify(record));
    const handle = await syncHandle(this.storage.folder, `${this.name}.json`);
    try {
      await handle.truncate(0);
      await handle.write(bytes, { at: 0 });
      await handle.flush();
    } finally {
      await handle.close();
    }
  }

  protected override accept(record: CacheRecord): Promise<void> {
    return this.writeRecord(record);
  }

  protected override remove(): Promise<void> {
    return this.storage.remove(this.name);
  }
}

function handleOf(file: SyncHandle): Handle {
  return {
    readAt: (into, at) => file.read(into, { at }),
    writeAt: async (bytes, at) => {
      // Without room Chrome's private windows throw nothing: they return 2³² − 8, an error as a number.
      if ((await file.write(bytes, { at })) !== bytes.length) throw noSpaceLeft();
    },
    truncate: (bytes) => file.truncate(bytes),
    flush: () => file.flush(),
    close: () => file.close(),
  };
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
