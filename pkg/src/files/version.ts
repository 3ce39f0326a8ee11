/** Whether two answers of a server are about the same bytes: RFC 9110, §8.8, §13.1.5 and §14.4. */

/** What a server says of a file, by which a later answer can be compared with this one. */
export interface FileVersion {
  etag: string | null;
  lastModified: string | null;
  /** Length of the file; null if unknown. */
  bytesTotal: number | null;
  /** Whether that length is certain enough to refuse a file that disagrees with it. */
  isExact: boolean;
  /** Whether any header may be sent: not across origins, where many servers refuse unusual ones. */
  isOpen: boolean;
  /** Whether the body is compressed on the way: offsets in it are not those in the file. */
  isEncoded: boolean;
}

export function versionOf(response: Response): FileVersion {
  const { headers } = response;
  // Another site's Content-Encoding is hidden from the page, so its length may be that of a
  // compressed body.
  const isOpen = response.type !== 'cors';
  const isEncoded = headers.has('content-encoding');
  const bytesTotal = isEncoded ? null : positive(headers.get('content-length'));
  return {
    etag: headers.get('etag'),
    lastModified: headers.get('last-modified'),
    bytesTotal,
    isExact: isOpen && bytesTotal !== null,
    isOpen,
    isEncoded,
  };
}

/** Whether the server has said anything by which a changed file would be noticed. */
export function isVersioned({ etag, lastModified }: FileVersion): boolean {
  return etag !== null || lastModified !== null;
}

/** Whether both are versions of the same file, and say so. */
export function isSameVersion(one: FileVersion, other: FileVersion): boolean {
  if (differ(one.bytesTotal, other.bytesTotal)) return false;
  if (one.etag !== null && other.etag !== null) return weak(one.etag) === weak(other.etag);
  return isSame(one.lastModified, other.lastModified);
}

/**
 * Whether the rest of a file may be asked for. The two parts must be known to be of one file: by the
 * server's word, or because the whole `isChecked` against a hash.
 */
export function canResume(version: FileVersion, isChecked: boolean): boolean {
  return !version.isEncoded && (isChecked || validator(version) !== null);
}

/** The headers that ask for the bytes from `at` on, if the file is still the same. */
export function rangeHeaders(version: FileVersion, at: number): Record<string, string> {
  const known = version.isOpen ? validator(version) : null;
  return { range: `bytes=${at}-`, ...(known === null ? {} : { 'if-range': known }) };
}

/** Whether this answer of status 206 is the rest, from `at` on, of that version of the file. */
export function continues(
  response: Response,
  at: number,
  version: FileVersion,
  isChecked: boolean,
): boolean {
  const { headers } = response;
  const etag = headers.get('etag');
  const lastModified = headers.get('last-modified');
  if (differ(version.etag, etag) || differ(version.lastModified, lastModified)) return false;
  if (headers.has('content-encoding')) return false;

  const [, start, total] =
    /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '') ?? [];
  // Another site may hide Content-Range; the length of the rest says the same.
  const rest = positive(headers.get('content-length'));
  if (start === undefined ? version.isOpen : Number(start) !== at) return false;
  if (differ(version.bytesTotal, positive(total ?? null))) return false;
  if (differ(version.bytesTotal, rest === null ? null : at + rest)) return false;

  const wasAsked = version.isOpen && validator(version) !== null;
  return (
    wasAsked ||
    isChecked ||
    isSame(etag, version.etag) ||
    isSame(lastModified, version.lastModified)
  );
}

/** What may stand in If-Range: a strong ETag, or else a date. */
function validator({ etag, lastModified }: FileVersion): string | null {
  return etag !== null && !etag.startsWith('W/') ? etag : lastModified;
}

function weak(etag: string): string {
  return etag.replace(/^W\//, '');
}

function isSame(one: string | null, other: string | null): boolean {
  return one !== null && one === other;
}

/** Of two values that may both be unknown. */
function differ<Value>(one: Value | null, other: Value | null): boolean {
  return one !== null && other !== null && one !== other;
}

function positive(text: string | null): number | null {
  const value = Number(text ?? Number.NaN);
  return Number.isSafeInteger(value) && value > 0 ? value : null;
}
