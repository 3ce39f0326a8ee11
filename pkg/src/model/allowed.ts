/** Which tokens may be drawn, as a caller says it. */

import type { GeneratedToken, ModelInfo } from '../types.js';
import * as check from '../util/validate.js';
import type { AllowedTokens, SamplingOptions } from './options.js';

type Allowed = SamplingOptions['allowed'];
type Vocabulary = Pick<ModelInfo, 'vocabularySize'>;

/** The list; null if there is none, or a function in its place. */
export function allowedMessage(allowed: Allowed, info: Vocabulary): Uint32Array | null {
  if (allowed === undefined || typeof allowed === 'function') return null;
  return someIds(allowed, info);
}

/** What the function says before anything is generated. */
export function allowedFirst(allowed: AllowedTokens, info: Vocabulary): Uint32Array | null {
  const ids = allowed({ tokens: [], text: '' });
  return ids === null ? null : someIds(ids, info);
}

/** Answers the worker after each token. */
export function chooser(
  allowed: AllowedTokens,
  info: Vocabulary,
): (after: GeneratedToken | null) => Uint32Array | null {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const tokens: GeneratedToken[] = [];
  let text = '';
  return (after) => {
    if (after === null) return allowedFirst(allowed, info);
    tokens.push(after);
    text += decoder.decode(after.bytes, { stream: true });
    const ids = allowed({ tokens: [...tokens], text });
    return ids === null ? null : idsOf(ids, info);
  };
}

function someIds(allowed: unknown, info: Vocabulary): Uint32Array {
  const ids = idsOf(allowed, info);
  if (ids.length > 0) return ids;
  throw check.invalid('allowed', 'at least one token to begin with');
}

function idsOf(allowed: unknown, { vocabularySize }: Vocabulary): Uint32Array {
  return Uint32Array.from(check.tokenIds('allowed', allowed, vocabularySize));
}
