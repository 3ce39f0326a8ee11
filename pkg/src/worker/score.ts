/** The scores of continuations: of all of them, or of those that can be scored. */

import { type ErrorReport, reportOf } from '../errors.js';
import type { Calls } from '../protocol.js';
import type { Score } from '../types.js';
import { advance, type Run } from './call.js';
import type { Engine } from './engine.js';

type Ask = Calls['score']['ask'];
type Failures = Map<number, ErrorReport>;

/** Errors of one continuation, which say nothing of the others. */
const ownErrors: readonly string[] = ['merged-continuation', 'prompt-too-long'];

/** The scores after all contexts, with a pause before each chunk. */
export async function score(engine: Engine, ask: Ask, run: Run): Promise<Calls['score']['answer']> {
  if (!ask.isEach) return scoresOf(engine, ask, run);
  const failures = await failuresOf(engine, ask, run);
  const continuations = ask.continuations.filter((_, i) => !failures.has(i));
  const scores =
    continuations.length > 0 ? await scoresOf(engine, { ...ask, continuations }, run) : [];
  const rest = scores.values();
  return ask.continuations.map((_, i) => failures.get(i) ?? (rest.next().value as Score));
}

async function scoresOf(engine: Engine, ask: Ask, run: Run): Promise<Score[]> {
  const tokens = begin(engine, ask);
  await advance(engine, tokens, run);
  return engine.scores().map((score, i) => scoreOf(score, ask.continuations[i]));
}

/** What the engine says of a continuation, as the page has it. */
export function scoreOf(score: Omit<Score, 'continuation' | 'isGreedy'>, continuation = ''): Score {
  return { continuation, isGreedy: score.tokens.every(({ rank }) => rank === 1), ...score };
}

/** What is wrong with which continuations. Nothing runs for this. */
async function failuresOf(engine: Engine, ask: Ask, run: Run): Promise<Failures> {
  const failures: Failures = new Map();
  if (errorOf(engine, ask) === null) return failures;
  for (const [i, continuation] of ask.continuations.entries()) {
    await run.pause();
    const error = errorOf(engine, { ...ask, continuations: [continuation] });
    if (error) failures.set(i, error);
  }
  return failures;
}

function errorOf(engine: Engine, ask: Ask): ErrorReport | null {
  try {
    begin(engine, ask);
    return null;
  } catch (exception) {
    const report = reportOf(exception);
    if (ownErrors.includes(report.code)) return report;
    throw exception;
  }
}

function begin(engine: Engine, { context, continuations, references, edits }: Ask): number {
  return engine.beginScores(context, continuations, references, edits?.places, edits?.rows);
}
