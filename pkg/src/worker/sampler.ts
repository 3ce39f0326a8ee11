/** What draws tokens: its settings, and which tokens it may draw. */

import type { Sampling } from '../protocol.js';
import type { EngineModule, Sampler } from './engine.js';

/** Added to the logit of a token, it leaves no probability. */
const FORBIDDEN = -1e30;

export function samplerOf(
  { Sampler }: EngineModule,
  vocabularySize: number,
  sampling: Sampling,
): Sampler {
  const { temperature, topK, topP, minP, seed, bias, allowed } = sampling;
  const sampler = new Sampler(temperature, topK, topP, minP, seed);
  if (allowed) return restricted(sampler, vocabularySize, sampling, allowed);
  return bias ? sampler.withBias(bias.ids, bias.values) : sampler;
}

/** The same sampler, and the same random numbers, for some tokens or for all. */
export function restricted(
  sampler: Sampler,
  vocabularySize: number,
  { bias }: Sampling,
  allowed: Uint32Array | null,
): Sampler {
  const values = new Float32Array(vocabularySize).fill(allowed ? FORBIDDEN : 0);
  if (allowed) for (const id of allowed) values[id] = 0;
  bias?.ids.forEach((id, i) => {
    if (values[id] === 0) values[id] = bias.values[i] ?? 0;
  });
  const ids = Uint32Array.from(values, (_, id) => id);
  return sampler.withBias(ids, values);
}
