/** One model for all elements of a document that name the same: one download, one worker. */

import { ShotglassError } from '../../errors.js';
import { defaultModel } from '../../files/default-model.js';
import type { Model } from '../../model/model.js';
import type { LoadProgress } from '../../types.js';

/** How far a model is. */
export type ModelStatus =
  | { kind: 'idle' }
  | { kind: 'loading'; progress: LoadProgress | null }
  | { kind: 'ready'; model: Model }
  | { kind: 'failed'; error: unknown };

/** Loads the model; in tests, another one. */
export type LoadModel = (hooks: {
  signal: AbortSignal;
  onProgress(progress: LoadProgress): void;
}) => Promise<Model>;

/** Which model. Without an id and a URL: the package's default. Without a hash: a file of which none is known. */
export interface ModelName {
  /** In the catalogue. */
  id: string | null;
  url: string | null;
  sha256: string | null;
}

/** The SHA-256 of that file; null if it is not known, or only to the catalogue. */
export function hashOf({ id, url, sha256 }: ModelName): string | null {
  const isDefault = id === null && (url === null || url === defaultModel.url);
  return sha256 ?? (isDefault ? defaultModel.sha256 : null);
}

/**
 * How long a model outlives the last element that wanted it, in milliseconds: a page that takes an
 * element out and puts it in again elsewhere goes on with what it had.
 */
const GRACE_MS = 5_000;

/** A model that elements share. Those that want it keep it; when none has for a while, it is closed. */
export class SharedModel {
  #status: ModelStatus = { kind: 'idle' };
  #controller: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  readonly #wanting = new Set<object>();
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly load: LoadModel,
    private readonly graceMs = GRACE_MS,
  ) {}

  get status(): ModelStatus {
    return this.#status;
  }

  /** Tells of every change of the status, until the answer is called. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Somebody wants it from now on: it is loaded, unless it is there or on its way. */
  want(who: object): void {
    this.#wanting.add(who);
    this.#stopTimer();
    const { kind } = this.#status;
    if (kind === 'idle' || kind === 'failed') void this.#start();
  }

  /** They have come back and want it as it is: what has failed or was closed meanwhile is not loaded for that. */
  comeBack(who: object): void {
    this.#wanting.add(who);
    this.#stopTimer();
  }

  /** They do not want it any more, on purpose: where nobody else does, a download stops at once. */
  cancel(who: object): void {
    if (this.#wanting.delete(who) && this.#wanting.size === 0) this.#stop();
  }

  /** They have gone, and may come back. */
  leave(who: object): void {
    if (!this.#wanting.delete(who) || this.#wanting.size > 0) return;
    this.#stopTimer();
    this.#timer = setTimeout(() => this.#stop(), this.graceMs);
  }

  /** It has crashed, as one of its answers said. Whoever wants it may start it again. */
  crashed(model: Model, error: unknown): void {
    if (this.#status.kind !== 'ready' || this.#status.model !== model) return;
    model.close();
    this.#become({ kind: 'failed', error });
  }

  async #start(): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    this.#controller = controller;
    this.#become({ kind: 'loading', progress: null });
    try {
      const model = await this.load({
        signal,
        onProgress: (progress) => {
          if (!signal.aborted) this.#become({ kind: 'loading', progress });
        },
      });
      // It came in spite of the abort: nobody waits for it.
      if (signal.aborted) model.close();
      else this.#become({ kind: 'ready', model });
    } catch (error) {
      if (!signal.aborted) this.#become({ kind: 'failed', error });
    }
  }

  #stop(): void {
    this.#stopTimer();
    this.#controller?.abort();
    if (this.#status.kind === 'ready') this.#status.model.close();
    this.#become({ kind: 'idle' });
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #become(status: ModelStatus): void {
    this.#status = status;
    for (const listener of [...this.#listeners]) listener();
  }
}

const models = new Map<string, SharedModel>();

/** The one of this document by that name. */
export function sharedModel(name: ModelName): SharedModel {
  const { id, url, sha256 } = withoutDefault(name);
  const key = `${sha256 ?? ''} ${id ?? url ?? ''}`;
  const known = models.get(key);
  if (known) return known;
  const made = new SharedModel(async ({ signal, onProgress }) => {
    // Only now: whoever only reads the page needs none of it.
    const parts = [import('../../model/model.js'), import('../state/ask.js')] as const;
    const [{ Model }] = await Promise.all(parts).catch((cause: unknown) => {
      throw new ShotglassError(
        'worker-failed',
        `A part of the package could not be loaded (${cause}). Check that all its files are served.`,
      );
    });
    // As recorded numbers are taken: the model that is in the file, and not the rounding on the way through it.
    return Model.load(id === null ? (url ?? undefined) : { model: id }, {
      ...(sha256 !== null && { sha256 }),
      signal,
      onProgress,
      activationBits: 16,
    });
  });
  models.set(key, made);
  return made;
}

/** Whoever writes out the default model's address, its hash or both means the same file. */
function withoutDefault(name: ModelName): ModelName {
  const { id, url, sha256 } = name;
  const isDefault =
    id === null &&
    (url === null || url === defaultModel.url) &&
    (sha256 === null || sha256 === defaultModel.sha256);
  return isDefault ? { id: null, url: null, sha256: null } : name;
}
