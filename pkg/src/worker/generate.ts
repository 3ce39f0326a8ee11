import type { Calls } from '../protocol.js';
import type { Finish, GenerateStep } from '../types.js';
import { idsOf, type Loaded, prefill, type Run, samplerOf } from './call.js';
import { TextStream } from './text-stream.js';

/** Continues the tokens of a prompt, one step at a time, until something ends it. */
export async function generate(
  loaded: Loaded,
  { prompt: text, maxTokens, stop, sampling, edits }: Calls['generate']['ask'],
  run: Run,
  onStep: (step: GenerateStep) => void,
): Promise<void> {
  const { module, engine, contextLength } = loaded;
  const prompt = await idsOf(loaded, text, run);
  const { endTokens } = engine.info();
  const sampler = samplerOf(module, sampling);
  try {
    await prefill(engine, prompt, run, edits);
    const stream = new TextStream(stop);
    const most = Math.min(maxTokens, contextLength - prompt.length + 1);
    const ids = new Uint32Array(prompt.length + most);
    ids.set(prompt);

    for (let made = 1; ; made++) {
      const token = engine.sample(sampler);
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
      onStep({ ...token, textDelta, finish });
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
