import type { RecordedLadder } from '../../recorded/types.ts';

/** A recorded token of a prompt. Its id is not recorded. */
export interface PromptToken {
  bytes: Uint8Array;
  /** Of the token after those before it, in nats; null for the first one. */
  logprob: number | null;
}

const utf8 = new TextEncoder();

/** The tokens of the default query's prompt after so many shots; `text` is that prompt. */
export function promptTokens(
  { prompt, results }: Pick<RecordedLadder, 'prompt' | 'results'>,
  shots: number,
  text: string,
): PromptToken[] {
  const own = results[shots]?.prompt;
  if (!own) throw new Error(`It is recorded for 0 to ${results.length - 1} shots, not ${shots}.`);
  const { shared } = own;
  const lengths = [...prompt.bytes.slice(0, shared), ...own.bytes];
  const logprobs = [null, ...prompt.logprobs.slice(0, Math.max(0, shared - 1)), ...own.logprobs];
  const all = utf8.encode(text);
  let at = 0;
  return lengths.map((length, index) => {
    const bytes = all.slice(at, at + length);
    at += length;
    return { bytes, logprob: logprobs[index] ?? null };
  });
}
