/** The model that the arguments name: a path, an address, or an id of the catalogue. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import process from 'node:process';
import { ShotglassError } from '../errors.js';
import { defaultModel } from '../files/default-model.js';
import { isUrl, type ModelSource } from '../files/source.js';
import { keptPath } from '../files/storage/node.js';
import { modelNamed } from '../models/catalogue.js';
import type { CatalogueModel } from '../models/entry.js';
import { type Invocation, textOption, UsageError } from './command.js';

/** A model that is to be loaded. */
export interface NamedModel {
  /** Undefined for the default model. */
  source: ModelSource | undefined;
  /** The path or the address that it is read from; undefined for the default model. */
  from: string | undefined;
}

/** A model file on this machine. */
export interface LocalModel {
  path: string;
  /** The name that people know the file by. */
  file: string;
}

/** What `--model` or else `SHOTGLASS_MODEL` says; undefined where neither does. */
export function modelOption(invocation: Invocation): string | undefined {
  const { SHOTGLASS_MODEL } = process.env;
  return (textOption(invocation, 'model') ?? SHOTGLASS_MODEL) || undefined;
}

/** The model of `--model`, else of `SHOTGLASS_MODEL`, else the default one. */
export async function namedModel(invocation: Invocation): Promise<NamedModel> {
  const name = modelOption(invocation);
  const entry = name === undefined ? null : await entryOf(name);
  if (name === undefined || entry?.id === defaultModel.id) {
    return { source: undefined, from: undefined };
  }
  return entry === null
    ? { source: name, from: name }
    : { source: { model: entry.id }, from: entry.url };
}

/** The file that a path or an id stands for. */
export async function localModel(name: string, command: string): Promise<LocalModel> {
  if (/^(https?|hf):/i.test(name)) {
    throw new UsageError(
      '--model must be a path or an id here, not a URL. Download the file first.',
      command,
    );
  }
  const entry = await entryOf(name);
  if (entry !== null) return { path: await keptFile(entry), file: basename(entry.url) };
  if (await isFile(name)) return { path: name, file: basename(name) };
  throw new ShotglassError('read-failed', `${name} could not be read: no such file.`);
}

/** The entry of the catalogue with this id; null where the name is an address or a path. */
async function entryOf(name: string): Promise<CatalogueModel | null> {
  const isWord = /^[\w-][\w.-]*$/.test(name) && !/\.gguf$/i.test(name);
  return isWord && !isUrl(name) && !(await isFile(name)) ? modelNamed(name) : null;
}

async function keptFile({ id, url, sha256 }: CatalogueModel): Promise<string> {
  const path = await keptPath({ url, sha256 });
  if (path !== null) return path;
  throw new ShotglassError(
    'read-failed',
    `${id} is not on this machine yet. Download it with: shotglass predict --model ${id} Hello`,
  );
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() === true;
}
