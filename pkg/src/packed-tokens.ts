/** A vocabulary on its way from the worker: two arrays and not tens of thousands of objects. */
import { inSlices } from './slices.js';
import type { Token } from './types.js';

/** The bytes of all tokens, one after the other: token `id` ends before `ends[id]`. */
export interface PackedTokens {
  bytes: Uint8Array;
  ends: Uint32Array;
}

export function packed(tokens: readonly Token[]): PackedTokens {
  const bytes = new Uint8Array(tokens.reduce((sum, token) => sum + token.bytes.length, 0));
  const ends = new Uint32Array(tokens.length);
  let end = 0;
  for (const token of [...tokens].sort((a, b) => a.id - b.id)) {
    bytes.set(token.bytes, end);
    end += token.bytes.length;
    ends[token.id] = end;
  }
  return { bytes, ends };
}

/** The tokens that were packed, a few thousand at a time. */
export function unpacked(
  { bytes: all, ends }: PackedTokens,
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
