/** A stretch of a file: offsets of its first byte and its last. */
export interface Range {
  first: number;
  last: number;
}

/** One range of RFC 9110 §14.2; anything else is ignored, which the RFC allows. */
export function readRange(header: string, size: number): Range | 'unsatisfiable' | null {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
  if (from === '' && to === '') return null;
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return first > last || first >= size ? 'unsatisfiable' : { first, last };
}
