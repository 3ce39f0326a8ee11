import type { Candidate, Prediction } from 'shotglass';
import type { PresetRecord } from 'shotglass/records';
import * as leadFile from 'shotglass/records/plural.json';
import { measuredOf } from '../measured/measured.ts';
import type { PresetId } from '../presets/preset.ts';
import { otherRecord } from './others.ts';
import type { Recorded, RecordedLadder, RecordedToken, ToldPrediction } from './types.ts';

export { at, measuredOf } from '../measured/measured.ts';
export type * from './types.ts';

// TypeScript reads the pairs of a JSON file as arrays of any length.
const lead = leadFile as PresetRecord;

/** What is recorded of the first preset: a part of the page, so that it opens on it. */
export const leadRecorded: Recorded = joined(lead);

/** What is recorded of a preset; all but the first are fetched when they are asked for. */
export async function recordedOf(id: PresetId): Promise<Recorded> {
  if (id === leadRecorded.id) return leadRecorded;
  const fetched = await otherRecord(id);
  if (!fetched) throw new Error(`${id} was never recorded: run cargo xtask record.`);
  return joined(fetched);
}

function joined({ id, model, prompt, results, queries }: PresetRecord): Recorded {
  return { id, model, prompt, results, queries, measured: measuredOf(id) };
}

/** The recorded prediction of the default query after so many shots, in the form of a live one. */
export function predictionOf(
  { id, results }: Pick<RecordedLadder, 'id' | 'results'>,
  shots: number,
): Prediction {
  const at = results[shots];
  if (!at) throw new Error(`${id} is recorded for 0 to ${results.length - 1} shots, not ${shots}.`);
  return predictionFrom(at);
}

/**
 * A recorded prediction in the form of a live one. How long it took is not recorded: its `durationMs` is 0, and all its
 * tokens count as cached.
 */
export function predictionFrom<Told extends ToldPrediction>({
  candidates,
  rest,
  entropy,
  tokens,
}: Told): Omit<Prediction, 'rest' | 'entropy' | 'tokens'> &
  Pick<Told, 'rest' | 'entropy' | 'tokens'> {
  return {
    candidates: candidates.map((token, i) => candidateOf(token, i + 1)),
    rest,
    entropy,
    tokens,
    cachedTokens: tokens ?? 0,
    durationMs: 0,
  };
}

const utf8 = new TextEncoder();

function candidateOf(token: RecordedToken, rank: number): Candidate {
  const { id, text, logprob } = token;
  return { id, text, bytes: bytesOfToken(token), p: Math.exp(logprob), logprob, rank };
}

export function bytesOfToken({ text, bytes }: RecordedToken): Uint8Array {
  return bytes === undefined ? utf8.encode(text) : bytesOfHex(bytes);
}

function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
