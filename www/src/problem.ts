import { type ErrorCode, ShotglassError } from 'shotglass';
import { strings } from './strings/index.ts';

/** Something that went wrong, as the page tells it. */
export interface Problem {
  code: ErrorCode | 'unknown';
  sentence: string;
}

/** Null for an abort: the reader asked for it, or newer work took its place. */
export function problemOf(error: unknown): Problem | null {
  if (error instanceof ShotglassError) {
    if (error.code === 'aborted' || error.code === 'closed') return null;
    // Where the lab knows more than the package about what the reader can do, it says so.
    const sentence = strings.problems[error.code] ?? error.message;
    return { code: error.code, sentence };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'unknown', sentence: strings.unexpected(message) };
}
