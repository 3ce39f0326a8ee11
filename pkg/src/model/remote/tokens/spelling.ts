/**
 * The bytes behind the strings with which servers name tokens. Each server has its way, so the way is the
 * one in which the tokens of a text give that text.
 */

/** The name of a token: a string, or its bytes. */
export type Name = string | readonly number[];

type Spelling = (name: string) => Uint8Array;

const encoder = new TextEncoder();

/** As text; bytes that are no text as `bytes:\xf0\x9f`. */
const plain: Spelling = (name) => {
  if (!/^bytes:(\\x[0-9a-f]{2})+$/i.test(name)) return encoder.encode(name);
  return Uint8Array.from(name.slice(6).match(/[0-9a-f]{2}/gi) ?? [], (hex) =>
    Number.parseInt(hex, 16),
  );
};

/** A byte for each character: those that are printable as they are, the others from U+0100 on (GPT-2). */
const byteLevel: Spelling = (name) => {
  const bytes = [...name].map((character) => byteOf.get(character));
  return bytes.every((byte) => byte !== undefined) ? Uint8Array.from(bytes) : encoder.encode(name);
};

const byteOf = new Map<string, number>();
for (let byte = 0, next = 0x100; byte < 0x100; byte++) {
  const isShown = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
  byteOf.set(String.fromCodePoint(isShown ? byte : next++), byte);
}

/** With U+2581 for spaces, and `<0x0A>` for a byte (SentencePiece). */
const sentencePiece: Spelling = (name) => {
  const [, hex] = /^<0x([0-9a-f]{2})>$/i.exec(name) ?? [];
  return hex === undefined
    ? encoder.encode(name.replaceAll('\u2581', ' '))
    : Uint8Array.of(Number.parseInt(hex, 16));
};

/** The bytes of tokens, and how many of the first one's the text does not have. */
export interface Spelled {
  bytes: Uint8Array[];
  added: number;
}

/** The bytes of the tokens of a text; null if they do not give the text in any spelling. */
export function spelled(names: readonly Name[], text: string): Spelled | null {
  const whole = encoder.encode(text);
  const withSpace = encoder.encode(` ${text}`);
  for (const spelling of [plain, byteLevel, sentencePiece]) {
    const bytes = names.map((name) =>
      typeof name === 'string' ? spelling(name) : Uint8Array.from(name),
    );
    if (isJoined(bytes, whole)) return { bytes, added: 0 };
    if (isJoined(bytes, withSpace)) return { bytes, added: 1 };
  }
  return null;
}

/** Whether parts, one after the other, are the whole. */
function isJoined(parts: readonly Uint8Array[], whole: Uint8Array): boolean {
  let at = 0;
  for (const part of parts) {
    for (const byte of part) if (whole[at++] !== byte) return false;
  }
  return at === whole.length;
}

/** The bytes of a name that stands alone. */
export function bytesOf(name: Name): Uint8Array {
  return typeof name === 'string' ? plain(name) : Uint8Array.from(name);
}
