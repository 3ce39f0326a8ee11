import type { PresetRecord, PresetShots } from 'shotglass/records';
import type { Measured } from '../measured/types.ts';

/**
 * What `cargo xtask record` writes: what the real model says of the presets. What it says after each number of shots is
 * a part of the package (`pkg/src/records`); how often it is right is the lab's own.
 *
 * Numbers have as many digits as it takes to show the same as the live ones: logprobs at least 5 decimals, so a p made
 * from one is off by less than a part in 10⁵; all others at least 6 significant digits. Where that would not do (near
 * certainty, or at the border of a rounding) there are more.
 */

/** The model that was asked. */
export type RecordedModel = PresetRecord['model'];

/** What the model says of the default query after some demonstrations. */
export type RecordedShots = PresetShots;

/** The distribution of the next token. */
export type RecordedPrediction = Pick<RecordedShots, 'candidates' | 'rest' | 'entropy' | 'tokens'>;

/** The same as a server tells it, which may leave numbers out: those are null. */
export type ToldPrediction = Pick<RecordedPrediction, 'candidates'> & {
  rest: { count: number | null; p: number };
  entropy: number | null;
  tokens: number | null;
};

export type RecordedToken = PresetShots['candidates'][number];

/** What is recorded of a preset's queries, for 0, 1, 2, … demonstrations, up to all. */
export type RecordedLadder = Pick<PresetRecord, 'id' | 'model' | 'results' | 'prompt' | 'queries'>;

/** A possible next word, with the white space before it, and a lower bound of its probability. */
export type { RecordedWord } from 'shotglass/records';

/** All that is recorded of a preset. */
export interface Recorded extends RecordedLadder {
  measured: Measured;
}
