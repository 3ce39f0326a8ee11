/** All error codes. The type and the tests are derived from this list. */
export const errorCodes = [
  'not-gguf',
  'unsupported-version',
  'truncated',
  'corrupt',
  'wrong-shard',
  'wrong-adapter',
  'unsupported-architecture',
  'unsupported-tokenizer',
  'unsupported-quantization',
  'checksum-mismatch',
  'out-of-memory',
  'prompt-too-long',
  'empty-prompt',
  'merged-continuation',
  'diverged',
  'invalid-text',
  'invalid-option',
  'download-failed',
  'read-failed',
  'request-failed',
  'unsupported-by-server',
  'unsupported-browser',
  'worker-failed',
  'crashed',
  'aborted',
  'closed',
] as const;

/**
 * A stable identifier of what went wrong. The sentence in `message` says what to do about it and may
 * change between versions; the code does not.
 *
 * | code | means |
 * |---|---|
 * | `not-gguf` | the bytes are not a GGUF file (often a web page saved in its place) |
 * | `unsupported-version` | the GGUF version is not supported |
 * | `truncated` | the file, or the body of the HTTP response, ends too early |
 * | `corrupt` | the file contradicts itself |
 * | `wrong-shard` | a file of a split model is missing, out of order, or part of another model |
 * | `wrong-adapter` | the file is no adapter, or one for another model |
 * | `unsupported-architecture` | the file is valid, but its model family is not supported |
 * | `unsupported-tokenizer` | the tokenizer is not supported |
 * | `unsupported-quantization` | a tensor type is not supported |
 * | `checksum-mismatch` | the SHA-256 of the file is not the expected one |
 * | `out-of-memory` | the model does not fit into the memory available to the page |
 * | `prompt-too-long` | the prompt has more tokens than the model's context holds |
 * | `empty-prompt` | the prompt has no tokens, so there is no distribution of the next one |
 * | `merged-continuation` | the end of the context and the start of a continuation form one token |
 * | `diverged` | the loss of a training is no longer a finite number |
 * | `invalid-text` | a string contains an unpaired surrogate, which has no UTF-8 form |
 * | `invalid-option` | an argument has the wrong type or is out of range; the message names it |
 * | `download-failed` | the network, the server or its CORS headers refused the file |
 * | `read-failed` | a path, `Blob` or stream could not be read |
 * | `request-failed` | a model server could not be reached, refused, or gave an answer that cannot be right |
 * | `unsupported-by-server` | the server does not give what the call needs; the message says which servers do |
 * | `unsupported-browser` | the browser has no WebAssembly SIMD or no workers |
 * | `worker-failed` | the worker or its engine file could not be started |
 * | `crashed` | the engine stopped unexpectedly; load the model again |
 * | `aborted` | the `AbortSignal` was aborted; `cause` is its reason |
 * | `closed` | `close()` was called |
 */
export type ErrorCode = (typeof errorCodes)[number];

/**
 * Every error that this package throws or rejects with.
 *
 * `name` is `'AbortError'` if `code` is `'aborted'`, as for aborts of the platform itself, and
 * `'ShotglassError'` otherwise.
 */
export class ShotglassError extends Error {
  /** The stable identifier of what went wrong. */
  readonly code: ErrorCode;

  /** Creates an error from a code and a sentence that says what to do. */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = code === 'aborted' ? 'AbortError' : 'ShotglassError';
    this.code = code;
  }
}

/** The form in which an error crosses between the worker and the page. */
export interface ErrorReport {
  code: ErrorCode;
  message: string;
}

/**
 * The code of an error of this package; null for any other error. The engine throws plain `Error`s with a
 * code. Codes of other origin, such as Node's `ENOENT`, do not count.
 */
export function codeOf(error: unknown): ErrorCode | null {
  const { code } = Object(error) as { code?: unknown };
  return errorCodes.find((ours) => ours === code) ?? null;
}

/**
 * An exception as a report. An exception without a code of this package is a trap or a bug, after which
 * the memory of the engine cannot be trusted: `crashed`.
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

/** The error with which a call rejects when its `AbortSignal` is aborted. */
export function abortError(signal: AbortSignal): ShotglassError {
  return new ShotglassError('aborted', 'The call was aborted.', { cause: signal.reason });
}
