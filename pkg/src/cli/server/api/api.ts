/** An API like OpenAI's over HTTP, so that its clients and evaluation harnesses can ask the model. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Terminal } from '../../terminal.js';
import { type Ask, type Endpoint, now, Usage } from './ask.js';
import { readBody } from './body.js';
import { chat } from './chat.js';
import { completions } from './completions.js';
import { embeddings } from './embeddings.js';
import { ApiError, apiError } from './errors.js';
import type { Body } from './fields.js';
import { allow, type GateOptions, pass } from './gate.js';
import { Queue } from './queue.js';
import { send } from './reply.js';
import type { ServedModel } from './served-model.js';
import { detokenize, tokenize, tokenizerInfo } from './tokens.js';

export interface ApiOptions extends GateOptions {
  model: ServedModel;
  /** How many requests are answered or wait at once. */
  queue: number;
  terminal: Terminal;
}

/** A route: its method and what answers; the field that a message of the model is about. */
interface Route {
  method: 'GET' | 'POST';
  answer: Endpoint;
  param: string | null;
}

const started = now();

const routes: Readonly<Record<string, Route>> = {
  '/v1/models': {
    method: 'GET',
    answer: async (ask) => ({ object: 'list', data: [modelObject(ask)] }),
    param: null,
  },
  '/v1/completions': { method: 'POST', answer: completions, param: 'prompt' },
  '/v1/chat/completions': { method: 'POST', answer: chat, param: 'messages' },
  '/v1/embeddings': { method: 'POST', answer: embeddings, param: 'input' },
  '/tokenize': { method: 'POST', answer: tokenize, param: 'prompt' },
  '/detokenize': { method: 'POST', answer: detokenize, param: 'tokens' },
  '/tokenizer_info': { method: 'GET', answer: tokenizerInfo, param: null },
};
const oneModel: Route = { method: 'GET', answer: async (ask) => modelObject(ask), param: null };

/** Whether a path is one of the API's, beside a lab. */
export function isApi(path: string): boolean {
  return path.startsWith('/v1/') || Object.hasOwn(routes, path);
}

export function apiListener(options: ApiOptions): RequestListener {
  const queue = new Queue(options.queue);
  return (request, response) => {
    response.on('error', () => {});
    void respond(request, response, queue, options);
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  queue: Queue,
  options: ApiOptions,
): Promise<void> {
  const begun = performance.now();
  const usage = new Usage();
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  let param: string | null = null;
  try {
    pass(request, response, options);
    if (request.method === 'OPTIONS') {
      allow(request, response);
      return;
    }
    const { answer, param: about, named } = routeOf(request.method, path);
    param = about;
    await queue.run(async () => {
      const body: Body = request.method === 'POST' ? await readBody(request) : { model: named };
      const { model: name } = body;
      const model = await options.model.get(name);
      const { signal } = gone;
      const ask: Ask = { model, id: options.model.id, body, signal, usage, response };
      const json = await answer(ask);
      if (json !== undefined) await send(response, 200, json);
    });
  } catch (error) {
    options.model.heard(error);
    await fail(response, apiError(error, param));
  } finally {
    options.terminal.say(line(request, path, response, usage, performance.now() - begun));
  }
}

function routeOf(method: string | undefined, path: string): Route & { named?: string } {
  const [, named] = /^\/v1\/models\/(.+)$/.exec(path) ?? [];
  const route = named !== undefined ? oneModel : Object.hasOwn(routes, path) ? routes[path] : null;
  if (!route) {
    throw new ApiError(404, `There is nothing at ${path}.`, { code: 'unknown_url' });
  }
  if (route.method !== method) {
    throw new ApiError(405, `${path} takes ${route.method} requests only.`, {
      code: 'method_not_allowed',
    });
  }
  return named === undefined ? route : { ...route, named: decoded(named) };
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function modelObject({ id, model: { info } }: Ask) {
  return {
    id,
    object: 'model',
    created: started,
    owned_by: 'shotglass',
    max_model_len: info.contextLength,
    vocab_size: info.vocabularySize,
  };
}

async function fail(response: ServerResponse, error: ApiError): Promise<void> {
  if (!response.headersSent) {
    // What is left of the request is not read.
    if (error.status === 413 || error.status === 408) response.setHeader('Connection', 'close');
    if (error.status === 429) response.setHeader('Retry-After', '1');
    await send(response, error.status, error.body);
  } else if (!response.writableEnded) {
    response.end(`data: ${JSON.stringify(error.body)}\n\n`);
  }
}

function line(
  { method }: IncomingMessage,
  path: string,
  { statusCode, headersSent, writableFinished }: ServerResponse,
  { promptTokens, completionTokens, cachedTokens }: Usage,
  milliseconds: number,
): string {
  const shown = path.replace(/[^!-~]/g, '?').slice(0, 60);
  const status = headersSent ? String(statusCode) : 'no answer';
  const left = writableFinished ? '' : ', the client left';
  const cached = cachedTokens > 0 ? ` (${cachedTokens} cached)` : '';
  const tokens = promptTokens > 0 ? `, ${promptTokens}${cached} + ${completionTokens} tokens` : '';
  return `${method} ${shown} ${status}${tokens}, ${(milliseconds / 1000).toFixed(2)} s${left}`;
}
