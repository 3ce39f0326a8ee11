// How a preset's prompts are cut into tokens, and how probable each of these is where it stands.
import * as digits from './digits.mjs';

/**
 * The tokens of the longest of some prompts, and of each prompt what differs from these: a log-probability depends only
 * on the tokens before it, so as far as two prompts begin alike, their tokens have the same.
 */
export async function tokensOf(model, prompts) {
  const all = [];
  for (const prompt of prompts) all.push(await model.surprisal(prompt, { topK: 0 }));
  const longest = all.at(-1);
  const parts = all.map((entries) => {
    const differs = entries.findIndex(({ token }, i) => token.id !== longest[i]?.token.id);
    const shared = differs === -1 ? entries.length : differs;
    return { shared, ...packed(entries.slice(shared)) };
  });
  return { prompt: packed(longest), parts };
}

/** The number of bytes in each token, and the log-probability of each that has one: the first of a prompt has none. */
function packed(entries) {
  return {
    bytes: entries.map(({ token }) => token.bytes.length),
    logprobs: entries
      .filter(({ logprob }) => logprob !== null)
      .map(({ logprob }) => digits.surprisal(logprob)),
  };
}
