/** Asks a live model what a view shows. */

import { tokenLabel } from '../../format/visible.js';
import type { Model } from '../../model/model.js';
import { renderPrompt } from '../../prompt/render.js';
import type { Task } from '../../prompt/task.js';
import {
  type Classification,
  classify,
  type Normalization,
  taskLabels,
} from '../../scoring/classify.js';
import { answerLogprob } from '../../scoring/whole-word.js';
import { MAX_TEXT_TOKENS } from '../../snapshot/limits.js';
import type { Prediction } from '../../types.js';
import { drawnName, type Ladder } from './ladder.js';
import { classificationReading, predictionReading, type Reading } from './reading.js';
import type { View } from './view.js';

/** A live answer of the model; the detail of a `shotglass-result` event. */
export type LiveResult = {
  /** The exact text given to the model. */
  prompt: string;
  /** Number of demonstrations in it. */
  shots: number;
} & (
  | { view: 'tokens'; prediction: Prediction }
  | { view: 'labels'; classification: Classification }
  | { view: 'text'; text: string }
  | {
      view: 'ladder';
      prediction: Prediction;
      /** The right answer as it follows the prompt, and its log-probability in nats; null if none is known. */
      answer: { text: string; logprob: number } | null;
    }
);

/** What a model is asked. */
export interface Asked {
  task: Task;
  shots: number;
  view: View;
  /** How labels of different lengths are compared. */
  rule: Normalization;
  /** The right answer as it follows the prompt; null if none is known. */
  answer: string | null;
}

/** As many as the lab lists. */
const TOP_K = 10;

/** @throws what the calls of {@link Model} throw. */
export async function ask(
  model: Model,
  { task, shots, view, rule, answer, signal }: Asked & { signal: AbortSignal },
): Promise<LiveResult> {
  const prompt = renderPrompt(task, { shots });
  const asked = { prompt: prompt.text, shots };
  switch (view) {
    case 'tokens':
      return { ...asked, view, prediction: await model.predict(prompt, { topK: TOP_K, signal }) };
    case 'labels': {
      const classification = await classify(model, prompt, taskLabels(task), { rule, signal });
      return { ...asked, view, classification };
    }
    case 'text': {
      let text = '';
      const options = { maxTokens: MAX_TEXT_TOKENS, stop: '\n', signal };
      for await (const { textDelta } of model.generate(prompt, options)) text += textDelta;
      return { ...asked, view, text };
    }
    case 'ladder': {
      const prediction = await model.predict(prompt, { topK: TOP_K, signal });
      const scored = answer !== null && {
        text: answer,
        logprob: await answerLogprob(model, task, prompt, answer, { signal }),
      };
      return { ...asked, view, prediction, answer: scored || null };
    }
  }
}

/** A result as it is shown. */
export function liveReading(result: LiveResult): Reading {
  switch (result.view) {
    case 'tokens':
      return predictionReading(result.prediction);
    case 'labels':
      return classificationReading(result.classification);
    case 'text':
      return { view: 'text', text: result.text };
    case 'ladder':
      return ladderReading(result);
  }
}

/** One rung, which the others are put beside. */
function ladderReading({
  shots,
  prediction,
  answer,
}: Extract<LiveResult, { view: 'ladder' }>): Ladder {
  const tokens = prediction.candidates.map(({ bytes, p }) => ({ name: tokenLabel(bytes), p }));
  const p = answer && Math.exp(answer.logprob);
  const rungs = [{ shots, isLive: true, answer: p, tokens }];
  return { view: 'ladder', answer: answer && drawnName(answer.text), shots, most: shots, rungs };
}
