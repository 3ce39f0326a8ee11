/** The page's side of reading a model file: what kind of source it is, and chunks from here. */

import { ShotglassError } from '../errors.js';
import { isNode, nodeModule } from '../util/node.js';
import { defaultModel } from './default-model.js';
import { hubUrl, isOnHub } from './hub.js';
import { nodeSide } from './node-side.js';
// Not with the other messages: their types are for browsers alone, and these are public.
import type { SourceMessage } from './source-message.js';

/**
 * Where a model comes from: a model of the catalogue, by its id; a file; or an array of files, the shards that
 * llama.cpp's `gguf-split` writes. Shards are sorted by name if all of them are named as `gguf-split` names them;
 * otherwise they are read in the given order.
 */
export type ModelSource = NamedSource | FileSources;

/** A model of the catalogue, `shotglass/models`. */
export interface NamedSource {
  /** Its id, for example `'smollm2-360m'`. */
  readonly model: string;
}

/** The file of a model, or its files. */
export type FileSources = FileSource | readonly FileSource[];

/**
 * Where a file comes from: a URL, a `Blob` or `File`, bytes, or a stream of bytes. `hf:owner/repo/file.gguf` is a file
 * on Hugging Face, at the revision `main`, and `hf:owner/repo@revision/file.gguf` at another one. In Node, a string that
 * is not an http(s), file, blob, data or hf URL is a path.
 */
export type FileSource = string | URL | Blob | ArrayBuffer | ArrayBufferView | ByteStream;

/**
 * The part of `ReadableStream<Uint8Array>` that is used. The type of streams in Node
 * (`Readable.toWeb`) differs from that in browsers.
 */
export interface ByteStream {
  /** Whether a reader holds the stream. */
  readonly locked: boolean;
  /** Takes the stream for reading; no other reader can. */
  getReader(): ByteReader;
}

/** The reader of a {@link ByteStream}. */
export interface ByteReader {
  /** Reads the next bytes; `done` is true after the last. */
  read(): Promise<{ done: boolean; value?: unknown }>;
  /** Stops reading and closes the stream. */
  cancel(reason?: unknown): Promise<void>;
}

/** A source, ready for the worker to read from. */
export interface OpenedSource {
  message: SourceMessage;
  /** Chunks that the page must send, when the worker cannot read the source itself. */
  chunks: ChunkReader | null;
}

/** Gives chunks one at a time, each with a buffer of its own that may be transferred. */
export interface ChunkReader {
  /** Null after the last one. */
  next(): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Lets go of the source. */
  cancel(reason: unknown): void;
}

const CHUNK_BYTES = 1 << 20;

/** @throws `invalid-option` for anything that is not a source. */
export async function openSource(source: FileSource): Promise<OpenedSource> {
  if (typeof source === 'string') return { message: await addressed(source), chunks: null };
  if (source instanceof URL) return { message: await addressed(source.href), chunks: null };
  if (source instanceof Blob) {
    // A browser's Blob crosses as a handle. Some of Node's do not cross at all.
    return isNode
      ? pushed(source.size, streamReader(source.stream()))
      : { message: { kind: 'blob', blob: source }, chunks: null };
  }
  if (source instanceof ArrayBuffer) return pushed(source.byteLength, bytesReader(source));
  if (ArrayBuffer.isView(source)) {
    return pushed(
      source.byteLength,
      bytesReader(source.buffer, source.byteOffset, source.byteLength),
    );
  }
  if (source instanceof ReadableStream) {
    if (source.locked) {
      throw new ShotglassError(
        'invalid-option',
        'source is a stream that is already being read. Pass one that nothing has read from.',
      );
    }
    return pushed(null, streamReader(source));
  }
  throw new ShotglassError(
    'invalid-option',
    'source must be a URL, a string, a Blob, an ArrayBuffer, a typed array or a ReadableStream, an ' +
      "array of them, or { model: id } with an id from 'shotglass/models'.",
  );
}

/** Whether a source is the id of a model and not a file. */
export function isNamed(source: ModelSource | undefined): source is NamedSource {
  return typeof (Object(source) as Partial<NamedSource>).model === 'string';
}

/** Where the default model is fetched from. @throws `invalid-option` where the environment names no address. */
export async function defaultUrl(): Promise<string> {
  return (await nodeSide())?.namedUrl() ?? defaultModel.url;
}

/** An address made absolute: a worker would resolve it against its own script. */
export async function absoluteUrl(address: string | URL): Promise<URL> {
  if (isOnHub(String(address))) return new URL(hubUrl(String(address)));
  if (address instanceof URL) return address;
  if (isNode && !isUrl(address)) return (await nodeModule('node:url')).pathToFileURL(address);
  try {
    return new URL(address, isNode ? undefined : baseUrl());
  } catch {
    throw new ShotglassError('invalid-option', `'${address}' is not a URL.`);
  }
}

/** What a relative address is relative to, in a page or in a worker of its own. */
function baseUrl(): string {
  return typeof document === 'undefined' ? location.href : document.baseURI;
}

export function isUrl(address: string): boolean {
  return /^(https?|file|blob|data|hf):/i.test(address);
}

async function addressed(address: string): Promise<SourceMessage> {
  if (isNode && !isUrl(address)) return { kind: 'path', path: address };
  const url = await absoluteUrl(address);
  if (isNode && url.protocol === 'file:') {
    return { kind: 'path', path: (await nodeModule('node:url')).fileURLToPath(url) };
  }
  return { kind: 'url', url: url.href };
}

function pushed(bytesTotal: number | null, chunks: ChunkReader): OpenedSource {
  return { message: { kind: 'pushed', bytesTotal }, chunks };
}

/** Copies of slices, so that the caller's buffer stays the caller's and is never copied whole. */
function bytesReader(buffer: ArrayBufferLike, start = 0, length = buffer.byteLength): ChunkReader {
  const end = start + length;
  let at = start;
  return {
    async next() {
      if (at === end) return null;
      if (buffer.byteLength < end) {
        throw new ShotglassError(
          'read-failed',
          'The bytes of the source are gone: their buffer was transferred or resized while the model ' +
            'was loading. Load a copy of them.',
        );
      }
      const chunk = new Uint8Array(buffer, at, Math.min(CHUNK_BYTES, end - at)).slice();
      at += chunk.length;
      return chunk;
    },
    cancel() {},
  };
}

function streamReader(stream: ByteStream): ChunkReader {
  const reader = stream.getReader();
  return {
    async next() {
      const { done, value } = await readFrom(reader);
      if (done) return null;
      if (value instanceof Uint8Array) return new Uint8Array(value);
      throw new ShotglassError(
        'invalid-option',
        'source: the stream must yield Uint8Array chunks.',
      );
    },
    cancel(reason) {
      // It may have failed already, which whoever reads it has been told.
      reader.cancel(reason).catch(() => {});
    },
  };
}

async function readFrom(reader: ByteReader) {
  try {
    return await reader.read();
  } catch (cause) {
    throw new ShotglassError('read-failed', `The source could not be read: ${cause}`, { cause });
  }
}
