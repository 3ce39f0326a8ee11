/** Calls for scores that wait one behind the other: those whose contexts begin alike are computed together. */

import type { Calls, Request } from '../protocol.js';
import type { Score } from '../types.js';
import { Cancelled, type Run } from './call.js';
import type { Engine } from './engine.js';
import { yieldToMessages } from './port.js';
import { scoreOf } from './score.js';

/** Most calls in one batch. It takes half a second where a row of each takes thirty milliseconds. */
export const MOST_TOGETHER = 16;

/** A context with more characters than this behind the common beginning fills chunks of the engine by itself. */
const LONGEST = 600;

/** A call for scores that waits. */
export interface Waiting {
  request: Request<'score'>;
  run: Run;
}

/** How many of these calls, which stand in this order, can be computed together with the first of them, which counts. */
export function alike(requests: readonly Request[]): number {
  const [first] = requests;
  if (first?.type !== 'score' || !isPlain(first)) return 1;
  let common = first.ask.context.length;
  let longest = common;
  for (const [i, request] of requests.entries()) {
    if (i === MOST_TOGETHER || request.type !== 'score' || !isPlain(request)) return i;
    if (request.adapter?.id !== first.adapter?.id) return i;
    if (request.adapter?.scale !== first.adapter?.scale) return i;
    common = commonLength(first.ask.context, request.ask.context, common);
    longest = Math.max(longest, request.ask.context.length);
    if (longest - common > LONGEST) return i;
  }
  return requests.length;
}

/** What asks for nothing but scores behind a context. */
function isPlain({ ask }: Request<'score'>): boolean {
  return ask.references.length === 0 && ask.edits === null && !ask.isEach;
}

function commonLength(a: string, b: string, most: number): number {
  const end = Math.min(most, b.length);
  for (let i = 0; i < end; i++) if (a.charCodeAt(i) !== b.charCodeAt(i)) return i;
  return end;
}

/**
 * Begins to compute the scores of all calls; answers with what goes on with it, which answers with the scores of each, or
 * null for one that was cancelled.
 *
 * @throws what the first of them throws that cannot be scored. Nothing has run then.
 */
export function scoreTogether(
  engine: Engine,
  waiting: readonly Waiting[],
): () => Promise<(Calls['score']['answer'] | null)[]> {
  const asks = waiting.map(({ request }) => request.ask);
  const [trunk = 0, ...behind] = engine.beginScoresOfMany(
    asks.map(({ context }) => context),
    Uint32Array.from(asks, ({ continuations }) => continuations.length),
    asks.flatMap(({ continuations }) => continuations),
  );
  return async () => {
    const cached = engine.cachedTokens();
    const report = (of: (tokens: number) => number) => {
      for (const [i, { run }] of waiting.entries()) {
        const tokensTotal = trunk + (behind[i] ?? 0);
        // The common beginning runs for the first one; the others find it.
        const cachedTokens = i === 0 ? cached : trunk;
        const tokensDone = Math.max(of(tokensTotal), cachedTokens);
        run.progress({ tokensDone, tokensTotal, cachedTokens });
      }
    };
    const tokens = behind.reduce((sum, more) => sum + more, trunk);
    report(() => cached);
    for (let left = tokens - cached; left > 0; ) {
      await yieldToMessages();
      if (waiting.every(({ run }) => run.isCancelled)) throw new Cancelled();
      left = engine.advance();
      if (left > tokens - trunk) report(() => tokens - left);
    }
    report((tokensTotal) => tokensTotal);
    const scores = engine.scores();
    return waiting.map(({ request, run }) => {
      const { continuations } = request.ask;
      const own = scores.splice(0, continuations.length);
      return run.isCancelled
        ? null
        : own.map((score, i): Score => scoreOf(score, continuations[i]));
    });
  };
}
