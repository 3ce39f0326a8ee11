/** The model on a server that the arguments name. */
import process from 'node:process';
import { Model } from '../model/model.js';
import type { RemoteModel } from '../model/remote/remote-model.js';
import { type CommandOption, type Invocation, textOption, UsageError } from './command.js';

/** Of the commands that can ask a server. */
export const serverOptions: readonly CommandOption[] = [
  {
    name: 'server',
    value: 'URL',
    about: 'Ask a model on a server with an OpenAI-compatible API, and load none here.',
  },
  { name: 'server-model', value: 'NAME', about: 'Its name there. Default: the first one.' },
  {
    name: 'api-key',
    value: 'KEY',
    about: 'Key for the server. Default: $SHOTGLASS_API_KEY, which no other user can see.',
  },
];

/** What needs a model here. */
const ofFiles = ['model', 'threads', 'activation-bits', 'adapter'];

/** A connection to the server of `--server`; null if none is given. */
export async function serverModel(
  invocation: Invocation,
  command: string,
): Promise<RemoteModel | null> {
  const { signal } = invocation;
  const url = textOption(invocation, 'server');
  const model = textOption(invocation, 'server-model');
  const apiKey = textOption(invocation, 'api-key');
  if (url === undefined) {
    if (model === undefined && apiKey === undefined) return null;
    throw new UsageError('--server-model and --api-key need --server.', command);
  }
  const other = ofFiles.find((name) => textOption(invocation, name) !== undefined);
  if (other !== undefined) {
    throw new UsageError(
      `--${other} has no meaning with --server, whose model runs there.`,
      command,
    );
  }
  const { SHOTGLASS_API_KEY } = process.env;
  return Model.connect(url, { model, apiKey: (apiKey ?? SHOTGLASS_API_KEY) || undefined, signal });
}
