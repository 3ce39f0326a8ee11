/** What completions and chats have in common: how a prompt goes on. */
import { randomInt } from 'node:crypto';
import type { AnyPrompt, GenerateOptions } from '../../../model/options.js';
import type { GenerateStep, ModelInfo } from '../../../types.js';
import type { Ask } from './ask.js';
import { ApiError, wrong } from './errors.js';
import { type Body, flag, ids, integer, isObject, number, refuse, strings } from './fields.js';

/** More entries than this, of all tokens of an answer together, would take gigabytes on the way. */
const MOST_ENTRIES = 2 ** 21;

/** How a prompt is to go on. */
export interface Generating {
  /** Answers to each prompt. */
  n: number;
  seed: number;
  maxTokens: number;
  options: GenerateOptions;
  stream: boolean;
  /** Whether a stream ends with what it has cost. */
  withUsage: boolean;
}

/** Reads the fields. `candidates` is how many tokens are listed at each step. */
export function generating(
  body: Body,
  info: Readonly<ModelInfo>,
  maxTokens: number,
  candidates: number,
): Generating {
  const { n, logprob_token_ids: named, response_format: format, stream_options: streamed } = body;
  refuse(
    body,
    ['presence_penalty', 0],
    ['frequency_penalty', 0],
    ['repetition_penalty', 1],
    ['best_of', 1, n],
    ['suffix', ''],
    ['tools'],
    ['functions'],
  );
  if (isObject(format)) refuse(format, ['type', 'text']);
  return {
    n: integer(body, 'n', 1, 128) ?? 1,
    seed: seedOf(integer(body, 'seed', Number.MIN_SAFE_INTEGER)),
    maxTokens: Math.min(maxTokens, info.contextLength),
    options: {
      temperature: number(body, 'temperature', 0, 2) ?? 1,
      topP: topP(body),
      topK: Math.min(Math.max(0, integer(body, 'top_k', -1) ?? 0), info.vocabularySize),
      minP: number(body, 'min_p', 0, 1) ?? 0,
      stop: strings(body, 'stop'),
      logitBias: logitBias(body, info.vocabularySize),
      candidates,
      ids: ids(named ?? [], 'logprob_token_ids', info.vocabularySize),
    },
    stream: flag(body, 'stream'),
    withUsage: isObject(streamed) && flag(streamed, 'include_usage'),
  };
}

/** The steps of one answer, counted. */
export async function* steps(
  { model, usage, signal }: Ask,
  prompt: AnyPrompt,
  { options, maxTokens, seed }: Generating,
  choice: number,
  onProgress?: GenerateOptions['onProgress'],
): AsyncGenerator<GenerateStep, void, undefined> {
  const all = { ...options, maxTokens, seed: (seed + choice) % Number.MAX_SAFE_INTEGER };
  for await (const step of model.generate(prompt, { ...all, signal, onProgress })) {
    usage.completionTokens += 1;
    yield step;
  }
}

/** Why an answer ended, in OpenAI's words. */
export function finishReason(finish: GenerateStep['finish']): 'stop' | 'length' | null {
  return finish === 'end' ? 'stop' : finish;
}

/** Refuses an answer with so many log-probabilities, before anything has run for it. */
export function checkEntries(tokens: number, listed: number): void {
  if (tokens * listed <= MOST_ENTRIES) return;
  throw new ApiError(
    400,
    `An answer of up to ${tokens} tokens with ${listed} log-probabilities each is too large. Ask for fewer tokens or fewer log-probabilities: ${MOST_ENTRIES} together.`,
    { param: 'logprobs' },
  );
}

function topP(body: Body): number {
  const value = number(body, 'top_p', 0, 1) ?? 1;
  if (value > 0) return value;
  throw wrong('top_p', 'a number above 0 and at most 1');
}

/** Without a seed every answer is another. A negative one stands for a number of its own. */
function seedOf(asked: number | undefined): number {
  if (asked === undefined) return randomInt(2 ** 47);
  return asked < 0 ? Number.MAX_SAFE_INTEGER + asked : asked;
}

function logitBias(body: Body, vocabularySize: number): Record<number, number> {
  const { logit_bias: bias } = body;
  const value = bias ?? {};
  if (!isObject(value)) throw wrong('logit_bias', 'an object from token ids to numbers');
  for (const id of Object.keys(value)) {
    ids([/^\d+$/.test(id) ? Number(id) : null], 'logit_bias (its keys)', vocabularySize);
    if (number(value, id, -100, 100) === undefined) {
      throw wrong(`logit_bias.${id}`, 'a number from -100 to 100');
    }
  }
  return value as Record<number, number>;
}
