/** The way to a model on a server, with a sentence for each way to miss it. */
import { type ErrorCode, Model, ShotglassError } from 'shotglass';
import { serverWords } from '../../strings/server-words.ts';
import { LabError } from '../problem.ts';
import type { ServerAddress } from './address.ts';
import { ServerModel } from './server-model.ts';

/** The list of models is short, and a server that is there answers soon. */
const longestMs = 20_000;
const mostBytes = 1_000_000;
const namedModels = 10;

/**
 * Connects to a model, and asks what the server can do.
 *
 * @throws {@link LabError} with one sentence; {@link ShotglassError} `aborted`.
 */
export async function connectServer(
  address: ServerAddress,
  signal: AbortSignal,
): Promise<ServerModel> {
  const names = await namesOf(address, signal);
  const model = address.model || names[0];
  if (!model) throw failed(({ noModels }) => noModels);
  if (names.length > 0 && !names.includes(model)) {
    const some = names.slice(0, namedModels).join(', ');
    throw failed(({ unknownModel }) => unknownModel(model, some));
  }
  const apiKey = address.apiKey || undefined;
  try {
    const url = apiOf(address.url);
    const remote = await Model.connect(url, { model, apiKey, signal });
    if (remote.capabilities.top > 0) return new ServerModel(remote);
    remote.close();
  } catch (error) {
    if (!(error instanceof ShotglassError) || error.code === 'aborted') throw error;
    const { message } = error;
    throw failed(({ answers }) => answers(message));
  }
  throw failed(({ noProbabilities }) => noProbabilities, 'unsupported-by-server');
}

/**
 * The models that a server lists; none where it has no such list and the reader names the model.
 *
 * @throws {@link LabError}, {@link ShotglassError} `aborted`.
 */
export async function namesOf(
  { url, model, apiKey }: ServerAddress,
  signal: AbortSignal,
): Promise<string[]> {
  const api = apiOf(url);
  const { origin } = api;
  const response = await asked(new URL(`${api.href.replace(/\/+$/, '')}/models`), apiKey, signal);
  const { status, type } = response;
  if (status === 401 || status === 403)
    throw failed(({ key, needsKey }) => (apiKey === '' ? needsKey : key));
  if (type === 'opaqueredirect') throw failed(({ redirect }) => redirect);
  if (status >= 500 || status === 429) throw failed(({ busy }) => busy(status));
  const names = response.ok ? listedIn(await textOf(response, signal)) : null;
  if (names !== null) return names;
  if (model !== '' && !response.ok) return [];
  throw failed(({ other }) => other(origin));
}

/** The address of the API. What has no path is the server alone. */
function apiOf(text: string): URL {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text.trim())
    ? text.trim()
    : `http://${text.trim()}`;
  const url = URL.canParse(whole) && !/\s/.test(whole) ? new URL(whole) : null;
  if (!url || !/^https?:$/.test(url.protocol)) throw failed(({ address }) => address);
  if (url.username !== '' || url.password !== '') throw failed(({ credentials }) => credentials);
  const isMixed = location.protocol === 'https:' && url.protocol === 'http:' && !isLocal(url);
  if (isMixed) throw failed(({ mixed }) => mixed(url.origin));
  const path = url.pathname.replace(/\/+$/, '');
  return new URL(/\/v\d+$/.test(path) ? path : `${path}/v1`, url.origin);
}

/** Browsers let a page on https ask this device without. */
function isLocal({ hostname }: URL): boolean {
  return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

async function asked(url: URL, apiKey: string, signal: AbortSignal): Promise<Response> {
  const late = AbortSignal.timeout(longestMs);
  const request = {
    headers: headersOf(apiKey),
    // A key goes to this origin alone.
    redirect: 'manual',
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    cache: 'no-store',
    signal: AbortSignal.any([signal, late]),
  } as const;
  try {
    return await fetch(url, request);
  } catch {
    refuseAborted(signal);
    if (late.aborted) throw failed(({ late }) => late);
    // Without its headers, and without reading: whether anybody answers at all.
    const isThere = await fetch(url, {
      ...request,
      headers: {},
      mode: 'no-cors',
      redirect: 'follow',
    }).then(
      () => true,
      () => false,
    );
    refuseAborted(signal);
    const { origin } = url;
    throw failed(({ cors, unreachable, either }) => {
      if (isThere) return cors(origin, location.origin);
      // A page with threads may not load what does not allow it, so it cannot tell.
      return globalThis.crossOriginIsolated ? either(origin, location.origin) : unreachable(origin);
    });
  }
}

function headersOf(apiKey: string): Headers {
  try {
    return new Headers(apiKey === '' ? {} : { Authorization: `Bearer ${apiKey}` });
  } catch {
    // The message of the browser repeats the key.
    throw failed(({ key }) => key);
  }
}

/** The beginning of an answer; a list of models is not longer. */
async function textOf(response: Response, signal: AbortSignal): Promise<string> {
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  let text = '';
  try {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      text += decoder.decode(part.value, { stream: true });
      if (text.length > mostBytes) break;
    }
  } catch {
    refuseAborted(signal);
  }
  await reader?.cancel().catch(() => {});
  return text;
}

/** Null for what is not a list of models. */
function listedIn(text: string): string[] | null {
  try {
    const { data } = JSON.parse(text);
    if (!Array.isArray(data)) return null;
    return data.flatMap(({ id }) => (typeof id === 'string' ? [id] : []));
  } catch {
    return null;
  }
}

function refuseAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new ShotglassError('aborted', 'The connection was cancelled.');
}

type Failures = ReturnType<typeof serverWords>['failed'];

function failed(say: (words: Failures) => string, code: ErrorCode = 'request-failed'): LabError {
  return new LabError(() => say(serverWords().failed), code);
}
