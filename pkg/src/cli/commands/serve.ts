/** `shotglass serve`: the lab on this machine, and an API for other programs. */
import { spawn } from 'node:child_process';
import { createServer, type RequestListener, type Server } from 'node:http';
import { basename } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ShotglassError } from '../../errors.js';
import { defaultFile, defaultPath, isThere } from '../../files/cache-folder.js';
import { isUrl } from '../../files/source.js';
import {
  type Command,
  type Invocation,
  integerOption,
  isGiven,
  modelOptions,
  textOption,
  UsageError,
} from '../command.js';
import { localModel, modelOption, type NamedModel, namedModel } from '../named-model.js';
import { ServedModel } from '../server/api/served-model.js';
import { isReachable, networkHosts, urlHost } from '../server/hosts.js';
import { labListener, pathOf } from '../server/lab-server.js';
import { bitsOption, loadModel } from '../with-model.js';

const name = 'serve';
const DEFAULT_PORT = 8321;
/** How many ports after the default one are tried. */
const SPAN = 100;
const DEFAULT_QUEUE = 64;

export const serveCommand: Command = {
  name,
  about: 'Serves the lab and an OpenAI-compatible API from this machine.',
  usage: [
    '[--port N] [--host HOST] [--open] [--model PATH|ID]',
    '--api [--port N] [--host HOST] [--model PATH|URL|ID] [--api-key KEY]',
  ],
  options: [
    {
      name: 'port',
      value: 'N',
      about: `Port to listen on. Default: ${DEFAULT_PORT}, or the next free port.`,
    },
    {
      name: 'host',
      value: 'HOST',
      about: 'Address to listen on. Default: 127.0.0.1, for this machine only.',
    },
    { name: 'open', value: null, about: 'Open the page in the browser.' },
    {
      name: 'model',
      value: 'PATH|ID',
      about: 'Model file to serve, or the id of a cached model. Default: the cached default model.',
    },
    {
      name: 'api',
      value: null,
      about:
        'Serve the API without the lab. The model is loaded at once, and downloaded if need be.',
    },
    {
      name: 'api-key',
      value: 'KEY',
      about: 'Key that requests to the API must have. Default: $SHOTGLASS_API_KEY, else none.',
    },
    {
      name: 'cors',
      value: 'ORIGINS',
      about: 'Origins of other pages that may use the API, with commas between them.',
    },
    {
      name: 'queue',
      value: 'N',
      about: `Number of requests that may be answered or wait at once. Default: ${DEFAULT_QUEUE}.`,
    },
    ...modelOptions.filter(({ name }) => name !== 'model'),
  ],
  notes: [
    'Press Ctrl-C to stop. If no model is cached yet, the page downloads it when you ask for it.',
    'The API: GET /v1/models, POST /v1/completions, /v1/chat/completions, /v1/embeddings, /tokenize, /detokenize, GET /tokenizer_info.',
  ],
  run,
};

async function run(invocation: Invocation): Promise<number> {
  const { terminal, signal, positionals } = invocation;
  if (positionals.length > 0)
    throw new UsageError(`Unexpected argument '${positionals[0]}'.`, name);
  const asked = integerOption(invocation, name, 'port', 0);
  if (asked !== undefined && asked > 65_535) {
    throw new UsageError('--port must be at most 65535.', name);
  }
  const host = textOption(invocation, 'host') ?? '127.0.0.1';
  const isAlone = isGiven(invocation, 'api');
  const lab = isAlone ? null : { model: await modelPath(invocation) };
  const model = await servedModel(invocation, lab?.model === null);
  const server = await serverOf(invocation, host, model, lab);
  const port = await listen(server, host, asked);
  const address = `http://${urlHost(host)}:${port}/`;
  terminal.print(
    lab === null
      ? `The API is at ${address}v1 (press Ctrl-C to stop)`
      : `The lab is at ${address} (press Ctrl-C to stop)`,
  );
  if (isReachable(host)) {
    const there = networkHosts(host).map((name) => `http://${name}:${port}/`);
    terminal.say(
      `Other machines can reach it and ${lab === null ? 'use' : 'download'} the model: ${there.join(', ') || 'no network was found'}`,
    );
  }
  if (lab !== null) {
    terminal.say(`The API is at ${address}v1`);
    terminal.say(
      lab.model === null
        ? 'No model is cached yet. The page downloads it (98 MB) when you ask for it.'
        : `It serves the model ${lab.model}.`,
    );
  }
  if (isGiven(invocation, 'open')) open(address, invocation);
  try {
    if (isAlone) {
      await model.get(model.id);
      terminal.say(`It serves the model ${model.id}.`);
    }
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve());
    });
  } finally {
    server.closeAllConnections();
    server.close();
    await model.close();
  }
  return 0;
}

/** The model that the API answers with. */
async function servedModel(invocation: Invocation, isMissing: boolean): Promise<ServedModel> {
  const named = await namedModel(invocation);
  const bits = bitsOption(invocation, name) ?? 16;
  return new ServedModel(idOf(named), async () => {
    if (!isMissing) return loadModel(invocation, name, bits, named);
    throw new ShotglassError(
      'read-failed',
      'No model is on this machine yet. Start the server with --api to download it.',
    );
  });
}

/** The name of its file, without the ending. */
function idOf({ from = defaultFile }: NamedModel): string {
  const path = isUrl(from) ? new URL(from).pathname : from;
  return basename(path).replace(/\.gguf$/i, '');
}

async function serverOf(
  invocation: Invocation,
  host: string,
  model: ServedModel,
  lab: { model: string | null } | null,
): Promise<Server> {
  // Other commands need not wait for the template engine.
  const { apiListener, isApi } = await import('../server/api/api.js');
  const { SHOTGLASS_API_KEY } = process.env;
  const api = apiListener({
    model,
    host,
    apiKey: (textOption(invocation, 'api-key') ?? SHOTGLASS_API_KEY) || null,
    origins: originsOption(invocation),
    queue: integerOption(invocation, name, 'queue', 1) ?? DEFAULT_QUEUE,
    terminal: invocation.terminal,
  });
  if (lab === null) return createServer(api);
  const folder = fileURLToPath(new URL('../../../', import.meta.url));
  const page: RequestListener = labListener(folder, lab.model, host);
  return createServer((request, response) =>
    (isApi(pathOf(request.url ?? '/') ?? '/') ? api : page)(request, response),
  );
}

function originsOption(invocation: Invocation): string[] {
  const origins = (textOption(invocation, 'cors') ?? '').split(',').filter((origin) => origin);
  for (const origin of origins) {
    if (URL.canParse(origin) && new URL(origin).origin === origin) continue;
    throw new UsageError(
      `--cors must be a list of origins such as https://example.com, not '${origin}'.`,
      name,
    );
  }
  return origins;
}

async function modelPath(invocation: Invocation): Promise<string | null> {
  const named = modelOption(invocation);
  if (named !== undefined) return (await localModel(named, name)).path;
  return (await isThere(defaultPath())) ? defaultPath() : null;
}

/** The port asked for, or the first free one. */
async function listen(server: Server, host: string, asked: number | undefined): Promise<number> {
  const first = asked ?? DEFAULT_PORT;
  for (let port = first; ; port++) {
    try {
      return await tryPort(server, host, port);
    } catch (error) {
      const { code } = Object(error) as { code?: unknown };
      const isTaken = code === 'EADDRINUSE' || code === 'EACCES';
      if (isTaken && asked === undefined && port < first + SPAN) continue;
      throw new ShotglassError(
        'invalid-option',
        isTaken
          ? `Port ${port} is not available; another program may be using it. Choose another port, or omit --port.`
          : `Cannot listen on ${host} (${Object(error).message}). Choose another --host.`,
      );
    }
  }
}

function tryPort(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function open(address: string, { terminal }: Invocation): void {
  const [program, ...args] =
    process.platform === 'darwin'
      ? ['open', address]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', address]
        : ['xdg-open', address];
  const child = spawn(program as string, args, { stdio: 'ignore', detached: true });
  child.on('error', () => terminal.say(`No browser could be started. Open ${address} yourself.`));
  child.unref();
}
