/** What a request for a file is answered with: all of it, or the stretch that it asks for (RFC 9110 §14). */

/** A stretch of a file: offsets of its first byte and its last. */
export interface Range {
  first: number;
  last: number;
}

/** Of a request: its method and two of its headers. */
export interface FileRequest {
  method: string;
  range: string | undefined;
  ifRange: string | undefined;
}

/** What is known of a file without reading it. */
export interface FileState {
  size: number;
  mtime: Date;
  mtimeMs: number;
}

/** An answer: its head, and which bytes of the file follow; null for none. */
export interface FileAnswer {
  status: 200 | 206 | 416;
  headers: Record<string, string | number>;
  body: Range | null;
}

/** The answer to a request for a file. */
export function fileAnswer({ method, range, ifRange }: FileRequest, file: FileState): FileAnswer {
  const { size } = file;
  const etag = `"${size.toString(36)}-${Math.round(file.mtimeMs).toString(36)}"`;
  // Of another version only the whole is of use. A date does not tell two versions within a second apart (§13.1.5).
  const isSame = ifRange === undefined || ifRange === etag;
  // Ranges are defined for GET alone.
  const asked = method === 'GET' && isSame ? readRange(range ?? '', size) : null;
  const always = { 'Accept-Ranges': 'bytes', 'Cache-Control': 'no-cache' };
  if (asked === 'unsatisfiable') {
    return {
      status: 416,
      headers: { ...always, 'Content-Range': `bytes */${size}` },
      body: null,
    };
  }
  const { first, last } = asked ?? { first: 0, last: size - 1 };
  return {
    status: asked ? 206 : 200,
    headers: {
      ...always,
      'Content-Type': 'application/octet-stream',
      'Content-Length': last - first + 1,
      ETag: etag,
      'Last-Modified': file.mtime.toUTCString(),
      ...(asked && { 'Content-Range': `bytes ${first}-${last}/${size}` }),
    },
    body: method === 'HEAD' || size === 0 ? null : { first, last },
  };
}

/** One range, where it is one; what is none, such as one that ends before it begins, is ignored. */
function readRange(header: string, size: number): Range | 'unsatisfiable' | null {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
  if (from === '' && to === '') return null;
  if (from !== '' && to !== '' && Number(from) > Number(to)) return null;
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return first > last ? 'unsatisfiable' : { first, last };
}
