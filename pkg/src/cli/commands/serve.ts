/** `shotglass serve`: the lab on this machine. */
import { spawn } from 'node:child_process';
import type { Server } from 'node:http';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ShotglassError } from '../../errors.js';
import { defaultPath, isThere } from '../../files/cache-folder.js';
import {
  type Command,
  type Invocation,
  integerOption,
  isGiven,
  textOption,
  UsageError,
} from '../command.js';
import { localModel, modelOption } from '../named-model.js';
import { isReachable, networkHosts, urlHost } from '../server/hosts.js';
import { labServer } from '../server/lab-server.js';

const name = 'serve';
const DEFAULT_PORT = 8321;
/** How many ports after the default one are tried. */
const SPAN = 100;

export const serveCommand: Command = {
  name,
  about: 'Serves the lab from this machine.',
  usage: ['[--port N] [--host HOST] [--open] [--model PATH|ID]'],
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
  ],
  notes: [
    'Press Ctrl-C to stop. If no model is cached yet, the page downloads it when you ask for it.',
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
  const model = await modelPath(invocation);
  const folder = fileURLToPath(new URL('../../../', import.meta.url));
  const server = labServer(folder, model, host);
  const port = await listen(server, host, asked);
  const address = `http://${urlHost(host)}:${port}/`;
  terminal.print(`The lab is at ${address} (press Ctrl-C to stop)`);
  if (isReachable(host)) {
    const there = networkHosts(host).map((name) => `http://${name}:${port}/`);
    terminal.say(
      `Other machines can reach it and download the model: ${there.join(', ') || 'no network was found'}`,
    );
  }
  terminal.say(
    model === null
      ? 'No model is cached yet. The page downloads it (98 MB) when you ask for it.'
      : `It serves the model ${model}.`,
  );
  if (isGiven(invocation, 'open')) open(address, invocation);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
  server.closeAllConnections();
  server.close();
  return 0;
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
