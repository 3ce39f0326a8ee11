/** Text as the model sees it, as the package draws it; and how it is said aloud and stands in a field. */
import { hexOfBytes, pieces, textOfBytes, tokenStretches, undrawn } from 'shotglass/format';
import { strings } from '../strings/index.ts';

export {
  hexOfBytes,
  type Piece,
  pieces,
  textOfBytes,
  tokenLabel,
  tokenPieces,
} from 'shotglass/format';

const names = { ' ': 'space', '\n': 'newline', '\t': 'tab', '\r': 'carriageReturn' } as const;
type Named = keyof typeof names;

/** A token as one would read it out: "space Positive", "2 newlines", "bytes E2 80". */
export function spokenToken(bytes: Uint8Array): string {
  const text = textOfBytes(bytes);
  if (text !== null) return spoken(text);
  return tokenStretches(bytes)
    .map((stretch) =>
      typeof stretch === 'string' ? spoken(stretch) : strings.words.bytes(hexOfBytes(stretch)),
    )
    .join(' ');
}

export function spoken(text: string): string {
  const words: string[] = [];
  for (const run of text.match(/(\s)\1*|[^\s]+/gu) ?? []) {
    const key = names[run.charAt(0) as Named] as (typeof names)[Named] | undefined;
    const name = key && strings.words.characters[key];
    // A character alone is named by its code point if it has no shape; within a word it joins others (emoji, Indic).
    if (name === undefined) words.push([...run].length === 1 ? drawn(run) : run);
    else words.push(run.length === 1 ? name : strings.words.several(run.length, name));
  }
  return words.join(' ');
}

const longestName = 120;
const [isolate, end] = ['\u2068', '\u2069'];

/**
 * A name out of a file that somebody else has written, within a sentence: what has no shape is drawn, and letters that
 * are written from right to left move nothing beside them.
 */
export function nameText(name: string): string {
  const all = [...name];
  const cut = all.length > longestName ? `${all.slice(0, longestName).join('')}…` : name;
  const shown = pieces(cut)
    .map(({ text }) => (text === '␣' ? ' ' : text))
    .join('');
  return /^[ -~]*$/.test(shown) ? shown : isolate + shown + end;
}

function drawn(text: string): string {
  return pieces(text)
    .map((piece) => piece.text)
    .join('');
}

/** Text for a one-line field, a visible character for each that is not; the same length, so the caret stays put. */
export function toField(text: string): string {
  return text.replace(/[ \n\t\r]/g, drawn);
}

/** The reverse of `toField`; what is typed in the field may hold plain spaces, too. */
export const fromField = undrawn;
