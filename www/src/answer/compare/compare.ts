import type { Candidate, Token } from 'shotglass';
import type { LabPrediction } from '../../app/lab-model.ts';

/** What comes after a prompt: its head, in order, and all of it, by token id. */
export interface Distribution {
  /** The prompt. */
  of: string;
  /** The model that it is of, by the hash of its file. */
  model: string;
  /** The most probable tokens, best first. */
  candidates: readonly Candidate[];
  /** The full softmax at temperature 1, in nats; (vocabulary size). */
  logprobs: Float32Array;
}

/** A token in two distributions. */
export interface PairRow {
  token: Token;
  a: number;
  now: number;
}

/** Two distributions beside each other: rows and rest are all of each. */
export interface Pair {
  /** The union of both heads, the more probable in either first. */
  rows: readonly PairRow[];
  rest: { count: number; a: number; now: number };
  distance: Distance;
}

/** The most probable tokens after two prompts of which no more is known; null where one is not listed. */
export interface ToldPair {
  rows: readonly { token: Token; a: number | null; now: number | null }[];
  rest: { count: number | null; a: number; now: number };
}

/** How far two distributions over the same tokens are apart. */
export interface Distance {
  /** Total variation, ½ Σ |a − b|: the most that they differ on any set of tokens, 0 to 1. */
  totalVariation: number;
  /** KL(a ‖ b) = Σ a (ln a − ln b), in nats (Kullback & Leibler 1951). */
  divergence: number;
}

/** Over the full vocabulary, from logprobs by token id; both (vocabulary size). */
export function distanceOf(a: Float32Array, b: Float32Array): Distance {
  let apart = 0;
  let divergence = 0;
  for (let id = 0; id < a.length; id++) {
    const [lnA, lnB] = [a[id] ?? Number.NEGATIVE_INFINITY, b[id] ?? Number.NEGATIVE_INFINITY];
    const p = Math.exp(lnA);
    apart += Math.abs(p - Math.exp(lnB));
    // What never happens in a adds nothing: x ln x goes to 0.
    if (p > 0) divergence += p * (lnA - lnB);
  }
  // Rounding must not take either out of its range.
  return { totalVariation: Math.min(apart / 2, 1), divergence: Math.max(divergence, 0) };
}

export function pairOf(a: Distribution, now: Distribution): Pair {
  const tokens = new Map<number, Token>();
  for (const { id, bytes, text } of [...now.candidates, ...a.candidates]) {
    tokens.set(id, { id, bytes, text });
  }
  const p = ({ logprobs }: Distribution, id: number) =>
    Math.exp(logprobs[id] ?? Number.NEGATIVE_INFINITY);
  const rows = [...tokens.values()]
    .map((token) => ({ token, a: p(a, token.id), now: p(now, token.id) }))
    .sort((x, y) => Math.max(y.a, y.now) - Math.max(x.a, x.now));
  const left = (of: 'a' | 'now') => Math.max(0, 1 - rows.reduce((sum, row) => sum + row[of], 0));
  return {
    rows,
    rest: { count: now.logprobs.length - rows.length, a: left('a'), now: left('now') },
    distance: distanceOf(a.logprobs, now.logprobs),
  };
}

type Head = Pick<LabPrediction, 'candidates' | 'rest'>;

/** Two predictions of one model beside each other, as far as their lists go. */
export function toldPairOf(a: Head, now: Head): ToldPair {
  const tokens = new Map<number, Token>();
  for (const { id, bytes, text } of [...now.candidates, ...a.candidates])
    tokens.set(id, { id, bytes, text });
  const p = ({ candidates }: Head, id: number) =>
    candidates.find((candidate) => candidate.id === id)?.p ?? null;
  const rows = [...tokens.values()]
    .map((token) => ({ token, a: p(a, token.id), now: p(now, token.id) }))
    .sort((x, y) => Math.max(y.a ?? 0, y.now ?? 0) - Math.max(x.a ?? 0, x.now ?? 0));
  const left = (of: 'a' | 'now') =>
    Math.max(0, 1 - rows.reduce((sum, row) => sum + (row[of] ?? 0), 0));
  const all = now.rest.count === null ? null : now.candidates.length + now.rest.count;
  const count = all === null ? null : all - rows.length;
  return { rows, rest: { count, a: left('a'), now: left('now') } };
}
