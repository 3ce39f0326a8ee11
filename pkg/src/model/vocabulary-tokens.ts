/** A vocabulary on its way from the worker: two arrays and not tens of thousands of objects. */

import type { VocabularyBytes } from '../protocol.js';
import type { Token } from '../types.js';
import { inSlices } from '../util/slices.js';

/** The tokens of a vocabulary, a few thousand at a time. */
export function unpacked(
  { bytes: all, ends }: VocabularyBytes,
  signal?: AbortSignal,
): Promise<Token[]> {
  // A token's own U+FEFF is text, not a mark to strip.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return inSlices(
    ends,
    (end, id) => {
      const bytes = all.slice(id === 0 ? 0 : ends[id - 1], end);
      return { id, bytes, text: decoder.decode(bytes) };
    },
    signal,
  );
}
