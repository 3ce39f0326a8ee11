/// <reference lib="esnext.disposable" preserve="true" />
import type { AdapterFile } from '../adapters/files.js';
import type { Base } from '../adapters/peft.js';
import type { AdapterInfo } from '../adapters/types.js';
import { ShotglassError } from '../errors.js';
import { type FileSource, openSource } from '../files/source.js';
import type { AdapterMessage, AdapterUse } from '../protocol.js';
import type { CallOptions, ModelInfo } from '../types.js';
import { unlessAborted } from '../util/unless-aborted.js';
import * as check from '../util/validate.js';
import type { Client } from './client.js';

/**
 * Where an adapter comes from: a GGUF file, or the two files of a PEFT adapter, `adapter_config.json` and
 * `adapter_model.safetensors`, as an array in any order or by name.
 */
export type AdapterSource =
  | FileSource
  | readonly FileSource[]
  | { readonly config: FileSource; readonly weights: FileSource };

/** Options of {@link Adapter.save}. */
export interface SaveAdapterOptions extends CallOptions {
  /** Bits of each number: 32, which loses nothing, or 16. Default 32. */
  bits?: 16 | 32 | undefined;
  /**
   * `base_model_name_or_path` of a PEFT adapter: the model on Hugging Face, such as
   * `'HuggingFaceTB/SmolLM2-135M-Instruct'`, or a folder. Default: the name in the model's file.
   */
  baseModel?: string | undefined;
}

/** An adapter that runs, and how strongly. */
export interface ActiveAdapter {
  /** The adapter. */
  readonly adapter: Adapter;
  /** The factor of all that it adds, from 0 to 2. */
  readonly scale: number;
}

/** @internal What an adapter needs to know of its model. */
interface Owner {
  client: Client;
  info: Readonly<ModelInfo>;
  onClose(adapter: Adapter): void;
}

/** @internal Makes an adapter of what the worker says of it. */
export let adapterOf: (message: AdapterMessage, owner: Owner) => Adapter;

/** @internal What a call of this client that runs with an adapter says. */
export let useOf: (active: ActiveAdapter, client: Client) => AdapterUse;

/**
 * A small change of a model's weights that is kept beside them: LoRA (Hu et al. 2021) or (IA)³ (Liu et al.
 * 2022). It belongs to the model that {@link Model.loadAdapter} was called on, and does nothing before
 * {@link Model.setAdapter}.
 *
 * ```ts
 * const adapter = await model.loadAdapter('past-tense.gguf');
 * await model.setAdapter(adapter);
 * await model.predict('walk →'); // with it
 * await model.setAdapter(null);
 * await model.predict('walk →'); // without it
 * const files = await adapter.save('peft'); // adapter_config.json, adapter_model.safetensors
 * ```
 */
export class Adapter {
  /** Facts about the adapter. */
  readonly info: Readonly<AdapterInfo>;
  readonly #id: number;
  readonly #owner: Owner;
  #isOpen = true;

  // The class is public, and what makes one is not.
  static {
    adapterOf = (message, owner) => new Adapter(message, owner);
    useOf = ({ adapter, scale }, client) => {
      if (!(adapter instanceof Adapter) || adapter.#owner.client !== client) {
        throw check.invalid(
          'adapter',
          'null, or an adapter of this model, which loadAdapter gives',
        );
      }
      if (!adapter.#isOpen) {
        throw new ShotglassError('closed', 'The adapter was closed. Load it again to use it.');
      }
      return { id: adapter.#id, scale };
    };
  }

  private constructor({ id, info }: AdapterMessage, owner: Owner) {
    this.#id = id;
    this.#owner = owner;
    this.info = Object.freeze(info);
  }

  /**
   * The adapter as files: `'gguf'` is one file, which llama.cpp reads if it is LoRA, and `'peft'` two. For
   * (IA)³ the GGUF file is one of this package alone.
   *
   * @throws {@link ShotglassError} `closed` (the adapter was closed); `wrong-adapter` if the format has no
   * place for it.
   */
  async save(format: 'gguf' | 'peft', options: SaveAdapterOptions = {}): Promise<AdapterFile[]> {
    check.only(options, { bits: true, baseModel: true, signal: true });
    const { client, info } = this.#owner;
    check.oneOf('format', format, ['gguf', 'peft'] as const);
    const bits = check.oneOf('bits', options.bits ?? 32, [16, 32] as const);
    const baseModel = check.text('baseModel', options.baseModel ?? info.name);
    const signal = check.signal(options.signal);
    const gguf = await client.call('saveAdapter', { id: this.#id, bits }, { signal }).answer;
    if (format === 'gguf') return [{ name: 'adapter.gguf', bytes: gguf }];
    const { peftFiles } = await translator();
    return peftFiles(gguf, await baseOf(client, info), baseModel);
  }

  /**
   * Gives the memory of the adapter back, and that of all cached prompts that ran with it. If it is active,
   * no adapter is active after that. A second call rejects with `closed`.
   */
  async close(): Promise<void> {
    this.#isOpen = false;
    this.#owner.onClose(this);
    await this.#owner.client.call('removeAdapter', { id: this.#id }).answer;
  }

  /** {@link Adapter.close} at the end of a block, unless it was closed: `await using adapter = …`. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOpen) await this.close();
  }
}

/** @internal Reads an adapter into the worker. Its files are read here, so that calls of the model need not wait for them. */
export async function loadAdapter(
  client: Client,
  info: Readonly<ModelInfo>,
  source: AdapterSource,
  signal: AbortSignal | undefined,
): Promise<AdapterMessage> {
  const files: Uint8Array[] = [];
  for (const file of sourcesOf(source)) files.push(await bytesOf(file, signal));
  const gguf = await unlessAborted(ggufOf(files, client, info), signal);
  const loaded = client.call('loadAdapter', { gguf }).answer;
  try {
    return await unlessAborted(loaded, signal);
  } catch (error) {
    const remove = ({ id }: AdapterMessage) => client.call('removeAdapter', { id }).answer;
    loaded.then(remove).catch(() => {});
    throw error;
  }
}

/** What is a GGUF file by its first bytes stays as it is; for all else the translator of PEFT is fetched. */
async function ggufOf(
  files: readonly Uint8Array[],
  client: Client,
  info: Readonly<ModelInfo>,
): Promise<Uint8Array> {
  const [first, second] = files;
  if (first && !second && String.fromCharCode(...first.subarray(0, 4)) === 'GGUF') return first;
  const { ggufFile } = await translator();
  return ggufFile(files, await baseOf(client, info));
}

async function baseOf(client: Client, { architecture }: Readonly<ModelInfo>): Promise<Base> {
  return { architecture, pairedHead: await client.call('pairedHead', null).answer };
}

function translator(): Promise<typeof import('../adapters/files.js')> {
  return import('../adapters/files.js').catch((cause: unknown) => {
    throw new ShotglassError(
      'worker-failed',
      `The translator of PEFT's files could not be loaded (${cause}). Check that all files of the package are served.`,
    );
  });
}

function sourcesOf(source: AdapterSource): readonly FileSource[] {
  if (Array.isArray(source)) {
    if (source.length > 0) return source;
    throw check.invalid('source', 'an array of at least one file');
  }
  const { config, weights } = Object(source) as { config?: FileSource; weights?: FileSource };
  return config !== undefined && weights !== undefined ? [config, weights] : [source as FileSource];
}

async function bytesOf(source: FileSource, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const { message, chunks } = await openSource(source);
  try {
    return await unlessAborted(readAll(message, chunks), signal);
  } catch (error) {
    chunks?.cancel(error);
    throw error;
  }
}

async function readAll(
  message: Parameters<typeof import('../files/open.js').open>[0],
  chunks: Awaited<ReturnType<typeof openSource>>['chunks'],
): Promise<Uint8Array> {
  const [{ open }, { retryPolicy }] = await Promise.all([
    import('../files/open.js'),
    import('../util/retry.js'),
  ]).catch((cause: unknown) => {
    throw new ShotglassError(
      'worker-failed',
      `The reader of files could not be loaded (${cause}). Check that all files of the package are served.`,
    );
  });
  const file = await open(message, {
    sha256: null,
    keep: false,
    retryPolicy,
    pull: async () => (await chunks?.next()) ?? null,
    onWait() {},
  });
  let parts: Uint8Array[] = [];
  for await (const event of file.chunks) {
    if (event instanceof Uint8Array) parts.push(event.slice());
    else if (event.type === 'start') parts = [];
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
