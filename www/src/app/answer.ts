import { type SamplingOptions, ShotglassError, type Token } from 'shotglass';
import type { Work } from './job.ts';
import type { LabModel, LabPrediction } from './lab-model.ts';

/**
 * Where numbers come from: computed in this tab, recorded of this very prompt, or brought by a link as what its sender
 * saw.
 */
export type Origin = 'live' | 'recorded' | 'sent';

/** What the lab knows about a prompt: its tokens, then the distribution after them. */
export interface Answer {
  /** The prompt that `tokens` spell. */
  tokensOf: string;
  tokens: readonly Token[];
  /** The prompt that `prediction` follows; the one before while the new one runs. */
  predictionOf: string | null;
  prediction: LabPrediction | null;
  /** Where the prediction comes from: the model in this tab, a record, or the sender of a link. */
  origin: Origin;
}

/** What is asked about a prompt. */
export interface Question {
  topK: number;
  /** The settings whose effect on the candidates is to be shown; null for none. */
  sampling: SamplingOptions | null;
}

/** One call of the model: the tokens of a prompt come before it runs, and the distribution when it has run. */
export function answer(model: LabModel, text: string, { topK, sampling }: Question): Work<Answer> {
  return async function* ({ signal, before, report }) {
    let tell = (_: readonly Token[]) => {};
    const told = new Promise<readonly Token[]>((resolve) => {
      tell = resolve;
    });
    const predicted = model.predict(text, {
      topK,
      promptTokens: true,
      sampling: sampling ?? undefined,
      signal,
      onProgress: ({ tokensDone, tokensTotal, promptTokens }) => {
        if (promptTokens) tell(promptTokens);
        report(tokensDone, tokensTotal);
      },
    });
    // Nobody awaits it if this work is given up after its first result.
    predicted.catch(() => {});
    const early = { predictionOf: null, prediction: null, ...before };
    let tokens: readonly Token[];
    try {
      tokens = await Promise.race([told, predicted.then(({ promptTokens = [] }) => promptTokens)]);
    } catch (error) {
      if (!(error instanceof ShotglassError) || error.code !== 'prompt-too-long') throw error;
      // How long it is shows what has to go.
      tokens = await model.tokenize(text, { signal });
      yield { ...early, tokens, tokensOf: text, origin: 'live' };
      throw error;
    }
    const known = { tokens, tokensOf: text, origin: 'live' as const };
    yield { ...early, ...known };
    yield { ...known, prediction: await predicted, predictionOf: text };
  };
}
