/** Asks a server once what it can do. */
import { ShotglassError } from '../../errors.js';
import { bestFirst, Completions, choicesOf, type Dialect } from './completions.js';
import type { Connection } from './connection.js';
import { failed, NotJson, nonsense } from './errors.js';
import { type Http, Refused } from './http/http.js';
import * as json from './json.js';
import { spelled } from './tokens/spelling.js';
import { isMissing, Tokenizer } from './tokens/tokenizer.js';

/** A server that knows what -1 means may list so few only if these are all. */
const FEWEST_OF_ALL = 256;
/** What is asked for where not all can be had: what vLLM and most hosts allow. */
const COMMON_TOPS = [100, 20, 5, 1];
const SAMPLE = 'a b';

export interface ProbeOptions {
  server: string;
  model: string | undefined;
  addBos: boolean;
}

export async function probe(
  http: Http,
  { server, model, addBos }: ProbeOptions,
  signal: AbortSignal | undefined,
): Promise<Connection> {
  const listed = await modelOf(http, model, signal);
  const { name } = listed;
  const tokenizer = new Tokenizer(http, name);
  tokenizer.vocabularySize = listed.vocabularySize;
  const ids = await sampleIds(tokenizer, addBos, signal);
  const asker =
    (prompt: readonly number[] | string): AskOne =>
    async (fields) => {
      const base = { model: name, temperature: 0, return_tokens_as_token_ids: true };
      const body = { ...base, prompt: [prompt], ...fields };
      const answer = await http.json({ path: '/completions', isApi: true, body }, signal);
      return choicesOf(answer, 1)[0] as json.Fields;
    };
  const dialect: Dialect = {
    form: 'completion',
    prompts: null,
    namesIds: false,
    hasNames: false,
    least: 0,
    all: null,
    drawn: null,
  };
  const completions = new Completions(http, tokenizer, name, dialect);
  const first = await firstAnswer(asker(ids ?? SAMPLE), ids?.[0]);
  const { content, tokens } = json.optional(first.logprobs);
  const [token] = Array.isArray(content ?? tokens) ? ((content ?? tokens) as unknown[]) : [];
  dialect.form = Array.isArray(content) ? 'content' : 'completion';
  const isNumbered =
    typeof token === 'string'
      ? token.startsWith('token_id:')
      : json.optional(token).id !== undefined;
  dialect.hasNames = ids === null || (token !== undefined && !isNumbered);
  let top = 0;
  if (dialect.hasNames || ids === null) {
    const ask = asker(SAMPLE);
    tokenizer.vocabularySize = null;
    tokenizer.askNames = async (text) => [text];
    if (token !== undefined) {
      tokenizer.askNames = (await namesByEcho(completions, ask, asker)) ?? tokenizer.askNames;
      top = await mostListed(completions, tokenizer, ask);
    }
  } else if (token !== undefined) {
    const ask = asker(ids);
    dialect.drawn = dialect.form === 'content' ? (ids[0] ?? null) : null;
    dialect.prompts = await promptsWay(completions, ids, ask);
    dialect.namesIds = await namesIds(completions, ids, ask);
    top = await mostListed(completions, tokenizer, ask);
  }
  if (dialect.prompts === 'ids') {
    tokenizer.askMore = (some, signal) => completions.along([[ids?.[0] ?? 0, ...some]], 0, signal);
  }
  const isFull = dialect.all !== null;
  return {
    http,
    tokenizer,
    completions,
    capabilities: {
      distribution: isFull ? 'full' : top > 0 ? 'top' : 'none',
      top,
      promptLogprobs: dialect.prompts !== null,
      namedTokens: isFull || dialect.namesIds,
      tokenize: !dialect.hasNames || dialect.prompts !== null,
      states: false,
    },
    info: {
      name,
      server,
      vocabularySize: tokenizer.vocabularySize,
      contextLength: listed.contextLength,
      bosToken: tokenizer.bosToken,
      addsBos: tokenizer.addsBos,
    },
  };
}

/** The model that is asked, and what the server tells of it. */
async function modelOf(http: Http, wanted: string | undefined, signal: AbortSignal | undefined) {
  const none = { contextLength: null, vocabularySize: null };
  let answer: unknown;
  try {
    answer = await http.json({ path: '/models', isApi: true }, signal);
  } catch (error) {
    if (isMissing(error) && wanted !== undefined) return { name: wanted, ...none };
    throw error;
  }
  const all = json
    .list(json.fields(answer, 'the answer of /models').data, 'the models')
    .map((entry) => json.fields(entry, 'a model'));
  const found = wanted === undefined ? all[0] : all.find(({ id }) => id === wanted);
  if (!found) {
    const names = all.slice(0, 10).map(({ id }) => String(id));
    throw wanted === undefined
      ? failed('The server lists no models.')
      : new ShotglassError(
          'invalid-option',
          `The server has no model ${JSON.stringify(wanted)}. It has: ${names.join(', ')}.`,
        );
  }
  const meta = json.optional(found.meta);
  return {
    name: json.text(found.id, 'the id of a model'),
    contextLength: json.size(found.max_model_len ?? meta.n_ctx),
    vocabularySize: json.size(found.vocab_size ?? meta.n_vocab),
  };
}

type AskOne = (fields: object) => Promise<json.Fields>;

/** The tokens of the sample; null if the server does not tell tokens. */
async function sampleIds(
  tokenizer: Tokenizer,
  addBos: boolean,
  signal: AbortSignal | undefined,
): Promise<number[] | null> {
  try {
    await tokenizer.findBos(SAMPLE, addBos, signal);
  } catch (error) {
    // Some hosts answer unknown paths with a refusal or a web page. The key was right for the list of models.
    if (error instanceof Refused || error instanceof NotJson) return null;
    throw error;
  }
  const ids = (await tokenizer.tokenize(SAMPLE, signal)).map(({ id }) => id);
  if (ids.length < 2) throw nonsense('/tokenize gives a text of two words fewer than two tokens');
  return ids;
}

/** An answer with a log-probability, if there is any. */
async function firstAnswer(ask: AskOne, drawn: number | undefined): Promise<json.Fields> {
  const plain = await unlessRefused(ask({ max_tokens: 1, logprobs: 1 }));
  if (plain?.logprobs) return plain;
  // llama-server tells nothing of a token that ends the text or is half a character, so another one is drawn.
  const other =
    drawn !== undefined &&
    (await unlessRefused(ask({ max_tokens: 1, logprobs: 1, logit_bias: { [drawn]: 100 } })));
  return other || plain || ask({ max_tokens: 1 });
}

/** How the tokens of a text are told by a server that repeats a prompt with its log-probabilities; null if none is. */
async function namesByEcho(
  { dialect }: Completions,
  ask: AskOne,
  asker: (prompt: string) => AskOne,
): Promise<Tokenizer['askNames']> {
  for (const least of [0, 1] as const) {
    const names = async (text: string, ask: AskOne) => {
      const { logprobs } = await ask({ max_tokens: least, echo: true, logprobs: 1 });
      const { tokens } = json.optional(logprobs);
      const all = json.list(tokens ?? [], 'logprobs.tokens');
      const own = all.slice(0, all.length - least).map((name) => json.text(name, 'a token'));
      // A begin token that the server puts before a text.
      return spelled(own, text) === null && spelled(own.slice(1), text) ? own.slice(1) : own;
    };
    const found = await names(SAMPLE, ask).catch((error: unknown) => {
      if (error instanceof Refused) return null;
      throw error;
    });
    if (found === null || spelled(found, SAMPLE) === null) continue;
    dialect.prompts = 'echo';
    dialect.least = least;
    return (text) => names(text, asker(text));
  }
  return null;
}

/** What is answered; null if the server refuses the request. */
async function unlessRefused(asked: Promise<json.Fields>): Promise<json.Fields | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Refused && error.status !== 401 && error.status !== 403) return null;
    throw error;
  }
}

/** How the server tells the log-probabilities of a prompt. */
async function promptsWay(
  completions: Completions,
  ids: readonly number[],
  ask: AskOne,
): Promise<Dialect['prompts']> {
  const byIds = await unlessRefused(ask({ max_tokens: 0, echo: true, prompt_logprobs: 0 }));
  if (Array.isArray(byIds?.prompt_logprobs)) {
    completions.placesOf(byIds.prompt_logprobs, ids, 0);
    return 'ids';
  }
  if (completions.dialect.form === 'content') return null;
  const echoed = await unlessRefused(ask({ max_tokens: 0, echo: true, logprobs: 1 }));
  const entries = echoed ? completions.entriesOf(echoed.logprobs) : [];
  return entries.length >= ids.length && ids.every((id, i) => entries[i]?.id === id)
    ? 'echo'
    : null;
}

/** Whether the server tells the log-probabilities of tokens that it would not list. */
async function namesIds(
  completions: Completions,
  ids: readonly number[],
  ask: AskOne,
): Promise<boolean> {
  // Two names and one place: at least one of the names would not be listed by itself.
  const named = [...new Set(ids)].slice(0, 2);
  const answer = await unlessRefused(ask({ max_tokens: 1, logprobs: 1, logprob_token_ids: named }));
  if (answer === null || named.length < 2) return false;
  const found = completions.nextOf(answer.logprobs, null).named;
  return named.every((id) => found.has(id));
}

/** How many tokens the server lists. Finds out what asks for all, and how many these are. */
async function mostListed(
  completions: Completions,
  tokenizer: Tokenizer,
  ask: AskOne,
): Promise<number> {
  const listed = async (logprobs: number) => {
    const answer = await unlessRefused(ask({ max_tokens: 1, logprobs, ...completions.drawing }));
    return (answer && completions.entriesOf(answer.logprobs)[0]?.listed) ?? [];
  };
  const { vocabularySize } = tokenizer;
  const wholes = vocabularySize === null ? [-1] : [-1, vocabularySize];
  for (const all of completions.dialect.hasNames ? [] : wholes) {
    const tokens = bestFirst(await listed(all));
    const sum = tokens.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0);
    const isAll = tokens.length >= FEWEST_OF_ALL && Math.abs(sum - 1) < 0.01;
    if (!isAll || tokens.length < (vocabularySize ?? 0)) continue;
    completions.dialect.all = all;
    tokenizer.vocabularySize = tokens.length;
    return tokens.length;
  }
  for (const top of COMMON_TOPS) {
    const { length } = bestFirst(await listed(top));
    if (length > 0) return Math.min(top, length);
  }
  return 0;
}
