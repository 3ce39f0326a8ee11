/**
 * Models in the Cache API, for browsers without a file system: under an address of no server the
 * file, and beside it its record. A file is there whole or not at all, so no part can be gone on with.
 * https://w3c.github.io/ServiceWorker/#cache-interface
 */
import {
  type CacheRecord,
  FOLDER,
  type ModelStorage,
  now,
  type PartialFile,
  parseRecord,
} from './index.js';

/** Keys must be addresses; nothing is ever fetched from here (RFC 2606). */
const ORIGIN = 'https://shotglass.invalid/';

/** Null where there is none or it is denied. */
export async function cacheStorage({
  mustWrite,
}: {
  mustWrite: boolean;
}): Promise<ModelStorage | null> {
  try {
    if (!mustWrite && !(await caches.has(FOLDER))) return null;
    return new Caches(await caches.open(FOLDER));
  } catch {
    return null;
  }
}

class Caches implements ModelStorage {
  constructor(readonly cache: Cache) {}

  async names(): Promise<string[]> {
    const keys = await this.cache.keys();
    return [...new Set(keys.map(({ url }) => url.slice(ORIGIN.length).replace(/\.\w+$/, '')))];
  }

  async record(name: string): Promise<CacheRecord | null> {
    try {
      const found = await this.cache.match(`${ORIGIN}${name}.json`);
      return found ? parseRecord(await found.text()) : null;
    } catch {
      return null;
    }
  }

  async read(name: string): Promise<ReadableStream<Uint8Array> | null> {
    const found = await this.cache.match(`${ORIGIN}${name}.gguf`).catch(() => undefined);
    return found?.body ?? null;
  }

  async part(name: string): Promise<PartialFile> {
    return new CachePartialFile(this, name);
  }

  async remove(name: string): Promise<void> {
    await this.cache.delete(`${ORIGIN}${name}.gguf`);
    await this.cache.delete(`${ORIGIN}${name}.json`);
  }
}

class CachePartialFile implements PartialFile {
  readonly begun = null;
  readonly written = null;
  #record: CacheRecord | null = null;
  #writer: WritableStreamDefaultWriter<Uint8Array> | null = null;
  #put: Promise<unknown> = Promise.resolve();

  constructor(
    readonly storage: Caches,
    readonly name: string,
  ) {}

  async *read(): AsyncGenerator<Uint8Array> {}

  async begin({
    url,
    sha256,
    version,
  }: Pick<CacheRecord, 'url' | 'sha256' | 'version'>): Promise<void> {
    await this.discard();
    this.#record = { url, sha256, version, bytes: 0, isComplete: false, keptAt: now() };
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    this.#writer = writable.getWriter();
    this.#writer.closed.catch(() => {});
    this.#put = this.storage.cache.put(`${ORIGIN}${this.name}.gguf`, new Response(readable)).then(
      () => null,
      (error: unknown) => error,
    );
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#record === null || this.#writer === null) return;
    // A copy, because it is read later than the chunk is valid.
    await this.#writer.write(chunk.slice()).catch(async (error: unknown) => {
      throw (await this.#put) ?? error;
    });
    this.#record.bytes += chunk.length;
  }

  async close(isWhole: boolean): Promise<void> {
    const writer = this.#writer;
    if (writer === null) return;
    if (!isWhole) return this.discard();
    this.#writer = null;
    await writer.close().catch(() => {});
    const error = await this.#put;
    if (error !== null) throw error;
  }

  async complete(sha256: string): Promise<void> {
    if (this.#record === null) return;
    const record = { ...this.#record, sha256, isComplete: true, keptAt: now() };
    const response = new Response(JSON.stringify(record));
    await this.storage.cache.put(`${ORIGIN}${this.name}.json`, response);
  }

  async discard(): Promise<void> {
    const writer = this.#writer;
    this.#writer = null;
    await writer?.abort().catch(() => {});
    await this.#put;
    await this.storage.remove(this.name);
  }
}
