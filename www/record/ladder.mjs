// What the model says of a preset's default query after 0, 1, 2, … demonstrations.
import { renderPrompt, takeSnapshot } from 'shotglass';
import * as digits from './digits.mjs';

const maxTokens = 12;

/** A snapshot for every number of shots, with the logprob of the right answer in each result. */
export async function recordOf(model, preset) {
  const { task } = preset;
  const snapshot = await takeSnapshot(model, task);
  const answer = continuationOf(preset, preset.answer);
  const results = [];
  for (const result of snapshot.results) {
    const prompt = renderPrompt(task, { shots: result.shots });
    const [score] = answer === null ? [] : await model.score(prompt, [answer]);
    results.push({ ...result, answer: score ? digits.logprob(score.logprob) : null });
  }
  return { ...snapshot, opensWith: preset.shots, results };
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
