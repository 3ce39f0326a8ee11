// What a font in WOFF2 says of itself.

import { brotliDecompressSync } from 'node:zlib';

/** Tables that need no name in the file; these are the first, which is as far as is needed here. */
const known = [
  'cmap',
  'head',
  'hhea',
  'hmtx',
  'maxp',
  'name',
  'OS/2',
  'post',
  'cvt ',
  'fpgm',
  'glyf',
  'loca',
];

/** The copyright in its table of names. */
export function copyrightOf(font) {
  const names = tableOf(font, 'name');
  const strings = names.readUInt16BE(4);
  for (let record = 6; record < 6 + 12 * names.readUInt16BE(2); record += 12) {
    const [platform, , , id, length, offset] = [0, 2, 4, 6, 8, 10].map((at) =>
      names.readUInt16BE(record + at),
    );
    if (platform !== 3 || id !== 0) continue;
    const text = Buffer.from(names.subarray(strings + offset, strings + offset + length));
    return text.swap16().toString('utf16le');
  }
  throw new Error('The font names no copyright.');
}

/** The bytes of a table that is stored as it is (WOFF2, section 4.1). */
function tableOf(font, wanted) {
  let at = 48;
  const number = () => {
    let value = 0;
    for (;;) {
      const byte = font[at++];
      value = value * 128 + (byte & 127);
      if (byte < 128) return value;
    }
  };
  let offset = 0;
  let found = null;
  for (let left = font.readUInt16BE(12); left > 0; left--) {
    const flags = font[at++];
    const kind = flags & 63;
    const isNamed = kind === 63;
    const tag = isNamed ? font.toString('latin1', at, at + 4) : known[kind];
    if (isNamed) at += 4;
    const length = number();
    // The outlines are stored in another form unless they are marked; of all else it is the reverse.
    const isOutline = tag === 'glyf' || tag === 'loca';
    const isChanged = isOutline ? flags >> 6 !== 3 : flags >> 6 !== 0;
    const stored = isChanged ? number() : length;
    if (tag === wanted) found = [offset, offset + stored];
    offset += stored;
  }
  if (found === null) throw new Error(`The font has no table ${wanted}.`);
  return brotliDecompressSync(font.subarray(at, at + font.readUInt32BE(20))).subarray(...found);
}
