/** Requests to one server: a few at a time, tried again where that helps, and to no other origin. */
import { abortError, ShotglassError } from '../../../errors.js';
import { isNode } from '../../../util/node.js';
import { backOff, pause, type RetryPolicy, retryAfterMs } from '../../../util/retry.js';
import { failed, shown } from '../errors.js';
import { optional } from '../json.js';
import { onAbort } from './aborts.js';
import { errorTextOf, eventsOf, jsonOf } from './body.js';
import { Gate } from './gate.js';

export interface HttpOptions {
  /** The address below which `/tokenize` is, without a slash at the end. */
  root: string;
  /** The address below which `/completions` is. */
  api: string;
  headers: Readonly<Record<string, string>>;
  concurrency: number;
  timeoutMs: number;
  retryPolicy: RetryPolicy;
}

export interface Request {
  path: string;
  /** Whether the path is below the API, and not below the root. */
  isApi: boolean;
  /** Absent for GET. */
  body?: object | undefined;
}

/** A refusal: the server has understood the request and does not do it. */
export class Refused extends ShotglassError {
  readonly status: number;

  constructor(status: number, code: 'request-failed' | 'prompt-too-long', message: string) {
    super(code, message);
    this.status = status;
  }
}

/** A failure that may pass by itself. */
class Interrupted extends Error {
  readonly retryAfterMs: number | null;

  constructor(message: string, retryAfterMs: number | null = null) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

export class Http {
  readonly #options: HttpOptions;
  readonly #gate: Gate;
  /** Streams have places of their own: what comes in one may need an answer before the next can be read. */
  readonly #streams: Gate;
  readonly #closed = new AbortController();
  #hasAnswered = false;

  constructor(options: HttpOptions) {
    this.#options = options;
    this.#gate = new Gate(options.concurrency);
    this.#streams = new Gate(options.concurrency);
  }

  /** The address of the API. */
  get api(): string {
    return this.#options.api;
  }

  /** Rejects what is under way and what comes later. */
  close(): void {
    this.#closed.abort();
  }

  /** The JSON of an answer. */
  async json(request: Request, signal: AbortSignal | undefined): Promise<unknown> {
    const leave = await this.#enter(this.#gate, signal);
    try {
      return await this.#retrying(signal, async () => {
        const link = this.#link(signal);
        try {
          return await jsonOf(await this.#response(request, link.signal));
        } catch (error) {
          throw link.explained(error);
        } finally {
          link.end();
        }
      });
    } finally {
      leave();
    }
  }

  /** The objects of a stream, each as it comes. Leaving the loop ends the request. */
  async *events(
    request: Request,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<unknown, void, undefined> {
    const leave = await this.#enter(this.#streams, signal);
    try {
      const { response, link } = await this.#retrying(signal, async () => {
        const link = this.#link(signal);
        try {
          return { response: await this.#response(request, link.signal), link };
        } catch (error) {
          link.end();
          throw link.explained(error);
        }
      });
      try {
        for await (const event of eventsOf(response)) {
          link.extend();
          yield event;
        }
      } catch (error) {
        const reason = link.explained(error);
        throw reason instanceof Interrupted
          ? failed(`The stream of the server broke off (${reason.message}).`)
          : reason;
      } finally {
        link.end();
      }
    } finally {
      leave();
    }
  }

  async #enter(gate: Gate, signal: AbortSignal | undefined): Promise<() => void> {
    const link = this.#link(signal, false);
    try {
      return await gate.enter(link.signal);
    } catch (error) {
      throw link.explained(error);
    } finally {
      link.end();
    }
  }

  async #retrying<Value>(
    signal: AbortSignal | undefined,
    work: () => Promise<Value>,
  ): Promise<Value> {
    const { attempts, longestRetryAfterMs } = this.#options.retryPolicy;
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error;
        const delayMs = error.retryAfterMs ?? backOff(attempt, this.#options.retryPolicy);
        if (attempt > attempts || delayMs > longestRetryAfterMs) {
          const again = attempt === 1 ? '' : ` after ${attempt} attempts`;
          throw failed(`The server gave no answer${again}: ${error.message}. Try again later.`);
        }
        const link = this.#link(signal, false);
        await pause(delayMs, { endsOnline: error.retryAfterMs === null, signal: link.signal });
        link.end();
        if (link.signal.aborted) throw link.explained(error);
      }
    }
  }

  async #response({ path, isApi, body }: Request, signal: AbortSignal): Promise<Response> {
    const { root, api, headers } = this.#options;
    const url = (isApi ? api : root) + path;
    const response = await fetch(url, {
      method: body ? 'POST' : 'GET',
      headers: body ? { ...headers, 'Content-Type': 'application/json' } : { ...headers },
      body: body ? JSON.stringify(body) : null,
      signal,
      // Headers with a key go to this origin alone.
      redirect: 'manual',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
    }).catch((error: unknown) => {
      if (signal.aborted || this.#hasAnswered) throw error;
      throw unreachable(url, error);
    });
    this.#hasAnswered = true;
    if (response.ok) return response;
    throw await this.#refusal(url, response);
  }

  async #refusal(url: string, response: Response): Promise<Error> {
    const { status, type, headers } = response;
    if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
      await response.body?.cancel();
      return failed(
        `${url} redirects to another address. A key is not sent on, so redirects are not followed: connect to that address itself.`,
      );
    }
    const said = shown(
      messageOf(await errorTextOf(response)),
      Object.values(this.#options.headers).flatMap(secretsOf),
    );
    const answer = `the server answered ${status}${said === '' ? '' : ` (${said})`}`;
    if (status === 429 || status === 408 || status >= 500) {
      return new Interrupted(answer, retryAfterMs(headers.get('retry-after')));
    }
    if (status === 401 || status === 403) {
      return new Refused(status, 'request-failed', `Access was denied: ${answer}. Check the key.`);
    }
    const isTooLong =
      status === 413 || (status === 400 && /context|too long|too many tokens/i.test(said));
    return new Refused(
      status,
      isTooLong ? 'prompt-too-long' : 'request-failed',
      `The request to ${url} was refused: ${answer}.`,
    );
  }

  /** A signal that follows that of a call, the end of the connection and the time that an answer may take. */
  #link(signal: AbortSignal | undefined, isTimed = true) {
    const { timeoutMs } = this.#options;
    const closed = this.#closed.signal;
    const controller = new AbortController();
    const follow = () => controller.abort();
    let isLate = false;
    const timer = () =>
      setTimeout(() => {
        isLate = true;
        controller.abort();
      }, timeoutMs);
    let late = isTimed ? timer() : undefined;
    const unlinks = [signal, closed].flatMap((one) => (one ? onAbort(one, follow) : []));
    if (signal?.aborted || closed.aborted) follow();
    return {
      signal: controller.signal,
      /** Begins the time anew. */
      extend() {
        clearTimeout(late);
        late = timer();
      },
      end() {
        clearTimeout(late);
        for (const unlink of unlinks) unlink();
      },
      /** What an error during the request means. */
      explained(error: unknown): Error {
        if (signal?.aborted) return abortError(signal);
        if (closed.aborted) {
          return new ShotglassError(
            'closed',
            'The connection was closed. Connect again to use it.',
          );
        }
        if (isLate) return failed(`The server gave no answer within ${timeoutMs / 1000} s.`);
        if (error instanceof ShotglassError || error instanceof Interrupted) return error;
        return new Interrupted(whyOf(error));
      },
    };
  }
}

/** What an error says, in the shapes of the servers. */
function messageOf(text: string): string {
  try {
    const { error, message, detail } = optional(JSON.parse(text));
    const found = [optional(error).message, error, message, detail].find(
      (one) => typeof one === 'string',
    );
    return typeof found === 'string' ? found : text;
  } catch {
    // A web page says nothing that helps.
    return /^\s*</.test(text) ? '' : text;
  }
}

/** A header as it might be repeated: whole, and without the word before it. */
function secretsOf(value: string): string[] {
  return [value, value.replace(/^\S+ +/, '')];
}

function unreachable(url: string, error: unknown): ShotglassError {
  return failed(
    `${url} could not be reached (${whyOf(error)}). Check the address, and that the server runs.${
      isNode
        ? ''
        : ' A server of another origin must allow this page (CORS): vLLM with --allowed-origins, `npx shotglass serve` with --cors. A page on https can ask http://localhost, but no other address without https.'
    }`,
  );
}

/** What the network says. Node tells it as the cause of a cause, and of several addresses only as a code. */
function whyOf(error: unknown): string {
  const { message, code } = Object(Object(error).cause);
  return String(message || code || Object(error).message || error);
}
