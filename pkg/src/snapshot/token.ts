/** What recorded tokens are made of: a character may lie in several of them. */
import type { SnapshotToken } from './index.js';

/** The exact bytes of a recorded token. */
export function bytesOf({ text, bytes }: Pick<SnapshotToken, 'text' | 'bytes'>): Uint8Array {
  if (bytes === undefined) return new TextEncoder().encode(text);
  return Uint8Array.from(bytes.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
}

/** The text of tokens one after the other, with every character whole that is there as a whole. */
export function textOf(tokens: readonly Pick<SnapshotToken, 'text' | 'bytes'>[]): string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const text = tokens.map((token) => decoder.decode(bytesOf(token), { stream: true })).join('');
  return text + decoder.decode();
}
