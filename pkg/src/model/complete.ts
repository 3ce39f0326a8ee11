/** A generation as a whole. */
import type { Completion, GenerateStep } from '../types.js';

export async function completed(steps: AsyncIterable<GenerateStep>): Promise<Completion> {
  let text = '';
  let last: GenerateStep['finish'] = null;
  const tokens: Completion['tokens'] = [];
  for await (const { textDelta, finish, ...token } of steps) {
    text += textDelta;
    last = finish;
    tokens.push(token);
  }
  return { text, finish: last ?? 'length', tokens };
}
