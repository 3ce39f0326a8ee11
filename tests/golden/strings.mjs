// The strings that our tokens and llama.cpp's are compared on. Seed words crossed with each other, and a fixed
// pseudo-random mix of everything, so every machine has the same list. No lone surrogates: they are not text, and
// the package refuses them before a tokenizer sees them.

import { seeded } from '../support/seeded.mjs';
import * as pieces from './pieces.mjs';

function build() {
  const all = Object.values(pieces).flat();
  const seen = new Set(all);

  // Every pair of kinds of thing side by side, with and without something between them: joints are where
  // tokenizers differ.
  const joints = ['', ' ', '\n', '  ', '\t', '\u00a0', "'s ", '1'];
  const kinds = Object.values(pieces);
  let turn = 0;
  for (const left of kinds) {
    for (const right of kinds) {
      for (let i = 0; i < 3; i++, turn++) {
        seen.add(
          left[(turn * 7) % left.length] +
            joints[turn % joints.length] +
            right[(turn * 11 + i) % right.length],
        );
      }
    }
  }

  // Every special token between words, doubled, and with spaces around it.
  for (const token of pieces.special) {
    for (const text of [
      `a${token}b`,
      `a ${token} b`,
      `${token}${token}`,
      `${token}\n`,
      ` ${token}`,
      `${token} x`,
      `中${token}😀`,
    ])
      seen.add(text);
  }

  // Code points from every block that a small model meets, one at a time and after a space and a letter.
  for (let point = 0xa0; point < 0x3100; point += 29)
    seen.add(`${String.fromCodePoint(point)} a${String.fromCodePoint(point)}b`);
  for (let point = 0xa000; point < 0xd800; point += 997)
    seen.add(`x${String.fromCodePoint(point)} ${String.fromCodePoint(point)}`);
  for (let point = 0x10000; point < 0x20000; point += 449)
    seen.add(`x${String.fromCodePoint(point)} ${String.fromCodePoint(point)}1`);

  // And mixtures of two to nine pieces.
  const random = seeded(20_041);
  const next = (below) => Math.floor(random() * below);
  while (seen.size < 2800) {
    let text = '';
    for (let pieces = 2 + next(8); pieces > 0; pieces--) {
      text += all[next(all.length)] + (next(3) === 0 ? joints[next(joints.length)] : '');
    }
    seen.add(text);
  }
  return [...seen];
}

/** @type {string[]} */
export const strings = build();
