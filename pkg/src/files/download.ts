/** A file over the network, as a stream that goes on where it broke off. */
import { ShotglassError } from '../errors.js';
import type { Retry } from '../types.js';
import { isNode } from '../util/node.js';
import { backOff, pause, type RetryPolicy, retryAfterMs } from '../util/retry.js';
import { canResume, continues, type FileVersion, rangeHeaders, versionOf } from './version.js';

/** What a download yields: bytes, and between them the events of the download. */
export type DownloadEvent = Uint8Array | FileStart | RetryNotice;

/** The bytes that follow are those from the beginning of the file; any that came before are void. */
export interface FileStart {
  type: 'start';
  version: FileVersion;
}

/** It has failed, and is tried again after `retry.delayMs`. */
export interface RetryNotice {
  type: 'retry';
  retry: Retry;
}

export interface DownloadOptions {
  retryPolicy: RetryPolicy;
  /** Whether the whole will be checked against a hash, so that its parts need no other proof. */
  isChecked: boolean;
  /** What is there already, and of which version of the file. */
  begun?: { bytes: number; version: FileVersion } | null;
  /** Whether the browser's HTTP cache is left out, because the file is cached elsewhere. */
  isCached?: boolean;
}

/** An interruption that may pass by itself. */
class Interrupted extends Error {
  constructor(
    message: string,
    readonly retryAfterMs: number | null = null,
    override readonly cause: unknown = undefined,
  ) {
    super(message);
  }
}

type Within = <Value>(promise: Promise<Value>) => Promise<Value>;

/** How far a download is. */
interface State {
  version: FileVersion | null;
  /** Bytes of that version. */
  at: number;
  /** Whether the server has ever answered. Until then no connection has broken: there is none. */
  hasAnswered: boolean;
}

/**
 * The events of the file at `url`. When the connection breaks, the rest is asked for with a Range
 * (RFC 9110, §14.2), after waits that double; where the server does not know ranges, or the file is
 * another one by then, it starts again, and says so.
 *
 * Every byte further than any before is progress; tries without progress are counted.
 *
 * @throws `download-failed`, or `truncated` where a known length is not reached.
 */
export async function* download(
  url: string,
  options: DownloadOptions,
): AsyncGenerator<DownloadEvent> {
  const { retryPolicy, begun, isChecked } = options;
  // All of it is there already, and will be checked.
  if (begun && isChecked && begun.bytes === begun.version.bytesTotal) return;
  const state: State = {
    version: begun?.version ?? null,
    at: begun?.bytes ?? 0,
    hasAnswered: false,
  };
  const attempts = /^https?:/i.test(url) ? retryPolicy.attempts : 0;
  let furthest = state.at;
  let attempt = 0;
  for (;;) {
    try {
      for await (const event of connection(url, state, options)) {
        if (state.at > furthest) {
          furthest = state.at;
          attempt = 0;
        }
        yield event;
      }
      return;
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      attempt++;
      const delayMs = error.retryAfterMs ?? backOff(attempt, retryPolicy);
      if (attempt > attempts || delayMs > retryPolicy.longestRetryAfterMs) {
        throw final(url, state, error, attempt - 1);
      }
      yield { type: 'retry', retry: { attempt, attempts, delayMs, reason: error.message } };
      await pause(delayMs, { endsOnline: error.retryAfterMs === null });
    }
  }
}

/** One connection: from where the state is, to the end or to an `Interrupted`. */
async function* connection(
  url: string,
  state: State,
  options: DownloadOptions,
): AsyncGenerator<DownloadEvent> {
  const controller = new AbortController();
  const within = watchdog(options.retryPolicy.stallMs, controller);
  try {
    const response = await answer(url, state, options, controller.signal, within);
    if (response === null) return;
    if (response.status !== 206) {
      state.version = versionOf(response);
      state.at = 0;
      yield { type: 'start', version: state.version };
    }
    const reader = response.body?.getReader();
    if (reader === undefined) throw new Interrupted('the response was empty');
    for (;;) {
      const { done, value } = await within(reader.read());
      if (done) break;
      state.at += value.length;
      yield value;
    }
    const { bytesTotal, isExact } = state.version as FileVersion;
    if (isExact && bytesTotal !== null && state.at < bytesTotal)
      throw new Interrupted('it ended early');
  } finally {
    controller.abort();
  }
}

/** An answer with the body that is wanted next; null if there is no more of it. */
async function answer(
  url: string,
  state: State,
  { isChecked, isCached }: DownloadOptions,
  signal: AbortSignal,
  within: Within,
): Promise<Response | null> {
  const { version, at } = state;
  if (version !== null && at > 0 && canResume(version, isChecked)) {
    const headers = rangeHeaders(version, at);
    const response = await ask(url, state, { signal, headers, cache: 'no-store' }, within);
    const { status } = response;
    if (status === 206 && continues(response, at, version, isChecked)) return response;
    if (status === 416 && response.headers.get('content-range') === `bytes */${at}`) return null;
    // A whole file is what is needed anyway, if it cannot be the rest.
    if (status !== 206 && status !== 416) return whole(url, response);
    await response.body?.cancel();
  }
  return whole(
    url,
    await ask(url, state, isCached ? { signal, cache: 'no-store' } : { signal }, within),
  );
}

async function ask(
  url: string,
  state: State,
  init: RequestInit,
  within: Within,
): Promise<Response> {
  const response = await within(fetch(url, init)).catch((error: unknown) => {
    throw state.hasAnswered ? error : unreachable(url, error);
  });
  state.hasAnswered = true;
  return response;
}

/** The answer, if it is a whole file. */
function whole(url: string, response: Response): Response {
  const { status, headers } = response;
  if (status === 429 || status === 408 || status >= 500) {
    const waitMs = retryAfterMs(headers.get('retry-after'));
    const wait = waitMs === null ? '' : ` and asks to wait ${Math.ceil(waitMs / 1000)} s`;
    throw new Interrupted(`the server answered ${status}${wait}`, waitMs);
  }
  if (!response.ok || status === 206) {
    const isClosed = status === 401 || status === 403;
    const hint = isClosed
      ? 'Check the address: no file is there, or it cannot be read without an account.'
      : 'Check the address.';
    throw failed(`The server answered ${status} for ${shown(url)}. ${hint}`);
  }
  if (response.body === null || /^text\/html/i.test(headers.get('content-type') ?? '')) {
    throw failed(
      `The server answered with a web page, not a model file, for ${shown(url)}. Check that ` +
        'the address is that of the file itself.',
    );
  }
  return response;
}

/** Waits for the network, and breaks off if nothing comes. Whoever reads may take any time. */
function watchdog(stallMs: number, controller: AbortController): Within {
  return async <Value>(promise: Promise<Value>): Promise<Value> => {
    const onStall = () => controller.abort(new Error(`no data for ${stallMs / 1000} s`));
    const timer = setTimeout(onStall, stallMs);
    try {
      return await promise;
    } catch (error) {
      throw new Interrupted(reason(error), null, error);
    } finally {
      clearTimeout(timer);
    }
  };
}

/** The error when no try is left. */
function final(url: string, { version, at }: State, cause: Interrupted, retries: number): Error {
  const again =
    retries === 0 ? '' : `; ${retries === 1 ? 'a retry' : `${retries} retries`} failed too`;
  if (version === null) {
    return failed(
      `${shown(url)} could not be downloaded: ${cause.message}${again}. Try again later.`,
    );
  }
  const of = version.bytesTotal === null ? '' : ` of ${version.bytesTotal}`;
  return new ShotglassError(
    version.bytesTotal === null ? 'download-failed' : 'truncated',
    `The download was interrupted after ${at}${of} bytes (${cause.message}${again}). Check the connection ` +
      'and load again.',
  );
}

function unreachable(url: string, error: unknown): Error {
  const why = error instanceof Error ? error.message : String(error);
  return failed(
    `${shown(url)} could not be downloaded (${why}). Check the address and the connection${
      isNode
        ? ''
        : '; if the file is on another site, that site must allow this page to read it (CORS)'
    }.`,
  );
}

function failed(sentence: string): ShotglassError {
  return new ShotglassError('download-failed', sentence);
}

function shown(url: string): string {
  return url.length > 200 ? `${url.slice(0, 200)}…` : url;
}

/** What the network says: Node tells it as the cause of a cause, and of several addresses only as a code. */
function reason(error: unknown): string {
  const { message, code } = Object(Object(error).cause);
  return message || code ? `${Object(error).message}: ${message || code}` : String(error);
}
