import type { Work } from '../../app/job.ts';
import type { LabModel } from '../../app/lab-model.ts';
import type { Draft } from '../../app/state.ts';
import { type Distribution, type Pair, pairOf } from './compare.ts';

/** A prompt that the reader holds, to set others beside it. */
export interface Held {
  draft: Draft;
  text: string;
}

export interface SideBySide {
  a: Distribution;
  now: Distribution;
  pair: Pair;
}

/** The distribution after the held prompt beside that after the present one. */
export function sideBySide(
  model: LabModel,
  held: Held,
  text: string,
  topK: number,
): Work<SideBySide> {
  const { sha256 } = model.info;
  return async function* ({ signal, before }) {
    const read = async (of: string): Promise<Distribution> => {
      const known = [before?.a, before?.now].find(
        (one) => one?.of === of && one.model === sha256 && one.candidates.length === topK,
      );
      if (known) return known;
      const { candidates, logprobs } = await model.predict(of, { topK, logprobs: true, signal });
      return { of, model: sha256, candidates, logprobs };
    };
    // The present one first: it is still in the cache.
    const now = await read(text);
    const a = await read(held.text);
    yield { a, now, pair: pairOf(a, now) };
  };
}
