/** `POST /v1/completions`: what it is asked for the next token and for the tokens of prompts, and what it answers. */
import { nonsense } from './errors.js';
import type { Http } from './http/http.js';
import * as json from './json.js';
import type { Tokenizer } from './tokens/tokenizer.js';
import type { Listed } from './types.js';

/** A prompt as it is sent. */
export type Sent = readonly number[];

/** The most probable tokens of a distribution, best first, and those that were named. */
export interface Next {
  top: Listed[];
  named: Map<number, number>;
}

/** A token of a prompt after those before it. */
export interface Place {
  id: number;
  logprob: number;
  /** Null if the server does not tell. */
  rank: number | null;
  /** The most probable tokens there, best first. */
  top: Listed[];
}

/** What the probe has found about the answers. */
export interface Dialect {
  /** The form of log-probabilities: that of completions, or that of chats with ids, as llama-server has it. */
  form: 'completion' | 'content';
  /** How the log-probabilities of a prompt are told: by `prompt_logprobs`, by `echo`, or not at all. */
  prompts: 'ids' | 'echo' | null;
  /** Whether `logprob_token_ids` are answered. */
  namesIds: boolean;
  /** Whether tokens are named by their texts only. */
  hasNames: boolean;
  /** The least that a server generates if it is asked for a prompt: 0 or 1. */
  least: 0 | 1;
  /** What asks for the whole distribution; null if nothing does. */
  all: number | null;
  /**
   * A token that is drawn in place of the most probable one, where only the distribution is wanted; null for
   * none. llama-server tells nothing of a token that ends the text or is half a character.
   */
  drawn: number | null;
}

export class Completions {
  readonly #http: Http;
  readonly #tokenizer: Tokenizer;
  readonly #model: string;
  readonly dialect: Dialect;

  constructor(http: Http, tokenizer: Tokenizer, model: string, dialect: Dialect) {
    this.#http = http;
    this.#tokenizer = tokenizer;
    this.#model = model;
    this.dialect = dialect;
  }

  /** The fields of every request that wants tokens as ids. */
  get #base() {
    return { model: this.#model, temperature: 0, return_tokens_as_token_ids: true };
  }

  /** The fields of a request whose drawn token does not matter. */
  get drawing(): object {
    const { drawn } = this.dialect;
    return drawn === null ? {} : { logit_bias: { [drawn]: 100 } };
  }

  /** A prompt in a request: as ids, or as text if they are of this connection only. */
  sent(ids: Sent): Sent | string {
    return ids.some((id) => id < 0) ? this.#tokenizer.textOf(ids) : ids;
  }

  /** The distributions after some prompts; `top` null is all of it. Also tells how many tokens were cached. */
  async next(
    prompts: readonly Sent[],
    { top, named = [] }: { top: number | null; named?: readonly number[] },
    signal: AbortSignal | undefined,
  ): Promise<Next[]> {
    const { namesIds, all } = this.dialect;
    const body = {
      ...this.#base,
      prompt: prompts.map((ids) => this.sent(ids)),
      max_tokens: 1,
      logprobs: top ?? all,
      ...this.drawing,
      ...(namesIds && named.length > 0 ? { logprob_token_ids: named } : {}),
    };
    const choices = await this.#choices(body, prompts.length, signal);
    return choices.map(({ logprobs }) => this.nextOf(logprobs, top));
  }

  /** The first distribution of an answer. Beside `top` of its tokens it may list others. */
  nextOf(logprobs: unknown, top: number | null): Next {
    const [entry] = this.entriesOf(logprobs);
    if (!entry) throw nonsense('it has no log-probabilities');
    const sorted = bestFirst(entry.listed);
    checkSum(sorted);
    const named = new Map(sorted.map(({ id, logprob }) => [id, logprob]));
    return { top: top === null ? sorted : sorted.slice(0, top), named };
  }

  /** What an answer tells of each of its tokens, in either form. */
  entriesOf(logprobs: unknown): { id: number; logprob: number | null; listed: Listed[] }[] {
    const { content, tokens, token_logprobs: own, top_logprobs: tops } = json.optional(logprobs);
    if (this.dialect.form === 'content') {
      return json.list(content ?? [], 'logprobs.content').map((entry) => {
        const { top_logprobs: listed } = json.fields(entry, 'an entry of logprobs.content');
        return {
          ...this.#contentToken(entry),
          listed: json.list(listed ?? [], 'top_logprobs').map((one) => this.#contentToken(one)),
        };
      });
    }
    const names = json.list(tokens ?? [], 'logprobs.tokens');
    const logprobsOfTokens = json.list(own ?? [], 'logprobs.token_logprobs', names.length);
    const listed = json.list(tops ?? names.map(() => null), 'logprobs.top_logprobs', names.length);
    return names.map((name, i) => ({
      id: this.#idOf(name),
      logprob:
        logprobsOfTokens[i] === null
          ? null
          : json.logprob(logprobsOfTokens[i], 'an entry of token_logprobs'),
      listed: Object.entries(json.optional(listed[i])).map(([name, value]) => ({
        id: this.#idOf(name),
        logprob: json.logprob(value, 'an entry of top_logprobs'),
      })),
    }));
  }

  /** What an answer to a conversation tells of each of its tokens; nothing if it tells nothing. */
  contentOf(logprobs: unknown): Listed[] {
    const { content } = json.optional(logprobs);
    return json.list(content ?? [], 'logprobs.content').map((entry) => this.#contentToken(entry));
  }

  /** The tokens of prompts, each after those before it; the first one has nothing before it and is left out. */
  async along(
    prompts: readonly Sent[],
    top: number,
    signal: AbortSignal | undefined,
  ): Promise<Place[][]> {
    const isEcho = this.dialect.prompts === 'echo';
    const body = {
      ...this.#base,
      prompt: prompts.map((ids) => this.sent(ids)),
      max_tokens: this.dialect.least,
      echo: true,
      ...(isEcho ? { logprobs: Math.max(top, 1) } : { prompt_logprobs: top }),
    };
    const choices = await this.#choices(body, prompts.length, signal);
    return choices.map(({ logprobs, prompt_logprobs: own }, i) => {
      const sent = prompts[i] ?? [];
      return isEcho ? this.#echoed(logprobs, sent, top) : this.placesOf(own, sent, top);
    });
  }

  /** The field `prompt_logprobs`. */
  placesOf(value: unknown, sent: Sent, top: number): Place[] {
    const entries = json.list(value, 'prompt_logprobs', sent.length);
    return entries.slice(1).map((entry, i) => {
      const listed = Object.entries(json.fields(entry, 'an entry of prompt_logprobs')).map(
        ([key, value]) => this.#promptToken(key, value),
      );
      const id = sent[i + 1] ?? -1;
      const own = listed.find((token) => token.id === id);
      if (!own) throw nonsense('prompt_logprobs lacks a token of the prompt');
      const best = bestFirst(listed);
      checkSum(best);
      return { ...own, top: best.slice(0, top).map(bare) };
    });
  }

  #promptToken(key: string, value: unknown) {
    const { logprob, rank, decoded_token: name } = json.fields(value, 'a token of prompt_logprobs');
    const id = json.id(
      /^\d+$/.test(key) ? Number(key) : null,
      'a key of prompt_logprobs',
      this.#size,
    );
    // Where bytes of several tokens are one character, vLLM writes it at the last of them.
    if (typeof name === 'string' && /^[ -~]+$/.test(name)) this.#tokenizer.learn(id, name);
    return {
      id,
      logprob: json.logprob(logprob, 'a logprob of prompt_logprobs'),
      rank:
        rank === null || rank === undefined ? null : json.rank(rank, 'a rank of prompt_logprobs'),
    };
  }

  #echoed(logprobs: unknown, sent: Sent, top: number): Place[] {
    const all = this.entriesOf(logprobs);
    // A server may put a begin token before a text.
    const extra = sent.some((id) => id < 0) ? all.length - this.dialect.least - sent.length : 0;
    const entries = all.slice(Math.max(0, extra), Math.max(0, extra) + sent.length);
    if (entries.length < sent.length || entries.some(({ id }, i) => id !== sent[i])) {
      throw nonsense('its tokens are not those of the prompt');
    }
    return entries.slice(1).map(({ id, logprob, listed }) => {
      if (logprob === null) throw nonsense('a token of the prompt has no log-probability');
      const best = bestFirst(listed);
      return { id, logprob, rank: rankIn(best, id, Math.max(top, 1)), top: best.slice(0, top) };
    });
  }

  async #choices(
    body: object,
    count: number,
    signal: AbortSignal | undefined,
  ): Promise<json.Fields[]> {
    const answer = await this.#http.json({ path: '/completions', isApi: true, body }, signal);
    return choicesOf(answer, count);
  }

  get #size(): number | null {
    return this.#tokenizer.vocabularySize;
  }

  #idOf(name: unknown): number {
    const [, digits] = /^token_id:(\d+)$/.exec(String(name)) ?? [];
    if (digits === undefined && this.dialect.hasNames) {
      return this.#tokenizer.intern(json.text(name, 'the name of a token'));
    }
    return json.id(digits === undefined ? null : Number(digits), 'a token', this.#size);
  }

  #contentToken(value: unknown): Listed {
    const { id, token, bytes, logprob } = json.fields(value, 'a token of logprobs.content');
    const name = Array.isArray(bytes) ? bytes : json.text(token, 'the name of a token');
    const own = json.logprob(logprob, 'a logprob of logprobs.content');
    if (id === undefined && this.dialect.hasNames) {
      return { id: this.#tokenizer.intern(name), logprob: own };
    }
    // vLLM and shotglass name a token by its id.
    if (id === undefined && typeof token === 'string' && token.startsWith('token_id:')) {
      return { id: this.#idOf(token), logprob: own };
    }
    const known = json.id(id, 'the id of a token', this.#size);
    this.#tokenizer.learn(known, name);
    return { id: known, logprob: own };
  }
}

/** The choices of an answer, in the order of the prompts. */
export function choicesOf(answer: unknown, count: number): json.Fields[] {
  const { choices } = json.fields(answer, 'the answer of /completions');
  const all = json
    .list(choices, 'choices', count)
    .map((choice) => json.fields(choice, 'an entry of choices'));
  const inOrder: (json.Fields | undefined)[] = Array.from({ length: count });
  for (const [at, choice] of all.entries()) inOrder[Number(choice.index ?? at)] = choice;
  return inOrder.slice(0, count).map((choice) => {
    if (choice) return choice;
    throw nonsense('the indices of choices are not those of the prompts');
  });
}

/** Refuses more than all probability. */
function checkSum(listed: readonly Listed[]): void {
  const sum = listed.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0);
  if (sum > 1.01) throw nonsense(`the sum of its probabilities is ${sum.toPrecision(3)}`);
}

/** The most probable first; between equal ones the lower id. */
export function bestFirst<Token extends Listed>(listed: readonly Token[]): Token[] {
  const byId = new Map(listed.map((token) => [token.id, token]));
  return [...byId.values()].sort((a, b) => b.logprob - a.logprob || a.id - b.id);
}

/** The rank of a token among the `most` best, of which `best` has at least these; null if it is none of them. */
export function rankIn(best: readonly Listed[], id: number, most: number): number | null {
  const at = best.findIndex((token) => token.id === id);
  return at === -1 || at >= most ? null : at + 1;
}

function bare({ id, logprob }: Listed): Listed {
  return { id, logprob };
}
