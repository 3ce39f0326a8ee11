/** What scoring asks of the worker, and results in the order of the continuations. */

import { type ErrorReport, ShotglassError } from '../errors.js';
import type { Prompt } from '../prompt/task.js';
import type { Calls } from '../protocol.js';
import type { EachScore, ModelInfo, Score } from '../types.js';
import { names } from '../util/option-names.js';
import * as check from '../util/validate.js';
import { editsMessage } from './edits.js';
import type { ScoreOptions } from './options.js';

export function scoreAsk(
  context: string | Prompt,
  continuations: string[],
  options: ScoreOptions,
  info: ModelInfo,
): Calls['score']['ask'] {
  check.only(options, { reference: true, ...names.edits, ...names.run });
  return {
    context: check.promptText(context, 'context'),
    continuations,
    references: check.referenceTexts(options.reference),
    edits: editsMessage(options.edits, info),
    isEach: false,
  };
}

/** A result for each continuation. Those that no engine could score are not sent. */
export async function scoresOfEach(
  continuations: unknown,
  send: (continuations: string[]) => Promise<(Score | ErrorReport)[]>,
): Promise<EachScore[]> {
  if (!Array.isArray(continuations) || continuations.length === 0) {
    throw check.invalid('continuations', 'a non-empty array of strings');
  }
  const errors = continuations.map(errorOf);
  const sound = continuations.filter((_, i) => errors[i] === null);
  const answers = sound.length > 0 ? await send(sound) : [];
  return continuations.map((continuation: string, i) => {
    const found = errors[i] ?? answers.shift();
    if (found === undefined || !('code' in found)) return found as Score;
    return { continuation, error: new ShotglassError(found.code, found.message) };
  });
}

/** What is wrong with a text by itself. */
function errorOf(continuation: unknown): ShotglassError | null {
  if (typeof continuation !== 'string') throw check.invalid('continuations', 'strings');
  try {
    check.continuationTexts([continuation]);
    return null;
  } catch (error) {
    return error as ShotglassError;
  }
}
