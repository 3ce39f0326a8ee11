/** Errors in OpenAI's shape, which its clients show and know how to treat. */
import { codeOf } from '../../../errors.js';

/** An answer that is an error. */
export class ApiError extends Error {
  readonly status: number;
  /** The field of the request that is wrong; null if none is. */
  readonly param: string | null;
  readonly code: string | null;

  constructor(
    status: number,
    message: string,
    { param = null, code = null }: { param?: string | null; code?: string | null } = {},
  ) {
    super(message);
    this.status = status;
    this.param = param;
    this.code = code;
  }

  /** What is sent. */
  get body() {
    const { message, param, code, status } = this;
    const type =
      status === 429
        ? 'rate_limit_error'
        : status < 500
          ? 'invalid_request_error'
          : status === 503
            ? 'service_unavailable_error'
            : 'server_error';
    return { error: { message, type, param, code } };
  }
}

/** A field of a request that has no meaning here. */
export function wrong(param: string, mustBe: string): ApiError {
  return new ApiError(400, `${param} must be ${mustBe}.`, { param });
}

/** What a client is told of an error that was thrown while its request was answered. */
export function apiError(error: unknown, param: string | null = null): ApiError {
  if (error instanceof ApiError) return error;
  const message = error instanceof Error ? error.message : String(error);
  switch (codeOf(error)) {
    case 'prompt-too-long':
      return new ApiError(400, message, { param, code: 'context_length_exceeded' });
    case 'empty-prompt':
    case 'invalid-text':
    case 'invalid-option':
      return new ApiError(400, message, { param });
    case 'crashed':
    case 'closed':
      return new ApiError(503, message, { code: 'engine_stopped' });
    default:
      return new ApiError(500, message, { code: codeOf(error) });
  }
}
