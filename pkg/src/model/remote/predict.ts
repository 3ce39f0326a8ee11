/** Predictions of a server. */
import type { Calls } from '../../protocol.js';
import type { Candidate, SurprisalEntry, Token } from '../../types.js';
import {
  byId,
  type Connection,
  checkLength,
  done,
  emptyPrompt,
  needsAll,
  needsTokens,
} from './connection.js';
import { onlyHere, unsupported } from './errors.js';
import { placesOf } from './places.js';
import type { Hooks, Listed, RemotePrediction } from './types.js';

export async function predict(
  connection: Connection,
  ask: Calls['predict']['ask'],
  { signal, onProgress }: Hooks,
): Promise<RemotePrediction> {
  const { completions, capabilities, info } = connection;
  if (ask.sampling) throw onlyHere('What sampling would draw');
  if (capabilities.top === 0) throw unsupported('top', 'predict');
  if (ask.logprobs) needsAll(connection, 'predict with logprobs');
  if (ask.promptTokens) needsTokens(connection, 'predict with promptTokens');
  const start = performance.now();
  // The text of given ids would be a request of its own.
  const promptTokens =
    typeof ask.prompt === 'string' || ask.promptTokens
      ? await tokensOf(connection, ask.prompt, signal)
      : null;
  const ids = promptTokens?.map(({ id }) => id) ?? (ask.prompt as readonly number[]);
  checkLength(connection, ids);
  const extra = ask.promptTokens && promptTokens ? { promptTokens } : {};
  const progress = { tokensDone: 0, tokensTotal: ids.length, cachedTokens: 0 };
  onProgress?.({ ...progress, ...extra });
  const count = Math.min(ask.topK, capabilities.top);
  const top = ask.logprobs ? null : Math.max(count, 1);
  const [next] = await completions.next([ids], { top }, signal);
  const all = next?.top ?? [];
  const candidates = await candidatesOf(connection, all.slice(0, count), signal);
  onProgress?.({ ...progress, tokensDone: ids.length });
  const { vocabularySize } = info;
  const prediction: RemotePrediction = {
    candidates,
    rest: {
      count: vocabularySize === null ? null : vocabularySize - candidates.length,
      p: ask.logprobs ? sumOf(all.slice(count)) : Math.max(0, 1 - sumOf(candidates)),
    },
    entropy: ask.logprobs ? entropyOf(all) : null,
    tokens: capabilities.tokenize ? ids.length : null,
    cachedTokens: 0,
    durationMs: performance.now() - start,
    ...extra,
  };
  return ask.logprobs ? { ...prediction, logprobs: byId(connection, all) } : prediction;
}

export async function surprisal(
  connection: Connection,
  ask: Calls['surprisal']['ask'],
  hooks: Hooks,
): Promise<SurprisalEntry[]> {
  const { completions, capabilities } = connection;
  const { signal } = hooks;
  if (capabilities.top === 0) throw unsupported('top', 'surprisal');
  needsTokens(connection, 'surprisal');
  const tokens = await tokensOf(connection, ask.text, signal);
  if (tokens.length === 0) throw emptyPrompt();
  const end = Math.min(ask.to ?? tokens.length, tokens.length);
  const ids = tokens.slice(0, end).map(({ id }) => id);
  const from = Math.max(ask.from, 1);
  const top = Math.min(ask.topK, capabilities.top);
  const sequences = from < end ? [{ ids, from }] : [];
  const [places = []] = await placesOf(completions, capabilities, sequences, top, signal);
  const entries = await Promise.all(
    places.map(async ({ logprob, rank, top }, i): Promise<SurprisalEntry> => {
      const token = tokens[from + i] as Token;
      const candidates = await candidatesOf(connection, top, signal);
      return { token, logprob, rank, entropy: null, candidates };
    }),
  );
  done(hooks, end);
  const [token] = tokens;
  const first = { logprob: null, rank: null, entropy: null, candidates: [] };
  return ask.from === 0 && end > 0 && token ? [{ token, ...first }, ...entries] : entries;
}

function tokensOf(
  { tokenizer }: Connection,
  prompt: string | readonly number[],
  signal: AbortSignal | undefined,
): Promise<Token[]> {
  return typeof prompt === 'string'
    ? tokenizer.tokenize(prompt, signal)
    : tokenizer.tokensOf(prompt, signal);
}

/** Tokens that are the best in their order. */
async function candidatesOf(
  { tokenizer }: Connection,
  best: readonly Listed[],
  signal: AbortSignal | undefined,
): Promise<Candidate[]> {
  const ids = best.map(({ id }) => id);
  const tokens = await tokenizer.tokensOf(ids, signal);
  return best.map(({ logprob }, i) => ({
    ...(tokens[i] as Token),
    p: Math.exp(logprob),
    logprob,
    rank: i + 1,
  }));
}

function sumOf(listed: readonly Listed[]): number {
  return listed.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0);
}

/** `−Σ p ln p`. */
function entropyOf(listed: readonly Listed[]): number {
  return -listed.reduce((sum, { logprob }) => sum + Math.exp(logprob) * logprob, 0);
}
