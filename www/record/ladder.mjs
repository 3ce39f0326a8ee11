// What the model says of a preset's queries after 0, 1, 2, … demonstrations.
import { answerLogprob, continuations, renderPrompt, takeSnapshot } from 'shotglass';
import * as digits from './digits.mjs';
import { tokensOf } from './prompt-tokens.mjs';
import { queriesOf } from './queries.mjs';

const maxTokens = 12;

/** How many words are recorded of the default query, and of each of the others. */
const listed = { lead: 5, other: 3 };

/** Everything that a record holds beside its version, its id and the hash of what it depends on. */
export async function recordOf(model, preset) {
  const { task, answer, mended } = preset;
  const isTrap = mended && mended.task.template.outputSeparator !== task.template.outputSeparator;
  // A trap with a separator of its own brings the one of the answer with it.
  const right = isTrap ? continuationOf(preset, answer) : answer;
  const snapshot = await takeSnapshot(model, task, { answer: right ?? undefined });
  const prompts = snapshot.results.map(({ shots }) => renderPrompt(task, { shots }));
  const { prompt, parts } = await tokensOf(model, prompts);
  const results = [];
  for (const [k, result] of snapshot.results.entries()) {
    results.push({
      ...result,
      answer: result.answer ?? null,
      words: await wordsOf(model, prompts[k], listed.lead),
      prompt: parts[k],
    });
  }
  const queries = [];
  for (const one of queriesOf(preset.id)) queries.push(await queryOf(model, preset, one));
  return { ...snapshot, opensWith: preset.shots, prompt, results, queries };
}

async function queryOf(model, preset, { query, output }) {
  const results = [];
  for (let shots = 0; shots <= preset.task.demonstrations.length; shots++) {
    const prompt = renderPrompt(preset.task, { shots, query });
    results.push({
      words: await wordsOf(model, prompt, listed.other),
      answer: await logprobOf(model, preset, prompt, output),
    });
  }
  return { query, output, results };
}

/** The most probable next words, best first, each with its probability. */
async function wordsOf(model, prompt, most) {
  let found = [];
  for await (const { result } of continuations(model, prompt, { words: most }))
    found = result.words;
  return found.map(({ text, p }) => [text, digits.probability(p)]);
}

async function logprobOf(model, preset, prompt, output) {
  if (output === null) return null;
  const continuation = continuationOf(preset, output);
  return digits.logprob(await answerLogprob(model, preset.task, prompt, continuation));
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
