/** The tokenizer of a server: `/tokenize` and `/detokenize`, as vLLM, SGLang and llama-server have them. */
import { ShotglassError } from '../../../errors.js';
import type { Token } from '../../../types.js';
import { nonsense, unsupported } from '../errors.js';
import type { Http } from '../http/http.js';
import * as json from '../json.js';
import { bytesOf, type Name, spelled } from './spelling.js';

/** How many texts are remembered with their tokens. */
const MOST_TEXTS = 512;

/** What a tokenizer answered about a text. */
interface Answered {
  ids: number[];
  /** Null if the server gives ids alone. */
  names: Name[] | null;
}

export class Tokenizer {
  readonly #http: Http;
  readonly #model: string;
  /** The tokens of texts without the begin token, the most recent last. */
  readonly #texts = new Map<string, Promise<Token[]>>();
  /** Tokens by their ids. */
  readonly #tokens = new Map<number, Token>();
  bosToken: number | null = null;
  addsBos = false;
  vocabularySize: number | null = null;
  /**
   * The names of the tokens of a text, if the server has no `/tokenize` or names tokens by their texts only; null
   * otherwise. The tokens have negative ids then, which are those of this connection.
   */
  askNames: ((text: string, signal: AbortSignal | undefined) => Promise<Name[]>) | null = null;
  readonly #interned = new Map<string, number>();
  /** Makes an answer tell more of tokens than their text, by `learn`; null if no answer does. */
  askMore: ((ids: readonly number[], signal: AbortSignal | undefined) => Promise<unknown>) | null =
    null;

  constructor(http: Http, model: string) {
    this.#http = http;
    this.#model = model;
  }

  /** Finds out which token, if any, the server puts before texts. */
  async findBos(sample: string, isWanted: boolean, signal: AbortSignal | undefined): Promise<void> {
    const [bare, whole] = await Promise.all([
      this.#ask(sample, false, signal),
      this.#ask(sample, true, signal),
    ]);
    const { length } = bare.ids;
    const [first] = whole.ids;
    // Some tokenizers also put a token behind a text, which would be wrong in a prompt.
    const isBegun =
      length > 0 &&
      whole.ids.length > length &&
      bare.ids.every((id, i) => whole.ids[i + 1] === id) &&
      first !== undefined;
    if (!isBegun) return;
    const [name] = whole.names ?? [];
    if (name !== undefined) this.learn(first, name);
    this.bosToken = first;
    this.addsBos = isWanted;
  }

  /** The tokens of a text, after the begin token if it is added. */
  async tokenize(text: string, signal: AbortSignal | undefined): Promise<Token[]> {
    const tokens = await this.#plain(text, signal);
    if (!this.addsBos || this.bosToken === null || tokens[0]?.id === this.bosToken) return tokens;
    const [begin] = await this.tokensOf([this.bosToken], signal);
    return begin ? [{ ...begin, added: begin.bytes.length }, ...tokens] : tokens;
  }

  /** The tokens of a text as they are. */
  #plain(text: string, signal: AbortSignal | undefined): Promise<Token[]> {
    if (text === '') return Promise.resolve([]);
    const known = this.#texts.get(text);
    // A call under way may be aborted by its own signal, so only results are shared.
    if (known) return known;
    const tokens = this.#ask(text, false, signal).then((answered) =>
      this.#read(text, answered, signal),
    );
    return tokens.then((found) => {
      this.#texts.set(text, Promise.resolve(found));
      const [oldest] = this.#texts.keys();
      if (this.#texts.size > MOST_TEXTS && oldest !== undefined) this.#texts.delete(oldest);
      return found;
    });
  }

  async #ask(text: string, special: boolean, signal: AbortSignal | undefined): Promise<Answered> {
    if (this.askNames) {
      const names = await this.askNames(text, signal);
      return { ids: names.map((name) => this.intern(name)), names };
    }
    const body = {
      model: this.#model,
      // vLLM, SGLang and shotglass.
      prompt: text,
      add_special_tokens: special,
      return_token_strs: true,
      // llama-server.
      content: text,
      add_special: special,
      with_pieces: true,
    };
    const answer = await this.#http.json({ path: '/tokenize', isApi: false, body }, signal);
    const { tokens, token_strs: strings } = json.fields(answer, 'the answer of /tokenize');
    const all = json.list(tokens, 'tokens');
    const isPiece = typeof Object(all[0]).id === 'number';
    const ids = all.map((token) =>
      json.id(
        isPiece ? json.fields(token, 'a token').id : token,
        'an entry of tokens',
        this.vocabularySize,
      ),
    );
    if (isPiece) return { ids, names: all.map((token) => nameOf(json.optional(token).piece)) };
    if (!Array.isArray(strings)) return { ids, names: null };
    return { ids, names: json.list(strings, 'token_strs', ids.length).map(nameOf) };
  }

  async #read(text: string, { ids, names }: Answered, signal: AbortSignal | undefined) {
    const found = names ?? (await this.tokensOf(ids, signal)).map(({ text }) => text);
    const spelling = spelled(found, text);
    if (spelling === null) {
      throw nonsense(
        `the tokens of ${JSON.stringify(text.slice(0, 40))} do not give this text again`,
      );
    }
    return ids.map((id, i) => {
      const token = this.#keep(id, spelling.bytes[i] ?? new Uint8Array());
      return i === 0 && spelling.added > 0 ? { ...token, added: spelling.added } : token;
    });
  }

  /** The tokens of ids. Their bytes are exact where the server has ever told them. */
  async tokensOf(ids: readonly number[], signal: AbortSignal | undefined): Promise<Token[]> {
    const unknown = [...new Set(ids)].filter((id) => !this.#tokens.has(id));
    await Promise.all(
      unknown.map(async (id) => this.learn(id, await this.detokenize([id], signal))),
    );
    const inexact = unknown.filter((id) => this.#tokens.get(id)?.isInexact);
    if (inexact.length > 0) await this.askMore?.(inexact, signal);
    return ids.map((id) => this.#tokens.get(id) as Token);
  }

  async detokenize(ids: readonly number[], signal: AbortSignal | undefined): Promise<string> {
    if (ids.length === 0) return '';
    if (ids.some((id) => id < 0)) return this.textOf(ids);
    const body = { model: this.#model, tokens: ids };
    try {
      const answer = await this.#http.json({ path: '/detokenize', isApi: false, body }, signal);
      const { prompt, content, text } = json.fields(answer, 'the answer of /detokenize');
      return json.text(prompt ?? content ?? text, 'the text of /detokenize');
    } catch (error) {
      if (isMissing(error)) throw unsupported('detokenize', 'The text of token ids');
      throw error;
    }
  }

  /** The id of a token that the server names and does not number. */
  intern(name: Name): number {
    const bytes = bytesOf(name);
    const key = bytes.join();
    const known = this.#interned.get(key);
    if (known !== undefined) return known;
    const id = -1 - this.#interned.size;
    this.#interned.set(key, id);
    this.learn(id, name);
    return id;
  }

  /** The text of tokens that are known. */
  textOf(ids: readonly number[]): string {
    return decoder.decode(
      Uint8Array.from(ids.flatMap((id) => [...(this.#tokens.get(id)?.bytes ?? [])])),
    );
  }

  /** Remembers what an answer tells of a token beside. */
  learn(id: number, name: Name): void {
    const known = this.#tokens.get(id);
    const isInexact = typeof name === 'string' && name.includes('\ufffd');
    if (known && (isInexact || !known.isInexact)) return;
    const token = this.#keep(id, bytesOf(name));
    if (isInexact) this.#tokens.set(id, { ...token, isInexact });
  }

  #keep(id: number, bytes: Uint8Array): Token {
    const token = { id, bytes, text: decoder.decode(bytes) };
    this.#tokens.set(id, token);
    return token;
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function nameOf(value: unknown): Name {
  const isBytes =
    Array.isArray(value) &&
    value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256);
  return isBytes ? (value as number[]) : json.text(value, 'the name of a token');
}

/** Whether a server does not have what was asked for at all. */
export function isMissing(error: unknown): boolean {
  const { status } = Object(error) as { status?: unknown };
  return error instanceof ShotglassError && (status === 404 || status === 405 || status === 501);
}
