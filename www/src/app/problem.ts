import { type ErrorCode, ShotglassError } from 'shotglass';
import { strings } from '../strings/index.ts';
import { NotFetched } from '../util/chunk.ts';

/** Something that went wrong, as the page tells it. */
export interface Problem {
  code: ErrorCode | 'unknown';
  /** In the language that the page has when it is read. */
  readonly sentence: string;
  /** What the reader can do first, if the sentence is technical; empty if the sentence says it itself. */
  readonly advice: (isOffline: boolean) => string;
}

/** What fails for lack of a network, too: the file of a model, and a part of the engine. */
export const ofNetwork: ReadonlySet<string> = new Set<ErrorCode>([
  'download-failed',
  'worker-failed',
]);

/** What the lab itself refuses, with a sentence of its catalogue. */
export class LabError extends Error {
  constructor(
    readonly say: () => string,
    readonly code: ErrorCode = 'invalid-option',
  ) {
    super(say());
  }
}

/** Null for an abort: the reader asked for it, or newer work took its place. */
export function problemOf(error: unknown): Problem | null {
  if (error instanceof LabError) return problem(error.code, error.say);
  if (error instanceof NotFetched) {
    return problem('download-failed', () => strings.partNotFetched(error.again));
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ShotglassError) {
    const { code } = error;
    if (code === 'aborted' || code === 'closed') return null;
    const advice = (isOffline: boolean) => strings.advice(code, isOffline && ofNetwork.has(code));
    return problem(code, () => strings.problem(code, message), advice);
  }
  return problem('unknown', () => strings.unexpected(message));
}

function problem(
  code: Problem['code'],
  say: () => string,
  advice: Problem['advice'] = () => '',
): Problem {
  return {
    code,
    get sentence() {
      return say();
    },
    advice,
  };
}
