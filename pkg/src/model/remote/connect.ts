/** A connection to a server. */
import { ShotglassError } from '../../errors.js';
import { retryPolicy } from '../../util/retry.js';
import * as check from '../../util/validate.js';
import { Http } from './http/http.js';
import { probe } from './probe.js';
import { RemoteModel } from './remote-model.js';
import type { ConnectOptions } from './types.js';

const names = {
  model: true,
  apiKey: true,
  headers: true,
  addBos: true,
  concurrency: true,
  timeoutMs: true,
  signal: true,
} as const;

export async function connect(url: string | URL, options: ConnectOptions): Promise<RemoteModel> {
  check.only(options, names);
  const { model, apiKey, headers = {} } = options;
  const signal = check.signal(options.signal);
  const concurrency = check.integer('concurrency', options.concurrency ?? 4, 1, 64);
  const http = new Http({
    ...addressesOf(check.address('url', url)),
    headers: headersOf(apiKey, headers),
    concurrency,
    timeoutMs: check.integer('timeoutMs', options.timeoutMs ?? 120_000, 1, 2 ** 31 - 1),
    retryPolicy,
  });
  const asked = {
    server: http.api,
    model: model === undefined ? undefined : check.text('model', model),
    addBos: check.oneOf('addBos', options.addBos ?? true, [true, false]),
  };
  return new RemoteModel(await probe(http, asked, signal), concurrency);
}

/** The address of the API, which ends in `/v1` or another version, and of what is beside it. */
function addressesOf(url: string | URL): { root: string; api: string } {
  const parsed = URL.canParse(String(url)) ? new URL(String(url)) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw check.invalid('url', 'an http(s) address such as http://localhost:8000/v1');
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw check.invalid('url', 'an address without a name and a password; use apiKey or headers');
  }
  const path = parsed.pathname.replace(/\/+$/, '');
  const isApi = /\/v\d+$/.test(path);
  const root = parsed.origin + (isApi ? path.replace(/\/v\d+$/, '') : path);
  return { root, api: isApi ? parsed.origin + path : `${root}/v1` };
}

function headersOf(
  apiKey: string | undefined,
  headers: Readonly<Record<string, string>>,
): Record<string, string> {
  if (typeof headers !== 'object' || headers === null) {
    throw check.invalid('headers', 'an object from names to texts');
  }
  const key =
    apiKey === undefined ? {} : { Authorization: `Bearer ${check.text('apiKey', apiKey)}` };
  const all = { ...headers, ...key };
  try {
    new Headers(all);
  } catch {
    // Its own message repeats the value.
    throw new ShotglassError(
      'invalid-option',
      'headers and apiKey must be texts that an HTTP header can have.',
    );
  }
  return all;
}
