/**
 * Log-probabilities as the two endpoints write them. They are those of the model at temperature 1, whatever is sampled.
 */
import type { GenerateStep, NamedToken, SurprisalEntry, Token } from '../../../types.js';

/** A token of an answer, and the tokens that are listed beside it. */
export interface Entry {
  token: Token;
  /** Null for the first token of a prompt. */
  logprob: number | null;
  /** Best first; the token itself is the last. */
  listed: readonly Listed[];
}

type Listed = Omit<NamedToken, 'p'>;

export function ofStep(step: GenerateStep): Entry {
  const { candidates = [], asked = [], logprob } = step;
  return { token: step, logprob, listed: [...candidates, ...asked, step] };
}

/** `count` of the candidates are wanted. */
export function ofPrompt(entry: SurprisalEntry, count: number): Entry {
  const { token, logprob, rank, candidates } = entry;
  if (logprob === null || rank === null) return { token, logprob: null, listed: [] };
  return { token, logprob, listed: [...candidates.slice(0, count), { ...token, logprob, rank }] };
}

/** The fields `logprobs` of a completion, for its tokens in their order. */
export class TextLogprobs {
  readonly #asIds: boolean;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #offset = 0;

  constructor(asIds: boolean) {
    this.#asIds = asIds;
  }

  of(entries: readonly Entry[]) {
    return {
      tokens: entries.map(({ token }) => this.#name(token)),
      token_logprobs: entries.map(({ logprob }) => logprob && written(logprob)),
      top_logprobs: entries.map((entry) => (entry.logprob === null ? null : this.#top(entry))),
      text_offset: entries.map(({ token }) => this.#pass(token)),
    };
  }

  #top({ listed }: Entry): Record<string, number> {
    const top = new Map<string, number>();
    for (const token of listed) {
      const name = this.#name(token);
      // Of two tokens that look the same, which only ids tell apart, the more probable one is shown.
      if (!top.has(name)) top.set(name, written(token.logprob));
    }
    return Object.fromEntries(top);
  }

  #name(token: Token): string {
    return nameOf(token, this.#asIds);
  }

  /** Where the token begins in the text, in characters (code points), as Python counts them. */
  #pass({ bytes, added = 0 }: Token): number {
    const offset = this.#offset;
    const text = this.#decoder.decode(bytes.subarray(added), { stream: true });
    this.#offset += [...text].length;
    return offset;
  }
}

/** The field `logprobs.content` of a chat. */
export function chatLogprobs(entries: readonly Entry[], asIds: boolean) {
  const one = (token: Token, logprob: number) => ({
    token: nameOf(token, asIds),
    logprob: written(logprob),
    bytes: [...token.bytes],
  });
  return entries.map(({ token, logprob, listed }) => ({
    ...one(token, logprob ?? 0),
    // The token itself is listed only if it is one of the most probable.
    top_logprobs: unique(listed.slice(0, -1)).map((other) => one(other, other.logprob)),
  }));
}

/** The field `prompt_logprobs`, by ids. */
export function promptLogprobs(entries: readonly Entry[]) {
  return entries.map(({ logprob, listed }) =>
    logprob === null
      ? null
      : Object.fromEntries(
          unique(listed).map((token) => [
            token.id,
            {
              logprob: written(token.logprob),
              rank: token.rank,
              decoded_token: nameOf(token),
            },
          ]),
        ),
  );
}

function unique(listed: readonly Listed[]): Listed[] {
  return [...new Map(listed.map((token) => [token.id, token])).values()];
}

/** The text of a token, its bytes if it is part of a character, or its id. */
export function nameOf({ id, text, bytes }: Token, asIds = false): string {
  if (asIds) return `token_id:${id}`;
  if (!text.includes('\ufffd') || Buffer.from(text).equals(bytes)) return text;
  const hex = Buffer.from(bytes).toString('hex');
  return `bytes:${hex.replace(/../g, '\\x$&')}`;
}

/** JSON has no infinity. */
function written(logprob: number): number {
  return Math.max(logprob, -9999);
}
