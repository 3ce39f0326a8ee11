import { defaultSettings, type Sampling } from '../../app/settings.ts';

/** What shapes a distribution before a token is drawn from it. */
export type Shape = Pick<Sampling, 'temperature' | 'topK' | 'topP' | 'minP'>;

/** What tokens are drawn with, in the place of what the model says. */
export interface Shaped {
  /** How many tokens may be drawn. */
  count: number;
  /** How often this one is drawn, 0 to 1; 0 where sampling leaves it out. */
  p: (id: number) => number;
}

/** Whether a token is drawn otherwise than the model says, and the reader has asked for that: the page opens with no wish of theirs. */
export function isShaped(sampling: Shape): boolean {
  const { temperature, topK, topP, minP } = sampling;
  const opened = defaultSettings.sampling;
  const isOpened = (['temperature', 'topK', 'topP', 'minP'] as const).every(
    (name) => sampling[name] === opened[name],
  );
  const isPlain = temperature === 1 && topK === 0 && topP === 1 && minP === 0;
  return !isPlain && !isOpened;
}

/**
 * The distribution that tokens are drawn from, by the steps of the engine: temperature, top-k, top-p, min-p. `w = exp((ln p
 * − ln p₁) / temperature)`, and what is left is divided by its sum.
 */
export function shaped(logprobs: Float32Array, shape: Shape): Shaped {
  const { temperature, topK, topP, minP } = shape;
  const ascending = Float32Array.from(logprobs).sort();
  const size = ascending.length;
  const best = ascending[size - 1] ?? 0;
  const greedy = temperature === 0;
  const weight = (logprob: number) => (greedy ? 1 : Math.exp((logprob - best) / temperature));
  const most = greedy ? 1 : topK === 0 ? size : Math.min(topK, size);

  const weights = Array.from({ length: most }, (_, rank) =>
    weight(ascending[size - 1 - rank] ?? Number.NEGATIVE_INFINITY),
  );
  const enough = topP * weights.reduce((sum, one) => sum + one, 0);
  let sum = 0;
  let count = 0;
  for (const one of weights) {
    if (sum >= enough || one < minP) break;
    sum += one;
    count += 1;
  }

  // Of several that are as probable as the last one, those with the lower ids are left.
  const last = ascending[size - count] ?? 0;
  const more = weights
    .slice(0, count)
    .filter((_, rank) => (ascending[size - 1 - rank] ?? 0) > last);
  let ties = count - more.length;
  const tied = new Set<number>();
  for (let id = 0; id < size && ties > 0; id++) {
    if (logprobs[id] !== last) continue;
    tied.add(id);
    ties -= 1;
  }
  const p = (id: number) => {
    const logprob = logprobs[id] ?? Number.NEGATIVE_INFINITY;
    return logprob > last || tied.has(id) ? weight(logprob) / sum : 0;
  };
  return { count, p };
}
