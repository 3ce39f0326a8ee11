import type { Calls } from '../protocol.js';
import type { Finish, GeneratedToken, GenerateStep } from '../types.js';
import { type Loaded, prefill, promptOf, type Run } from './call.js';
import { restricted, samplerOf } from './sampler.js';
import { TextStream } from './text-stream.js';

/** Asks the page which tokens may be drawn after one. Null is the answer for all, and an empty one ends the generation. */
export type Choose = (after: GeneratedToken | null) => Promise<Uint32Array | null>;

/**
 * Continues the tokens of a prompt, one step at a time, until something ends it. Other calls may run between two steps:
 * each step begins with all tokens before it, which are mostly cached.
 */
export async function* generate(
  loaded: Loaded,
  ask: Calls['generate']['ask'],
  run: Run,
  choose: Choose,
): AsyncGenerator<GenerateStep, void, undefined> {
  const { module, engine, contextLength, info } = loaded;
  const { maxTokens, stop, candidates, sampling, isAsked, edits } = ask;
  const { ids: prompt } = await promptOf(loaded, ask.prompt, run);
  const asked = Uint32Array.from(ask.ids);
  const { endTokens, vocabularySize } = info;
  let sampler = samplerOf(module, vocabularySize, sampling);
  const allow = (ids: Uint32Array | null) => {
    sampler = restricted(sampler, vocabularySize, sampling, ids);
  };
  try {
    await prefill(engine, prompt, run, edits);
    if (isAsked) allow(await run.wait(choose(null)));
    const stream = new TextStream(stop);
    const most = Math.min(maxTokens, contextLength - prompt.length + 1);
    const ids = new Uint32Array(prompt.length + most);
    ids.set(prompt);

    for (let made = 1; ; made++) {
      const token = engine.sample(sampler, candidates, asked);
      let textDelta = '';
      let finish: Finish | null = null;
      if (endTokens.includes(token.id)) {
        finish = 'end';
      } else {
        const { delta, stopped } = stream.push(token.bytes);
        textDelta = delta;
        if (stopped) finish = 'stop';
        else if (made === most) finish = 'length';
      }
      if (isAsked && finish === null) {
        const allowed = await run.wait(choose(token));
        if (allowed?.length === 0) finish = 'stop';
        else allow(allowed);
      }
      if (finish !== null) textDelta += stream.flush();
      yield { ...token, textDelta, finish };
      if (finish !== null) return;

      const length = prompt.length + made;
      ids[length - 1] = token.id;
      engine.begin(ids.subarray(0, length), edits?.places, edits?.rows);
      do await run.pause();
      while (engine.advance() > 0);
    }
  } finally {
    sampler.free();
  }
}
