import type { Candidate, SurprisalEntry, Token } from 'shotglass';
import type { Work } from '../app/job.ts';
import type { LabModel } from '../app/lab-model.ts';
import { textOfBytes } from '../ui/visible.ts';

/** How many tokens are listed at each place. */
export const listed = 8;

/** The most tokens whose alternatives come with the colours: more would hold up the page while they arrive. */
const listedAtOnce = 800;

/** Surprisal in bits, −log₂ p. Null for the first token: nothing stands before it. */
export function bitsOf({ logprob }: Pick<SurprisalEntry, 'logprob'>): number | null {
  // Not −0 for a token that was certain.
  return logprob === null ? null : Math.max(0, -logprob / Math.LN2);
}

/** Where the steps of the tint begin, in bits: each is twice as far as the one before. */
export const steps = [0, 1, 2, 4, 8, 16] as const;

/** The step of the tint, from 0. */
export function stepOf(bits: number): number {
  return steps.findLastIndex((from) => bits >= from);
}

/**
 * What is known of the tokens of a prompt from a run over another: a surprisal depends on the tokens before it alone, so
 * it holds as far as the two begin alike.
 */
export function knownOf(
  entries: readonly SurprisalEntry[],
  tokens: readonly Token[],
): readonly SurprisalEntry[] {
  const differs = entries.findIndex(({ token }, index) => token.id !== tokens[index]?.id);
  return differs === -1 ? entries : entries.slice(0, differs);
}

/** A token of a text, which may lack some of its bytes. */
type TextToken = Pick<Token, 'bytes' | 'added'>;

/** The bytes of a token that are in its text. */
function bytesInText({ bytes, added = 0 }: TextToken): Uint8Array {
  return bytes.subarray(added);
}

/** What the surprisals of a text come to. */
export interface Totals {
  /** The sum, in bits. */
  bits: number;
  /** In nats per token: its exponential is the perplexity. */
  nats: number;
  /** Fair between tokenizers, which cut the same bytes into different tokens. */
  bitsPerByte: number;
}

/** Over all tokens that have a surprisal; null where none has. */
export function totalsOf(
  entries: readonly { logprob: number | null; token: TextToken }[],
): Totals | null {
  const told = entries.filter(({ logprob }) => logprob !== null);
  if (told.length === 0) return null;
  const logprob = told.reduce((sum, entry) => sum + (entry.logprob ?? 0), 0);
  const bytes = told.reduce((sum, { token }) => sum + bytesInText(token).length, 0);
  const bits = Math.max(0, -logprob / Math.LN2);
  return { bits, nats: Math.max(0, -logprob / told.length), bitsPerByte: bits / bytes };
}

export function surprisal(
  model: Pick<LabModel, 'surprisal'>,
  text: string,
  tokens: number,
): Work<readonly SurprisalEntry[]> {
  return async function* ({ signal, report }) {
    const topK = tokens <= listedAtOnce ? listed : 0;
    const onProgress = (at: { tokensDone: number; tokensTotal: number }) =>
      report(at.tokensDone, at.tokensTotal);
    yield await model.surprisal(text, { topK, signal, onProgress });
  };
}

/** The tokens that were expected at one place. */
export interface Expected {
  index: number;
  candidates: readonly Candidate[];
}

/** What was expected at one place of a long prompt. */
export function expected(
  model: Pick<LabModel, 'surprisal'>,
  text: string,
  index: number,
): Work<Expected> {
  return async function* ({ signal, report }) {
    const range = { from: index, to: index + 1, topK: listed };
    const onProgress = (at: { tokensDone: number; tokensTotal: number }) =>
      report(at.tokensDone, at.tokensTotal);
    const [entry] = await model.surprisal(text, { ...range, signal, onProgress });
    yield { index, candidates: entry?.candidates ?? [] };
  };
}

/** The text of these tokens; null where it ends within a character. */
export function textOf(tokens: readonly TextToken[]): string | null {
  return textOfBytes(bytesOf(tokens.map(bytesInText)));
}

function bytesOf(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
