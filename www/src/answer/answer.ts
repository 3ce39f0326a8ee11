import type { Model, Prediction, Token } from 'shotglass';
import type { Work } from '../app/job.ts';

/** What the lab knows about a prompt: its tokens, then the distribution after them. */
export interface Answer {
  /** The prompt that `tokens` spell. */
  tokensOf: string;
  tokens: readonly Token[];
  /** The prompt that `prediction` follows; the one before while the new one runs. */
  predictionOf: string | null;
  prediction: Prediction | null;
}

/** The tokens of a prompt at once, and what comes next as soon as the model has run. */
export function answer(model: Model, text: string, topK: number): Work<Answer> {
  return async function* ({ signal, before, report }) {
    const tokens = await model.tokenize(text, { signal });
    const known = { tokens, tokensOf: text };
    yield { predictionOf: null, prediction: null, ...before, ...known };
    const onProgress = ({ tokensDone, tokensTotal }: { tokensDone: number; tokensTotal: number }) =>
      report(tokensDone, tokensTotal);
    const prediction = await model.predict(text, { topK, signal, onProgress });
    yield { ...known, prediction, predictionOf: text };
  };
}
