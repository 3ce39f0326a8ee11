/** A context and its continuations, encoded together and then split, as the engine does it (`src/tokenizer.rs`). */
import { ShotglassError } from '../../../errors.js';
import type { Token } from '../../../types.js';
import { invalid } from '../../../util/validate.js';

export interface Split {
  /** The tokens of the context. */
  context: number[];
  /** The tokens of the continuation, at least one. */
  continuation: Token[];
  /** The text of the continuation, including the white space that it took from the end of the context. */
  text: string;
}

interface Placed {
  token: Token;
  /** Where its bytes are in the text. */
  start: number;
  end: number;
  isBegin: boolean;
}

const encoder = new TextEncoder();

/**
 * Splits the tokens of each text, which is the context and a continuation.
 *
 * Spaces at the end of the context belong to the continuations. So does other white space there that forms
 * one token with a continuation. The boundary is the same for all.
 */
export function split(
  context: string,
  continuations: readonly string[],
  encoded: readonly (readonly Token[])[],
  bosToken: number | null,
): Split[] {
  const bytes = encoder.encode(context);
  const placed = encoded.map((tokens) => placesOf(tokens, bosToken));
  let boundary = encoder.encode(context.replace(/ +$/, '')).length;
  for (;;) {
    const found = across(placed, boundary);
    if (found === null) break;
    if (!isSpace(bytes.subarray(found.place.start, boundary))) {
      throw merged(continuations[found.index] ?? '', found.place.token);
    }
    boundary = found.place.start;
  }
  const space = new TextDecoder().decode(bytes.subarray(boundary));
  return placed.map((places, i) => {
    const isBefore = ({ start, isBegin }: Placed) => start < boundary || isBegin;
    const count = places.filter(isBefore).length;
    const text = space + (continuations[i] ?? '');
    if (count === places.length) {
      throw invalid(
        'continuations',
        `texts of at least one token each, and not ${JSON.stringify(text)}`,
      );
    }
    const tokens = places.map(({ token }) => token);
    return {
      context: tokens.slice(0, count).map(({ id }) => id),
      continuation: tokens.slice(count),
      text,
    };
  });
}

function placesOf(tokens: readonly Token[], bosToken: number | null): Placed[] {
  let at = 0;
  return tokens.map((token, i) => {
    const { added = 0, bytes, id } = token;
    const start = at;
    at += bytes.length - added;
    return { token, start, end: at, isBegin: i === 0 && id === bosToken };
  });
}

/** The first token that lies on both sides of the boundary. */
function across(all: readonly Placed[][], boundary: number) {
  for (const [index, places] of all.entries()) {
    const place = places.find(({ end }) => end > boundary);
    if (place && place.start < boundary) return { index, place };
  }
  return null;
}

function isSpace(bytes: Uint8Array): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return /^\p{White_Space}+$/u.test(text);
  } catch {
    return false;
  }
}

function merged(continuation: string, { text }: Token): ShotglassError {
  return new ShotglassError(
    'merged-continuation',
    `The continuation ${JSON.stringify(continuation)} and the end of the context are one token, ${JSON.stringify(text)}, so that there is nothing to score it after. Begin it with a space, or end the context elsewhere.`,
  );
}
