/** From a source to a worker that has loaded it. */

import { abortError, ShotglassError } from '../errors.js';
import { defaultModel } from '../files/default-model.js';
import { type Shard, shardsOf } from '../files/shards.js';
import {
  absoluteUrl,
  type ChunkReader,
  defaultUrl,
  type FileSources,
  isNamed,
  type ModelSource,
  openSource,
} from '../files/source.js';
import type { CatalogueModel } from '../models/entry.js';
import type { Calls, ShardMessage } from '../protocol.js';
import type { ModelInfo } from '../types.js';
import { type Build, builds, pickBuilds, threadCount } from '../util/features.js';
import { names } from '../util/option-names.js';
import * as check from '../util/validate.js';
import { Client, type Hooks } from './client.js';
import type { LoadOptions } from './options.js';

/** Starts a worker and loads a model into it. If that fails, nothing is left running. */
export async function startLoaded(
  source: ModelSource | undefined,
  options: LoadOptions,
): Promise<{ client: Client; info: ModelInfo }> {
  check.only(options, names.load);
  const signal = check.signal(options.signal);
  const onProgress = check.callback('onProgress', options.onProgress);
  const asked =
    options.threads === undefined ? undefined : check.integer('threads', options.threads, 1);
  const forced =
    options.build === undefined ? undefined : check.oneOf('build', options.build, builds);
  const activationBits = check.oneOf('activationBits', options.activationBits ?? 8, [8, 16]);
  const addBos = check.oneOf('addBos', options.addBos ?? true, [true, false]);
  const keep = check.oneOf('keep', options.keep ?? true, [true, false]);
  const urls = await wasmUrls(options.wasmUrl, forced);
  const given = options.sha256 === undefined ? null : check.hashes(options.sha256);
  const workerUrl =
    options.workerUrl !== undefined
      ? await absoluteUrl(check.address('workerUrl', options.workerUrl))
      : null;
  const threads = await threadCount(asked);
  const picked = pickBuilds(
    forced,
    builds.filter((build) => urls[build]),
    threads,
  );
  const files = picked.map((build) => ({ build, wasmUrl: String(urls[build]) }));
  if (signal?.aborted) throw abortError(signal);

  const { file, sha256 } = await fileOf(source);
  const set = shardsOf(file, given ?? sha256);
  const { shards, chunks } = await openAll(set.shards);
  let client: Client | null = null;
  try {
    client = await Client.start(workerUrl);
    const ask = { shards, files, threads, activationBits, addBos, sha256: set.sha256, keep };
    const info = await loadThrough(client, ask, chunks, { signal, onProgress });
    onProgress?.({ phase: 'ready', bytesLoaded: info.bytes, bytesTotal: info.bytes });
    return { client, info };
  } catch (error) {
    await client?.giveUp({ code: 'closed', message: 'The model was not loaded.' });
    for (const reader of chunks) reader?.cancel(error);
    throw error;
  }
}

/** The file that a source stands for, and the hash that it must have; null if none is known. */
async function fileOf(
  source: ModelSource | undefined,
): Promise<{ file: FileSources; sha256: string | null }> {
  if (source !== undefined && !isNamed(source)) return { file: source, sha256: null };
  if (source !== undefined) check.only(source, { model: true });
  if (source !== undefined && source.model !== defaultModel.id) {
    const { url, sha256 } = await entryOf(source.model);
    return { file: url, sha256 };
  }
  return { file: await defaultUrl(), sha256: defaultModel.sha256 };
}

/** The model of the catalogue with an id. The catalogue itself is fetched when the first id is asked for. */
async function entryOf(id: string): Promise<CatalogueModel> {
  const { modelNamed } = await import('../models/catalogue.js').catch((cause: unknown) => {
    throw new ShotglassError(
      'worker-failed',
      `The catalogue of models could not be loaded (${cause}). Check that all files of the package are served.`,
    );
  });
  return modelNamed(id);
}

/** Where the `.wasm` file of each build is; a build without an address is not used. */
async function wasmUrls(
  given: LoadOptions['wasmUrl'],
  forced: Build | undefined,
): Promise<Partial<Record<Build, URL>>> {
  if (given === undefined) {
    // Bundlers find the files by these exact expressions.
    return {
      simd128: new URL('../../wasm/simd128/shotglass_bg.wasm', import.meta.url),
      relaxed: new URL('../../wasm/relaxed/shotglass_bg.wasm', import.meta.url),
      threads: new URL('../../wasm/threads/shotglass_bg.wasm', import.meta.url),
      'simd128-threads': new URL('../../wasm/simd128-threads/shotglass_bg.wasm', import.meta.url),
    };
  }
  const named = check.isAddress(given) ? { [forced ?? 'simd128']: given } : given;
  const urls: Partial<Record<Build, URL>> = {};
  for (const [build, url] of Object.entries(Object(named))) {
    if (url === undefined) continue;
    urls[check.oneOf('wasmUrl', build, builds)] = await absoluteUrl(check.address('wasmUrl', url));
  }
  if (forced ? !urls[forced] : Object.keys(urls).length === 0) {
    const wanted = forced ? `with one for '${forced}'` : 'with at least one';
    throw check.invalid('wasmUrl', `a URL, or an object with URLs by build, ${wanted}`);
  }
  return urls;
}

/** Opens all files of a model, or none. */
async function openAll(
  files: readonly Shard[],
): Promise<{ shards: ShardMessage[]; chunks: (ChunkReader | null)[] }> {
  const shards: ShardMessage[] = [];
  const chunks: (ChunkReader | null)[] = [];
  try {
    for (const { source, name, sha256 } of files) {
      const opened = await openSource(source);
      // Names are for telling several apart, and that of a data URL is the file itself.
      shards.push({ source: opened.message, name: files.length > 1 ? name : null, sha256 });
      chunks.push(opened.chunks);
    }
  } catch (error) {
    for (const reader of chunks) reader?.cancel(error);
    throw error;
  }
  return { shards, chunks };
}

/** Loads, sending chunks from here where the worker cannot get them itself. */
function loadThrough(
  client: Client,
  ask: Calls['load']['ask'],
  chunks: readonly (ChunkReader | null)[],
  hooks: Hooks<'load'>,
): Promise<Calls['load']['answer']> {
  const call = client.call('load', ask, {
    ...hooks,
    onPull: (shard) => {
      const reader = chunks[shard] as ChunkReader;
      reader
        .next()
        .then((bytes) => client.push(bytes))
        .catch(call.cancel);
    },
  });
  return call.answer;
}
