import type { Answer } from '../../app/answer.ts';
import type { LabPrediction } from '../../app/lab-model.ts';
import { promptOf } from '../../app/prompt.ts';
import { draftOf } from '../../app/state.ts';
import type { Preset } from '../../presets/preset.ts';
import { predictionOf } from '../../recorded/index.ts';
import type { RecordedLadder, RecordedShots } from '../../recorded/types.ts';

/** The prompt of a preset after so many shots, with its default query or another one. */
export function recordedText(preset: Preset, shots: number, query = preset.task.query): string {
  return promptOf({ ...draftOf(preset), shots, query: query ?? '' }).text;
}

/** What is recorded of a prompt, as if it had just been answered, cut to so many candidates. Its tokens are not recorded. */
export function recordedAnswer(
  recorded: RecordedLadder,
  { shots, text, topK }: { shots: number; text: string; topK: number },
): Answer {
  return answerFrom(predictionOf(recorded, shots), text, topK, 'recorded');
}

/** The same of a prediction from elsewhere. */
export function answerFrom(
  prediction: LabPrediction,
  text: string,
  topK: number,
  origin: Answer['origin'],
): Answer {
  const { candidates, rest } = prediction;
  const hidden = candidates.slice(topK);
  return {
    tokensOf: '',
    tokens: [],
    predictionOf: text,
    origin,
    prediction: {
      ...prediction,
      candidates: candidates.slice(0, topK),
      rest: {
        count: rest.count === null ? null : rest.count + hidden.length,
        p: hidden.reduce((sum, { p }) => sum + p, rest.p),
      },
    },
  };
}

/** How near live numbers are to recorded ones. */
export interface Closeness {
  kind: 'same' | 'differs';
  /** The largest difference of p, over the recorded candidates. */
  difference: number;
}

/** A model's own word on a recorded prompt of a preset. */
export type Agreement =
  | (Closeness & { preset: string })
  /** It is another model: there is nothing to compare. */
  | { kind: 'other' };

/** Below it, two numbers are shown alike. */
const tolerance = 1e-4;

/** What is recorded, against logprobs of the whole vocabulary. */
export function agreementOf({ candidates }: RecordedShots, logprobs: Float32Array): Closeness {
  const differences = candidates.map(({ id, logprob }) =>
    Math.abs(Math.exp(logprobs[id] ?? Number.NEGATIVE_INFINITY) - Math.exp(logprob)),
  );
  const difference = Math.max(...differences);
  return { kind: difference <= tolerance ? 'same' : 'differs', difference };
}
