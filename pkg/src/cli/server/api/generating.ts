/** What completions and chats have in common: how a prompt goes on. */
import { randomInt } from 'node:crypto';
import type { AnyPrompt, GenerateOptions } from '../../../model/options.js';
import type { GenerateStep, ModelInfo } from '../../../types.js';
import type { Ask } from './ask.js';
import { ApiError, wrong } from './errors.js';
import { type Body, flag, ids, integer, isObject, number, refuse, strings } from './fields.js';

/** More than this, in an answer, would take gigabytes on the way. */
const MOST_LOGPROBS = 2 ** 21;
/** Answers to all prompts of a request together. */
const MOST_CHOICES = 2048;
const MOST_STOPS = 16;

/** How many log-probabilities an answer may still have. */
export class Room {
  #left = MOST_LOGPROBS;

  /** Takes room for so many tokens before anything runs for them, or refuses the request. */
  take(tokens: number, listed: number): void {
    this.#left -= tokens * listed;
    if (this.#left >= 0) return;
    throw new ApiError(
      400,
      `The answer could have more than ${MOST_LOGPROBS} log-probabilities. Ask for fewer of them, or for fewer tokens.`,
      { param: 'logprobs' },
    );
  }
}

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

/**
 * Reads the fields of a request with so many prompts, whose answers list so many candidates at each step, and takes the
 * room that they need.
 */
export function generating(
  body: Body,
  info: Readonly<ModelInfo>,
  { prompts, candidates, ...asked }: { prompts: number; maxTokens: number; candidates: number },
  room: Room,
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
  const listed = ids(named ?? [], 'logprob_token_ids', info.vocabularySize);
  const maxTokens = Math.min(asked.maxTokens, info.contextLength);
  const answers = integer(body, 'n', 1, Math.floor(MOST_CHOICES / prompts)) ?? 1;
  room.take(prompts * answers * maxTokens, candidates + listed.length);
  return {
    n: answers,
    seed: seedOf(integer(body, 'seed', Number.MIN_SAFE_INTEGER)),
    maxTokens,
    options: {
      temperature: number(body, 'temperature', 0, 2) ?? 1,
      topP: topP(body),
      topK: Math.min(Math.max(0, integer(body, 'top_k', -1) ?? 0), info.vocabularySize),
      minP: number(body, 'min_p', 0, 1) ?? 0,
      stop: strings(body, 'stop', MOST_STOPS),
      logitBias: logitBias(body, info.vocabularySize),
      candidates,
      ids: listed,
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
