// What the model says of a preset's default query after 0, 1, 2, … demonstrations.
import { classify, renderPrompt, taskLabels } from 'shotglass';
import * as digits from './digits.mjs';

const topK = 10;
const maxTokens = 12;

/** One entry for each number of shots. */
export async function* ladderOf(model, preset) {
  for (let shots = 0; shots <= preset.task.demonstrations.length; shots++) {
    yield await recordedShots(model, preset, shots);
  }
}

/** One of them. */
export async function recordedShots(model, preset, shots) {
  const { task } = preset;
  const prompt = renderPrompt(task, { shots });
  const { candidates, rest, entropy, tokens } = await model.predict(prompt, { topK });
  const answer = continuationOf(preset, preset.answer);
  return {
    candidates: candidates.map(recordedToken),
    rest: { count: rest.count, p: digits.probability(rest.p) },
    entropy: digits.entropy(entropy),
    tokens,
    text: (await greedy(model, prompt)).tokens.map(recordedToken),
    answer: answer && digits.logprob((await model.score(prompt, [answer]))[0].logprob),
    classification: task.labels ? await classification(model, task, prompt) : null,
  };
}

async function classification(model, task, prompt) {
  const { labels, mass } = await classify(model, prompt, taskLabels(task));
  return {
    labels: labels.map(({ label, p }) => ({ label, p: digits.probability(p) })),
    mass: digits.probability(mass),
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

function recordedToken({ id, text, bytes, logprob }) {
  const isWhole = Buffer.from(text).equals(Buffer.from(bytes));
  return {
    id,
    text,
    ...(isWhole ? {} : { bytes: Buffer.from(bytes).toString('hex') }),
    logprob: digits.logprob(logprob),
  };
}
