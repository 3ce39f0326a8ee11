/** The worker's side of reading a model file: any source as a stream of chunks. */
import { ShotglassError } from './errors.js';
import type { SourceMessage } from './messages.js';
import { nodeModule } from './node.js';
import type { LoadProgress } from './types.js';

/** A file that is being read. */
export interface OpenedFile {
  /** What the time goes into while chunks arrive. */
  phase: LoadProgress['phase'];
  /** Its length, to show; null if unknown. */
  bytesTotal: number | null;
  /** Whether that length is certain enough to refuse a file that disagrees with it. */
  isExact: boolean;
  chunks: AsyncIterable<Uint8Array>;
}

/** Opens a source. `pull` asks the page for the next chunk of a `pushed` one. */
export async function open(
  source: SourceMessage,
  pull: () => Promise<Uint8Array | null>,
): Promise<OpenedFile> {
  switch (source.kind) {
    case 'url':
      return openUrl(source.url);
    case 'path':
      return openPath(source.path);
    case 'blob':
      return local(source.blob.size, blobChunks(source.blob));
    case 'pushed':
      return local(source.bytesTotal, pushedChunks(pull));
  }
}

function local(bytesTotal: number | null, chunks: AsyncIterable<Uint8Array>): OpenedFile {
  return { phase: 'load', bytesTotal, isExact: bytesTotal !== null, chunks };
}

async function* pushedChunks(pull: () => Promise<Uint8Array | null>): AsyncGenerator<Uint8Array> {
  for (let chunk = await pull(); chunk !== null; chunk = await pull()) yield chunk;
}

async function* blobChunks(blob: Blob): AsyncGenerator<Uint8Array> {
  const reader = blob.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new ShotglassError(
        'read-failed',
        `The file could not be read (${cause}). If it has changed since, choose it again.`,
      );
    });
    if (done) return;
    yield value;
  }
}

async function openPath(path: string): Promise<OpenedFile> {
  const { open: openFile } = await nodeModule('node:fs/promises');
  const unreadable = (cause: unknown) => {
    throw new ShotglassError('read-failed', `'${path}' could not be read: ${cause}`);
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

async function openUrl(url: string): Promise<OpenedFile> {
  const shown = url.length > 200 ? `${url.slice(0, 200)}…` : url;
  const response = await fetch(url).catch((cause: unknown) => {
    throw new ShotglassError(
      'download-failed',
      `${shown} could not be fetched (${reason(cause)}). Check the address and the connection; if the file ` +
        'is on another site, that site must allow this page to read it (CORS).',
    );
  });
  if (!response.ok) {
    throw new ShotglassError(
      'download-failed',
      `The server answered ${response.status} for ${shown}. Check the address.`,
    );
  }
  const body = response.body;
  if (body === null || /^text\/html/i.test(response.headers.get('content-type') ?? '')) {
    throw new ShotglassError(
      'download-failed',
      `The server answered with a web page, not a model file, for ${shown}. Check the address: ` +
        'it must be that of the file itself.',
    );
  }
  const bytesTotal = promisedBytes(response);
  return {
    phase: 'download',
    bytesTotal,
    // Another site's Content-Encoding is hidden from the page, so its length may be that of a
    // compressed body.
    isExact: bytesTotal !== null && response.type !== 'cors',
    chunks: bodyChunks(body, bytesTotal, response.type !== 'cors'),
  };
}

/** What the network says: Node tells it as the cause of a cause. */
function reason(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error
    ? `${error.message}: ${error.cause.message}`
    : String(error);
}

/** Content-Length, where it counts the bytes that will be read. */
function promisedBytes(response: Response): number | null {
  if (response.headers.has('content-encoding')) return null;
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  return Number.isSafeInteger(length) && length > 0 ? length : null;
}

async function* bodyChunks(
  body: ReadableStream<Uint8Array>,
  bytesTotal: number | null,
  isExact: boolean,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  let bytes = 0;
  const broken = (how: string): never => {
    const of = bytesTotal === null ? '' : ` of ${bytesTotal}`;
    throw new ShotglassError(
      bytesTotal === null ? 'download-failed' : 'truncated',
      `The download broke off after ${bytes}${of} bytes${how}. Check the connection and load again.`,
    );
  };
  for (;;) {
    const { done, value } = await reader
      .read()
      .catch((cause: unknown) => broken(` (${reason(cause)})`));
    if (done) break;
    bytes += value.length;
    yield value;
  }
  if (isExact && bytesTotal !== null && bytes < bytesTotal) broken('');
}
