/**
 * Text as the model sees it: whitespace as marks, invisible characters by code point, partial characters as bytes in
 * hexadecimal. Nothing is lost, so a reader can always tell `␣143` from `␣␣143`.
 */

/** A stretch of visible text: plain text, a mark for an invisible character, or bytes in hexadecimal. */
export interface Piece {
  kind: 'text' | 'mark' | 'bytes';
  text: string;
}

const marks: Record<string, string> = { ' ': '␣', '\n': '↵', '\t': '⇥', '\r': '␍' };

/** Controls, format characters, odd spaces, lone surrogates and unassigned characters: none has a shape of its own. */
const shapeless = /^[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zs}\p{Zl}\p{Zp}]$/u;

/** Splits a text into visible pieces. Joined, the plain pieces and the marks stand for the whole text. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  for (const character of text) {
    const mark = marks[character] ?? (shapeless.test(character) ? codePoint(character) : null);
    const last = found.at(-1);
    if (mark !== null) found.push({ kind: 'mark', text: mark });
    else if (last?.kind === 'text') last.text += character;
    else found.push({ kind: 'text', text: character });
  }
  return found;
}

/** What a mark stands for: ours, and those that are usual elsewhere. */
const marked: Record<string, string> = {
  '␣': ' ',
  '␠': ' ',
  '↵': '\n',
  '⏎': '\n',
  '⇥': '\t',
  '␍': '\r',
};

/** The inverse of drawing whitespace: replaces marks by the characters that they stand for. */
export function undrawn(text: string): string {
  return text.replace(/[␣␠↵⏎⇥␍]/g, (mark) => marked[mark] ?? mark);
}

function codePoint(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `U+${hex}`;
}

/** Made when it is first needed: where the package is only imported, as under jsdom, there may be none. */
let strictUtf8: TextDecoder | undefined;

/** The text of these bytes; null if they are not valid UTF-8. */
export function textOfBytes(bytes: Uint8Array): string | null {
  strictUtf8 ??= new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return null;
  }
}

/** Bytes in hexadecimal, separated by spaces: "E2 80". */
export function hexOfBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
}

/** How many bytes the UTF-8 character has that begins with this one; 0 where none does. */
function characterLength(first: number): number {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

/** Splits bytes into whole characters and, between them, the bytes of partial characters. */
export function tokenStretches(bytes: Uint8Array): (string | Uint8Array)[] {
  const found: (string | Uint8Array)[] = [];
  let stray = 0;
  let at = 0;
  while (at < bytes.length) {
    const end = at + characterLength(bytes[at] ?? 0);
    const character = end > at && end <= bytes.length ? textOfBytes(bytes.subarray(at, end)) : null;
    if (character === null) {
      at++;
      continue;
    }
    if (stray < at) found.push(bytes.subarray(stray, at));
    found.push(character);
    at = end;
    stray = end;
  }
  if (stray < bytes.length) found.push(bytes.subarray(stray));
  return found;
}

/** A token as visible pieces: its text, and the bytes of partial characters in hexadecimal. */
export function tokenPieces(bytes: Uint8Array): Piece[] {
  const text = textOfBytes(bytes);
  if (text !== null) return pieces(text);
  return tokenStretches(bytes).flatMap((stretch): Piece[] =>
    typeof stretch === 'string' ? pieces(stretch) : [{ kind: 'bytes', text: hexOfBytes(stretch) }],
  );
}

/** A token as a string of visible characters. */
export function tokenLabel(bytes: Uint8Array): string {
  return tokenPieces(bytes)
    .map((piece) => piece.text)
    .join('');
}
