/** The worker's side of reading a model file: any source as a stream of chunks. */

import { ShotglassError } from '../errors.js';
import { nodeModule } from '../util/node.js';
import type { RetryPolicy } from '../util/retry.js';
import { cachedBytes, openCached, openUncached } from './cache.js';
import type { OpenedFile } from './opened-file.js';
import { whyOf } from './problem.js';
import type { SourceMessage } from './source-message.js';
import { streamChunks } from './stream-chunks.js';
import { versionOf } from './version.js';

export interface OpenOptions {
  /** SHA-256 that the file must have. */
  sha256: string | null;
  /** Whether files from http(s) addresses are read from the cache and written to it. */
  keep: boolean;
  retryPolicy: RetryPolicy;
  /** Asks the page for the next chunk of a `pushed` source. */
  pull(): Promise<Uint8Array | null>;
  /** Another page, or another process, is downloading the same file. */
  onWait(): void;
}

/** Opens a source. */
export async function open(source: SourceMessage, options: OpenOptions): Promise<OpenedFile> {
  switch (source.kind) {
    case 'url': {
      const isCached = options.keep && /^https?:/i.test(source.url);
      return isCached
        ? openCached(source.url, options)
        : openUncached(source.url, options, { state: 'off' });
    }
    case 'path':
      return openPath(source.path);
    case 'blob':
      return local(source.blob.size, streamChunks(source.blob.stream(), unreadableFile));
    case 'pushed':
      return local(source.bytesTotal, pushedChunks(options.pull));
  }
}

/** The length of a file that is yet to be opened, to show; null if it is not known. */
export async function lengthOf(
  source: SourceMessage,
  { sha256, keep }: Pick<OpenOptions, 'sha256' | 'keep'>,
): Promise<number | null> {
  switch (source.kind) {
    case 'blob':
      return source.blob.size;
    case 'pushed':
      return source.bytesTotal;
    case 'path': {
      const { stat } = await nodeModule('node:fs/promises');
      return (await stat(source.path)).size;
    }
    case 'url': {
      const isCached = keep && /^https?:/i.test(source.url);
      const bytes = isCached ? await cachedBytes(source.url, sha256) : null;
      if (bytes !== null) return bytes;
      const response = await fetch(source.url, { method: 'HEAD', cache: 'no-store' });
      return response.ok ? versionOf(response).bytesTotal : null;
    }
  }
}

function local(bytesTotal: number | null, chunks: AsyncIterable<Uint8Array>): OpenedFile {
  return { phase: 'load', bytesTotal, isExact: bytesTotal !== null, chunks };
}

async function* pushedChunks(pull: () => Promise<Uint8Array | null>): AsyncGenerator<Uint8Array> {
  for (let chunk = await pull(); chunk !== null; chunk = await pull()) yield chunk;
}

function unreadableFile(cause: unknown): string {
  return `The file could not be read (${cause}). If it has changed since you chose it, choose it again.`;
}

async function openPath(path: string): Promise<OpenedFile> {
  const { open: openFile } = await nodeModule('node:fs/promises');
  const unreadable = (cause: unknown) => {
    throw new ShotglassError('read-failed', `'${path}' could not be read: ${whyOf(cause)}.`);
  };
  const file = await openFile(path).catch(unreadable);
  const { size } = await file.stat().catch(unreadable);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    // One buffer for all: whoever reads a chunk is done with it before asking for the next.
    const buffer = new Uint8Array(1 << 20);
    try {
      for (;;) {
        const { bytesRead } = await file.read(buffer).catch(unreadable);
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  }
  return local(size, chunks());
}
