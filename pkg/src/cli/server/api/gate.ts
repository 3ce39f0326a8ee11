/** Who may ask: under which name, from which page, with which key. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isOwnHost } from '../hosts.js';
import { ApiError } from './errors.js';

export interface GateOptions {
  /** The address that the server listens on. */
  host: string;
  /** Null if none is asked for. */
  apiKey: string | null;
  /** Origins of other pages that may ask. */
  origins: readonly string[];
}

/** Lets a request pass, or throws what is wrong. Pages of the named origins are told that they may read the answer. */
export function pass(
  { headers, method }: IncomingMessage,
  response: ServerResponse,
  { host, apiKey, origins }: GateOptions,
): void {
  if (!isOwnHost(headers.host, host)) {
    throw new ApiError(
      403,
      'This server does not answer to the host name in your request. Use localhost, or start it with --host and that name.',
      { code: 'unknown_host' },
    );
  }
  const { origin } = headers;
  // A page of any site could make this machine compute, though it would not get to read the answer.
  if (origin !== undefined && origin !== `http://${headers.host}`) {
    if (!origins.includes(origin)) {
      throw new ApiError(
        403,
        `Pages of ${origin} may not use this server. Start it with --cors ${origin}.`,
        { code: 'unknown_origin' },
      );
    }
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Vary', 'Origin');
  }
  // A browser asks for permission without the key.
  if (apiKey === null || method === 'OPTIONS') return;
  const [, given = ''] = /^Bearer +(.*)$/i.exec(headers.authorization ?? '') ?? [];
  if (timingSafeEqual(digest(given), digest(apiKey))) return;
  response.setHeader('WWW-Authenticate', 'Bearer');
  throw new ApiError(
    401,
    given === ''
      ? 'An API key is needed: send the header Authorization: Bearer KEY.'
      : 'The API key is wrong.',
    { code: 'invalid_api_key' },
  );
}

/** What a browser asks before a page of another origin may send a request. */
export function allow(request: IncomingMessage, response: ServerResponse): void {
  const asked = request.headers['access-control-request-headers'];
  response.setHeader('Access-Control-Allow-Methods', 'GET, POST');
  if (asked !== undefined) response.setHeader('Access-Control-Allow-Headers', asked);
  response.setHeader('Access-Control-Max-Age', '600');
  response.writeHead(204).end();
}

/** Of equal length whatever the key is, so that a comparison takes the same time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
