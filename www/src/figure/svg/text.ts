/** Text in a picture: how wide it is about, where it breaks, and that it is safe. */
import { type Piece, pieces } from '../../ui/visible.ts';

/** Safe as text and in an attribute. What XML cannot hold is drawn as a mark before; the rest of such is left out. */
export function xml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Sentences: what has no shape is drawn, and spaces are spaces. */
export function sentence(text: string): string {
  return pieces(text)
    .map(({ text }) => (text === '␣' ? ' ' : text))
    .join('');
}

export function textOf(of: readonly Piece[] | string): string {
  return typeof of === 'string' ? sentence(of) : of.map(({ text }) => text).join('');
}

const narrow = /[ iljtfrI.,:;'’|!()[\]{}-]/;
const wide = /[mwMW@%—]/;
const full =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f000}-\u{3ffff}]/u;

/** How wide the bold face of a font is beside its plain one. */
export const bold = 1.12;

/** Fonts differ, so this is rather too much than too little: the widest of the usual ones is DejaVu Sans. */
export function widthOf(text: string, size: number, isMono = false): number {
  let ems = 0;
  for (const character of text) {
    if (full.test(character)) ems += 1.02;
    else if (isMono) ems += 0.62;
    else if (narrow.test(character)) ems += 0.36;
    else if (wide.test(character)) ems += 0.96;
    else ems += /[A-Z]/.test(character) ? 0.72 : 0.625;
  }
  return ems * size;
}

/** No more of a text is looked at: it would fill a page. */
const longest = 4000;

/** Lines that are no wider; what does not fit into `most` of them ends in an ellipsis. */
export function wrap(text: string, size: number, width: number, most: number): string[] {
  const characters = [...text];
  const whole = characters.slice(0, longest).join('');
  const lines: string[] = [];
  let line = '';
  // Han characters break anywhere.
  for (const word of whole.match(/\s+|[⺀-鿿＀-￯]|[^\s⺀-鿿＀-￯]+/gu) ?? []) {
    if (widthOf(line + word.trimEnd(), size) <= width) {
      line += word;
      continue;
    }
    if (line.trim() !== '') lines.push(line.trimEnd());
    line = '';
    for (const character of word.trimStart()) {
      if (widthOf(line + character, size) > width) {
        lines.push(line);
        line = '';
      }
      line += character;
    }
    if (lines.length > most) break;
  }
  if (line.trim() !== '') lines.push(line.trimEnd());
  if (lines.length <= most && characters.length <= longest) return lines;
  const kept = lines.slice(0, most);
  const last = kept.pop() ?? '';
  return [
    ...kept,
    cut([{ kind: 'text', text: `${last} …` }], size, width)
      .map(({ text }) => text)
      .join(''),
  ];
}

/** The beginning of it that is no wider, with an ellipsis where there is more. */
export function cut(
  of: readonly Piece[] | string,
  size: number,
  width: number,
  isMono = false,
): Piece[] {
  const all: readonly Piece[] =
    typeof of === 'string' ? [{ kind: 'text', text: sentence(of.slice(0, longest)) }] : of;
  const ellipsis = widthOf('…', size, isMono);
  const kept: Piece[] = [];
  let room = width;
  for (const [i, { kind, text }] of all.entries()) {
    const isLast = i === all.length - 1;
    const own = widthOf(text.slice(0, longest), size, isMono);
    if (text.length <= longest && own <= room - (isLast ? 0 : ellipsis)) {
      room -= own;
      kept.push({ kind, text });
      continue;
    }
    let part = '';
    if (kind === 'text') {
      for (const character of text) {
        if (widthOf(part + character, size, isMono) > room - ellipsis) break;
        part += character;
      }
    }
    return [...kept, { kind, text: part }, { kind: 'mark', text: '…' }];
  }
  return kept;
}
