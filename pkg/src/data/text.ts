/** The text of a source, piece by piece, from whatever bytes it is. */

import { ShotglassError } from '../errors.js';
import * as check from '../util/validate.js';
import type { TableEncoding } from './types.js';

export interface TextPieces {
  encoding: TableEncoding | null;
  /** `fraction`: how much of the source was given with this piece; 1 with the last. */
  next(): Promise<{ text: string; fraction: number }>;
}

const encodings: readonly TableEncoding[] = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'];

/** Small enough to be parsed within a frame of a page. */
const PIECE = 1 << 16;

export async function openText(source: unknown, asked: unknown): Promise<TextPieces> {
  const wanted = asked === undefined ? 'utf-8' : check.oneOf('encoding', asked, encodings);
  if (typeof source === 'string') return stringPieces(source);
  const { size, bytes } = openBytes(source);
  const beginning = await bytes(0, 4);
  if (beginning.join() === '80,75,3,4') {
    throw new ShotglassError(
      'invalid-option',
      'source is a ZIP archive, perhaps a spreadsheet. Save the sheet as CSV and use that file.',
    );
  }
  const encoding = encodingOfMark(beginning) ?? wanted;
  const decoder = new TextDecoder(encoding);
  let at = 0;
  return {
    encoding,
    async next() {
      const chunk = await bytes(at, at + PIECE);
      at = Math.min(at + PIECE, size);
      const fraction = size === 0 ? 1 : at / size;
      const text = decoder.decode(chunk, { stream: fraction < 1 });
      return { text: encoding === 'windows-1252' ? withoutControls(text) : text, fraction };
    },
  };
}

/** The characters of windows-1252 in the place of ISO 8859-1's second set of controls. */
const inPlaceOfControls = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** Mends what Node up to 23 decodes as windows-1252, which is ISO 8859-1. */
function withoutControls(text: string): string {
  return text.replace(/[\x80-\x9f]/g, (c) => inPlaceOfControls[c.charCodeAt(0) - 0x80] ?? c);
}

function stringPieces(source: string): TextPieces {
  let at = source.startsWith('\ufeff') ? 1 : 0;
  return {
    encoding: null,
    async next() {
      const text = source.slice(at, at + PIECE);
      at = Math.min(at + PIECE, source.length);
      return { text, fraction: source.length === 0 ? 1 : at / source.length };
    },
  };
}

interface Bytes {
  size: number;
  bytes(start: number, end: number): Promise<Uint8Array>;
}

function openBytes(source: unknown): Bytes {
  if (source instanceof Blob) {
    return {
      size: source.size,
      async bytes(start, end) {
        try {
          return new Uint8Array(await source.slice(start, end).arrayBuffer());
        } catch (cause) {
          const why = cause instanceof Error ? cause.message : String(cause);
          throw new ShotglassError('read-failed', `The file could not be read: ${why}`, { cause });
        }
      },
    };
  }
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) {
    const all = ArrayBuffer.isView(source)
      ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
      : new Uint8Array(source);
    return { size: all.length, bytes: async (start, end) => all.subarray(start, end) };
  }
  throw check.invalid('source', 'a string, a Blob, an ArrayBuffer or a typed array');
}

function encodingOfMark([a, b, c]: Uint8Array): TableEncoding | null {
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  return null;
}
