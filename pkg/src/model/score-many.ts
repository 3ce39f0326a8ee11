/** Scores after many contexts, a request at a time: what they share runs once, and the rest of several runs together. */

import { ShotglassError } from '../errors.js';
import type { Prompt } from '../prompt/task.js';
import type { CallOptions, ManyScores, Score } from '../types.js';
import { inOrder } from '../util/in-order.js';
import { names } from '../util/option-names.js';
import * as check from '../util/validate.js';
import type { ScoreRequest } from './options.js';

type ScoreOne = (
  context: string | Prompt,
  continuations: readonly string[],
  options: CallOptions,
) => Promise<Score[]>;

/** Errors of a request, which say nothing of the others. */
const ownErrors: readonly string[] = [
  'empty-prompt',
  'invalid-option',
  'invalid-text',
  'merged-continuation',
  'prompt-too-long',
];

/** The scores of each request, or its error, in order; `most` are under way at once. Equal requests run once. */
export async function* scoreMany(
  score: ScoreOne,
  requests: readonly ScoreRequest[],
  options: CallOptions,
  most: number,
): AsyncGenerator<ManyScores, void, undefined> {
  check.only(options, names.call);
  if (!Array.isArray(requests)) throw check.invalid('requests', 'an array');
  const found = new Map<string, Promise<Score[] | ShotglassError>>();
  const repeated = repeatedIn(requests);
  const ask = (request: ScoreRequest) => {
    const { context, continuations } = Object(request);
    return score(context, continuations, options).catch(ownError);
  };
  const work = (request: ScoreRequest) => {
    const key = keyOf(request);
    // Only what comes again is held: the others may be many.
    if (!repeated.has(key)) return ask(request);
    const answer = found.get(key) ?? ask(request);
    found.set(key, answer);
    return answer;
  };
  let index = 0;
  for await (const answer of inOrder(requests, work, most)) {
    yield answer instanceof ShotglassError
      ? { index, error: answer }
      : { index, scores: [...answer] };
    index += 1;
  }
}

function keyOf(request: ScoreRequest): string {
  const { context, continuations } = Object(request);
  return JSON.stringify([Object(context).text ?? context, continuations]);
}

function repeatedIn(requests: readonly ScoreRequest[]): Set<string> {
  const seen = new Set<string>();
  return new Set(requests.map(keyOf).filter((key) => seen.has(key) || !seen.add(key)));
}

function ownError(error: unknown): ShotglassError {
  if (error instanceof ShotglassError && ownErrors.includes(error.code)) return error;
  throw error;
}
