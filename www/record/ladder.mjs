// What the model says of a preset's default query after 0, 1, 2, … demonstrations.
import { renderPrompt, takeSnapshot } from 'shotglass';
import * as digits from './digits.mjs';

const maxTokens = 12;

/** One entry for each number of shots. */
export async function* ladderOf(model, preset) {
  for (let shots = 0; shots <= preset.task.demonstrations.length; shots++) {
    yield await recordedShots(model, preset, shots);
  }
}

/** One of them. */
export async function recordedShots(model, preset, shots) {
  const snapshot = await takeSnapshot(model, preset.task, { shots });
  const [{ candidates, rest, entropy, tokens, text, classification }] = snapshot.results;
  const answer = continuationOf(preset, preset.answer);
  const prompt = renderPrompt(preset.task, { shots });
  return {
    candidates,
    rest,
    entropy,
    tokens,
    text,
    answer: answer && digits.logprob((await model.score(prompt, [answer]))[0].logprob),
    classification: classification && {
      labels: classification.labels,
      mass: classification.mass,
    },
  };
}

/**
 * An output behind the space that belongs to it. A trap may have another separator, and is asked for the same answer
 * as the task without it.
 */
export function continuationOf({ task, mended }, output) {
  return output === null ? null : (mended?.task ?? task).template.outputSeparator + output;
}

/** The most probable tokens, one after the other, up to a new line. */
export async function greedy(model, prompt) {
  const tokens = [];
  let text = '';
  for await (const step of model.generate(prompt, { maxTokens, stop: '\n' })) {
    text += step.textDelta;
    // The token that ends it is no part of the answer, unless there is text before the new line in it.
    if (step.finish === null || step.finish === 'length' || step.textDelta !== '')
      tokens.push(step);
  }
  return { text, tokens };
}
