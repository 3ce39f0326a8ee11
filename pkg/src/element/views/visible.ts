/** Tokens read out, and tokens that a page has drawn already. */
import { hexOfBytes, type Piece, tokenStretches, undrawn } from '../../format/visible.js';
import type { Strings } from '../strings/index.js';

const names = { ' ': 'space', '\n': 'newline', '\t': 'tab', '\r': 'carriageReturn' } as const;

/** A token from the table of a page: its marks are marks here, too. */
export function drawnPieces(text: string): Piece[] {
  return text
    .split(/([␣␠↵⏎⇥␍])/)
    .filter((part) => part !== '')
    .map((part) => ({ kind: undrawn(part) === part ? 'text' : 'mark', text: part }));
}

/** A token as one would read it out: "space Positive", "2 newlines", "bytes E2 80". */
export function spokenToken(bytes: Uint8Array, strings: Strings): string {
  let text = '';
  const parts: string[] = [];
  const flush = () => {
    if (text !== '') parts.push(spokenText(text, strings));
    text = '';
  };
  for (const stretch of tokenStretches(bytes)) {
    if (typeof stretch === 'string') text += stretch;
    else {
      flush();
      parts.push(strings.bytes(hexOfBytes(stretch)));
    }
  }
  flush();
  return parts.join(' ');
}

/** The same of a token that is drawn already. */
export function spokenDrawn(text: string, strings: Strings): string {
  return spokenText(undrawn(text), strings);
}

/** White space by its name. */
export function spokenText(text: string, strings: Strings): string {
  return (text.match(/(\s)\1*|[^\s]+/gu) ?? [])
    .map((run) => {
      const name = Object.hasOwn(names, run.charAt(0))
        ? names[run.charAt(0) as keyof typeof names]
        : null;
      return name === null ? run : strings.characters(run.length, name);
    })
    .join(' ');
}
