/** Normalized log-probabilities, as the engine computes them (`src/score.rs`). */
import type { Forms } from '../../types.js';

const encoder = new TextEncoder();
const names = ['logprob', 'perToken', 'perCharacter', 'perByte'] as const;

/** The forms of the sum of these log-probabilities, for the continuation `text`. */
export function formsOf(text: string, logprobs: readonly number[]): Forms {
  const logprob = logprobs.reduce((sum, one) => sum + one, 0);
  // A text that is only white space is counted whole.
  const bare = text.replace(/^\p{White_Space}+/u, '') || text;
  return {
    logprob,
    perToken: logprob / logprobs.length,
    perCharacter: logprob / [...bare].length,
    perByte: logprob / encoder.encode(text).length,
  };
}

/** The logarithm of the average probability, form by form. */
export function average(all: readonly Forms[]): Forms {
  return each((name) => {
    const most = Math.max(...all.map((forms) => forms[name]));
    const sum = all.reduce((sum, forms) => sum + Math.exp(forms[name] - most), 0);
    return most + Math.log(sum / all.length);
  });
}

/** The difference, form by form. */
export function minus(a: Forms, b: Forms): Forms {
  return each((name) => a[name] - b[name]);
}

function each(form: (name: keyof Forms) => number): Forms {
  const [logprob, perToken, perCharacter, perByte] = names.map(form) as [
    number,
    number,
    number,
    number,
  ];
  return { logprob, perToken, perCharacter, perByte };
}
