/** What the calls of a connection share. */
import { ShotglassError } from '../../errors.js';
import type { AskInfo } from '../asks.js';
import { promptMessage } from '../asks.js';
import type { AnyPrompt } from '../options.js';
import type { Completions, Sent } from './completions.js';
import { nonsense, unsupported } from './errors.js';
import type { Http } from './http/http.js';
import type { Tokenizer } from './tokens/tokenizer.js';
import type { Capabilities, Hooks, Listed, RemoteInfo } from './types.js';

export interface Connection {
  http: Http;
  tokenizer: Tokenizer;
  completions: Completions;
  capabilities: Readonly<Capabilities>;
  info: Readonly<RemoteInfo>;
}

/** What options are checked against. What is not known limits nothing here, and the server decides. */
export function askInfo({ vocabularySize, contextLength }: RemoteInfo): AskInfo {
  return {
    vocabularySize: vocabularySize ?? 2 ** 31,
    contextLength: contextLength ?? 2 ** 31,
    layers: 0,
    hiddenSize: 0,
  };
}

/** The ids of a prompt, of which there is at least one and no more than the context holds. */
export async function idsOf(
  connection: Connection,
  prompt: AnyPrompt,
  signal: AbortSignal | undefined,
): Promise<Sent> {
  const { tokenizer, info } = connection;
  const message = promptMessage(prompt, askInfo(info));
  const ids =
    typeof message === 'string'
      ? (await tokenizer.tokenize(message, signal)).map(({ id }) => id)
      : message;
  checkLength(connection, ids);
  return ids;
}

export function checkLength({ info: { contextLength } }: Connection, { length }: Sent): void {
  if (length === 0) throw emptyPrompt();
  if (contextLength !== null && length > contextLength) throw tooLong(length, contextLength);
}

export function needsAll({ capabilities }: Connection, what: string): void {
  if (capabilities.distribution !== 'full') throw unsupported('full', what);
}

export function needsTokens({ capabilities }: Connection, what: string): void {
  if (!capabilities.tokenize) throw unsupported('tokenize', what);
}

/** A whole distribution, by id. */
export function byId({ info: { vocabularySize } }: Connection, all: readonly Listed[]) {
  const logprobs = new Float32Array(all.length).fill(Number.NaN);
  for (const { id, logprob } of all) logprobs[id] = logprob;
  if (all.length === vocabularySize && !logprobs.some(Number.isNaN)) return logprobs;
  throw nonsense('its distribution lacks tokens of the vocabulary');
}

/** Reports that all of a run is done. */
export function done({ onProgress }: Hooks, tokens: number): void {
  onProgress?.({ tokensDone: tokens, tokensTotal: tokens, cachedTokens: 0 });
}

export function emptyPrompt(): ShotglassError {
  return new ShotglassError(
    'empty-prompt',
    'The prompt is empty, and this model predicts nothing without at least one token. Write something first.',
  );
}

export function tooLong(tokens: number, limit: number): ShotglassError {
  return new ShotglassError(
    'prompt-too-long',
    `The prompt has ${tokens} tokens, but the model reads at most ${limit}. Shorten it.`,
  );
}
