// One sample of one subject. Runs wherever the subject runs: in its page, or in Node for llama.cpp.
//
// A subject is loaded by its adapter (adapters/), which answers with
//   about                            what runs: { build, threads }, as far as the package says
//   begins                           whether a token of the beginning goes before each text
//   run(text, count)                 reads the text and generates `count` tokens greedily:
//                                    { tokens, cachedTokens, firstMs, generated, restMs };
//                                    firstMs up to the first token, restMs for the others
//   fewShot(contexts, labels)        { answers, tokensRun, tokensNew? }: the better label of each
//   close()

import { fewShot, text } from './prompts.mjs';

/** Tokens that are generated after a prompt, the first not counted: it comes with the prompt. */
export const DECODED = 64;

/** Prompt after which they are generated. */
export const DECODED_AFTER = 256;

/** Measures what `plan` asks for: `{ lengths, fewShot }`. Rates are in tokens per second. */
export async function measure(subject, plan) {
  // Each text begins with a word of its own, and each sample with nothing in a cache.
  let seed = 0;
  // Browsers compile hot code again while it runs: let them.
  await subject.run(text(48, seed++), 9);

  const sample = {};
  for (const length of plan.lengths) {
    const count = length === DECODED_AFTER ? DECODED + 1 : 1;
    // The token of the beginning is the same in every text, so a cache may have it.
    const same = subject.begins ? 1 : 0;
    const run = await subject.run(text(length - same, seed++), count);
    if (run.tokens !== length)
      throw new Error(`it counts ${run.tokens} tokens where the prompt has ${length}`);
    if (run.cachedTokens > same)
      throw new Error(`it had ${run.cachedTokens} of ${length} tokens before they were given`);
    if (run.generated !== count)
      throw new Error(`it generated ${run.generated} tokens where ${count} were asked for`);
    sample[`prefill-${length}`] = (1000 * length) / run.firstMs;
    if (count > 1) sample.decode = (1000 * (count - 1)) / run.restMs;
  }
  if (plan.fewShot) {
    const started = performance.now();
    const job = await subject.fewShot(fewShot.contexts, fewShot.labels);
    sample['few-shot'] = (performance.now() - started) / 1000;
    sample.answers = job.answers;
    sample.tokensRun = job.tokensRun;
    if (job.tokensNew !== undefined) sample.tokensNew = job.tokensNew;
  }
  return sample;
}
