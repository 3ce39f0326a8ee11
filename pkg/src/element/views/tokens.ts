/** The most probable next tokens as a table of bars. */
import { type Piece, pieces, tokenPieces } from '../../format/visible.js';
import type { Reading } from '../state/reading.js';
import type { Strings } from '../strings/index.js';
import { type BarRow, barTable } from './bars.js';
import { h, spokenOnly } from './dom.js';
import { drawnPieces, spokenDrawn, spokenToken } from './visible.js';

/** The bytes of a token, or how it is drawn. */
type TokenName = { bytes: Uint8Array } | { drawn: string };

/** A row for each token, and one for all the others: together they are 1. */
export function tokenTable(
  { tokens, rest }: Extract<Reading, { view: 'tokens' }>,
  caption: string,
  strings: Strings,
): HTMLTableElement {
  const rows = tokens.map((token): BarRow => ({ name: [tokenName(token, strings)], p: token.p }));
  return barTable(
    [...rows, { name: [strings.rest(rest.count)], p: rest.p, isRest: true }],
    { caption, head: strings.token },
    strings,
  );
}

/** What is read out of the most probable one. */
export function topToken(
  { tokens }: Extract<Reading, { view: 'tokens' }>,
  strings: Strings,
): string {
  const [top] = tokens;
  return top ? strings.topToken(spoken(top, strings), strings.percent(top.p)) : '';
}

/** Pieces as nodes: marks look unlike text. A drawn newline is a new line, too, where `isBroken`. */
export function drawn(all: readonly Piece[], isBroken = false): Node[] {
  return all.map(({ kind, text }) => {
    if (kind === 'text') return document.createTextNode(text);
    return h('span', { class: 'mark' }, isBroken && text === '↵' ? '↵\n' : text);
  });
}

/** A text with its white space visible. */
export function drawnText(text: string): Node[] {
  return drawn(pieces(text));
}

/** A token as it is seen and as it is heard. */
export function tokenName(token: TokenName, strings: Strings): HTMLElement {
  const seen = 'bytes' in token ? tokenPieces(token.bytes) : drawnPieces(token.drawn);
  return h(
    'span',
    {},
    h(
      'span',
      { class: 'token', part: 'token', 'aria-hidden': 'true', dir: 'auto' },
      ...drawn(seen),
    ),
    spokenOnly(spoken(token, strings)),
  );
}

function spoken(token: TokenName, strings: Strings): string {
  return 'bytes' in token ? spokenToken(token.bytes, strings) : spokenDrawn(token.drawn, strings);
}
