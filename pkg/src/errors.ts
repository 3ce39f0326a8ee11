/** Every code there is: the type is made of this list, and so is the test of what crosses to the page. */
export const errorCodes = [
  'not-gguf',
  'unsupported-version',
  'truncated',
  'corrupt',
  'wrong-shard',
  'unsupported-architecture',
  'unsupported-tokenizer',
  'unsupported-quantization',
  'checksum-mismatch',
  'out-of-memory',
  'prompt-too-long',
  'empty-prompt',
  'merged-continuation',
  'invalid-text',
  'invalid-option',
  'download-failed',
  'read-failed',
  'unsupported-browser',
  'worker-failed',
  'crashed',
  'aborted',
  'closed',
] as const;

/**
 * What went wrong, as a stable word. The sentence in `message` says what to do about it and may
 * change between versions; the code does not.
 *
 * | code | means |
 * |---|---|
 * | `not-gguf` | the bytes are not a GGUF file (often a web page saved in its place) |
 * | `unsupported-version` | a GGUF version that this reader does not know |
 * | `truncated` | the file, or the body of the HTTP answer, ends before it should |
 * | `corrupt` | the file contradicts itself |
 * | `wrong-shard` | a model in several files of which one is missing, out of place or of another model |
 * | `unsupported-architecture` | a sound file of a model family that does not run here |
 * | `unsupported-tokenizer` | a tokenizer that does not run here |
 * | `unsupported-quantization` | a tensor type that cannot be read |
 * | `checksum-mismatch` | the SHA-256 of the file is not the one asked for |
 * | `out-of-memory` | the model does not fit in the memory that the page may have |
 * | `prompt-too-long` | more tokens than the model's context holds |
 * | `empty-prompt` | no token at all: there is no distribution before the first token |
 * | `merged-continuation` | the end of the context and the beginning of a continuation are one token |
 * | `invalid-text` | text with half of a surrogate pair, which has no UTF-8 form |
 * | `invalid-option` | an argument of the wrong type or out of range; the message names it |
 * | `download-failed` | the network, the server or its CORS headers refused the file |
 * | `read-failed` | a path, `Blob` or stream could not be read |
 * | `unsupported-browser` | no WebAssembly SIMD, or no workers |
 * | `worker-failed` | the worker or its engine file could not be started |
 * | `crashed` | the engine stopped unexpectedly; load the model again |
 * | `aborted` | the `AbortSignal` was aborted; `cause` is its reason |
 * | `closed` | `close()` was called |
 */
export type ErrorCode = (typeof errorCodes)[number];

/**
 * Every error that this package throws or rejects with.
 *
 * `name` is `'AbortError'` when `code` is `'aborted'`, as the platform's own aborts have it, and
 * `'ShotglassError'` otherwise.
 */
export class ShotglassError extends Error {
  /** The stable word for what went wrong. */
  readonly code: ErrorCode;

  /** An error with its word, and a sentence that says what to do. */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = code === 'aborted' ? 'AbortError' : 'ShotglassError';
    this.code = code;
  }
}

/** What is left of an error when it crosses between the worker and the page. */
export interface ErrorReport {
  code: ErrorCode;
  message: string;
}

/**
 * The code of an error of ours, which where the engine has thrown it is a plain `Error`; null for any
 * other. Others have codes too: Node's `ENOENT` is none of ours.
 */
export function codeOf(error: unknown): ErrorCode | null {
  const { code } = Object(error) as { code?: unknown };
  return errorCodes.find((ours) => ours === code) ?? null;
}

/**
 * An exception as a report. One without a code of ours is a trap or a bug, after which the engine's
 * memory cannot be trusted: `crashed`.
 */
export function reportOf(exception: unknown): ErrorReport {
  const message = exception instanceof Error ? exception.message : String(exception);
  const code = codeOf(exception);
  if (code !== null) return { code, message };
  return {
    code: 'crashed',
    message: `The engine stopped unexpectedly (${message}). Load the model again.`,
  };
}

/** The rejection of everything that an `AbortSignal` stops. */
export function abortError(signal: AbortSignal): ShotglassError {
  return new ShotglassError('aborted', 'The call was aborted.', { cause: signal.reason });
}
