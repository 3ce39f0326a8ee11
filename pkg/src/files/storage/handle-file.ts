/** A partial file behind a handle that reads and writes at any place: in the origin private file system, and in Node. */
import { type CacheRecord, now, type PartialFile } from './index.js';

/** An open file. */
export interface Handle {
  /** Fills as much of the array as there is at that offset; answers how much. */
  readAt(into: Uint8Array, at: number): number | Promise<number>;
  /** Writes all of the bytes; fails with a `QuotaExceededError` where there is no room. */
  writeAt(bytes: Uint8Array, at: number): Promise<void>;
  truncate(bytes: number): void | Promise<void>;
  /** Waits until all that was written is on the disk. */
  flush(): void | Promise<void>;
  close(): void | Promise<void>;
}

/** So much at most has to be fetched again of a file whose hash is not known, when the writer is ended. */
const FLUSH_BYTES = 8 << 20;

export const READ_BYTES = 1 << 20;

/** What is common to both; where the record lies, and what becomes of a whole file, is up to the storage. */
export abstract class HandleFile implements PartialFile {
  #record: CacheRecord | null;
  #at: number;
  #isOpen = true;

  constructor(
    readonly handle: Handle,
    readonly begun: CacheRecord | null,
  ) {
    this.#record = begun;
    this.#at = begun?.bytes ?? 0;
  }

  /** Writes the record beside the file. */
  protected abstract writeRecord(record: CacheRecord): Promise<void>;
  /** Makes the closed file count as a whole one with this record. */
  protected abstract accept(record: CacheRecord): Promise<void>;
  /** Removes the closed file and its record. */
  protected abstract remove(): Promise<void>;

  get written(): number {
    return this.#at;
  }

  async *read(): AsyncGenerator<Uint8Array> {
    const buffer = new Uint8Array(READ_BYTES);
    const end = this.#at;
    for (let at = 0; at < end; ) {
      const wanted = buffer.subarray(0, Math.min(READ_BYTES, end - at));
      const read = await this.handle.readAt(wanted, at);
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
    await this.writeRecord(this.#record);
    await this.handle.truncate(0);
  }

  async write(chunk: Uint8Array): Promise<void> {
    await this.handle.writeAt(chunk, this.#at);
    this.#at += chunk.length;
    if (this.#record === null || this.#at - this.#record.bytes < FLUSH_BYTES) return;
    await this.handle.flush();
    await this.#recordBytes();
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      // An older part, which this one was written over, may have been longer.
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
    await this.accept(this.#record);
  }

  async discard(): Promise<void> {
    if (this.#isOpen) await this.handle.close();
    this.#isOpen = false;
    await this.remove();
  }

  /** The record follows the bytes: what it tells of is on the disk. */
  async #recordBytes(): Promise<void> {
    if (this.#record === null) return;
    this.#record = { ...this.#record, bytes: this.#at, keptAt: now() };
    await this.writeRecord(this.#record);
  }
}

/** What all storages say where there is no room left. */
export function noSpaceLeft(): DOMException {
  return new DOMException('No space left.', 'QuotaExceededError');
}
