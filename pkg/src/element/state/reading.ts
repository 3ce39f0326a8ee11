/** What a model says to a prompt, as one of the views shows it, wherever it comes from. */
import type { Classification } from '../../scoring/classify.js';
import type { SnapshotShots } from '../../snapshot/index.js';
import { bytesOf, textOf } from '../../snapshot/token.js';
import type { Prediction } from '../../types.js';
import { type Ladder, ladderFigure } from './ladder.js';

/** A token with its probability: its bytes or, from a table in the page, as it is drawn there. */
export type TokenReading = { bytes: Uint8Array; p: number } | { drawn: string; p: number };

/** What is shown of the answer to one prompt. */
export type AnswerReading =
  | { view: 'tokens'; tokens: TokenReading[]; rest: { count: number | null; p: number } }
  | { view: 'labels'; labels: { label: string; p: number }[]; mass: number }
  | { view: 'text'; text: string };

/** What is shown: one answer, or an answer over the number of shots. */
export type Reading = AnswerReading | Ladder;

/** Of a live prediction. */
export function predictionReading({ candidates, rest }: Prediction): Reading {
  return { view: 'tokens', tokens: candidates.map(({ bytes, p }) => ({ bytes, p })), rest };
}

/** Of a live classification. */
export function classificationReading({ labels, mass }: Classification): Reading {
  return { view: 'labels', labels: labels.map(({ label, p }) => ({ label, p })), mass };
}

/** Of a recorded result; null where it does not have this view. */
export function snapshotReading(
  result: SnapshotShots,
  view: AnswerReading['view'],
): AnswerReading | null {
  if (view === 'labels') {
    const { classification } = result;
    return classification && { view, labels: classification.labels, mass: classification.mass };
  }
  if (view === 'text') return { view, text: textOf(result.text) };
  const tokens = result.candidates.map((token) => ({
    bytes: bytesOf(token),
    p: Math.exp(token.logprob),
  }));
  return { view, tokens, rest: result.rest };
}

/** The largest difference of p between two readings of the same prompt; null where nothing can be compared. */
export function largestDifference(one: Reading, other: Reading): number | null {
  const [mine, theirs] = [byName(one), byName(other)];
  const shared = [...mine].filter(([name]) => theirs.has(name));
  if (shared.length === 0) return null;
  return Math.max(...shared.map(([name, p]) => Math.abs(p - (theirs.get(name) ?? 0))));
}

function byName(reading: Reading): Map<string, number> {
  switch (reading.view) {
    case 'labels':
      return new Map(reading.labels.map(({ label, p }) => [label, p]));
    case 'tokens':
      // Tokens that are only drawn have no bytes to be told apart by.
      return new Map(
        reading.tokens.flatMap((token) =>
          'bytes' in token ? [[String(token.bytes), token.p]] : [],
        ),
      );
    case 'ladder':
      return new Map(
        ladderFigure(reading)?.columns.flatMap(({ shots, p }) =>
          p === null ? [] : [[String(shots), p]],
        ),
      );
    case 'text':
      return new Map();
  }
}
