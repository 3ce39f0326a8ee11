import type { Calls } from '../protocol.js';
import type { Finish, GenerateStep } from '../types.js';
import { type Loaded, prefill, promptOf, type Run, samplerOf } from './call.js';
import { TextStream } from './text-stream.js';

/**
 * Continues the tokens of a prompt, one step at a time, until something ends it. Other calls may run between two steps:
 * each step begins with all tokens before it, which are mostly cached.
 */
export async function* generate(
  loaded: Loaded,
  ask: Calls['generate']['ask'],
  run: Run,
): AsyncGenerator<GenerateStep, void, undefined> {
  const { module, engine, contextLength } = loaded;
  const { maxTokens, stop, candidates, sampling, edits } = ask;
  const { ids: prompt } = await promptOf(loaded, ask.prompt, run);
  const asked = Uint32Array.from(ask.ids);
  const { endTokens } = engine.info();
  const sampler = samplerOf(module, sampling);
  try {
    await prefill(engine, prompt, run, edits);
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
