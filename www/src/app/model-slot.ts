import { defaultModel, type LoadProgress, listCached, Model } from 'shotglass';
import { ofNetwork, type Problem, problemOf } from './problem.ts';
import { RateMeter } from './rate.ts';

/** Where a model comes from: the site or its default, or files of the reader's: one, or the shards of one model. */
export type ModelSource =
  | { kind: 'default' }
  | { kind: 'files'; files: readonly [File, ...File[]] };

export interface Loading {
  name: string;
  bytesLoaded: number;
  bytesTotal: number | null;
  bytesPerSecond: number | null;
  secondsLeft: number | null;
  /** What keeps the bytes from coming: another tab that fetches them, a broken connection. */
  delay: 'wait' | 'retry' | null;
}

/** Relative to the page, so that a lab in a subfolder finds its own. */
const servedModel = 'models/SmolLM2-135M-Instruct-Q4_1.gguf';
const defaultFile = servedModel.slice(servedModel.lastIndexOf('/') + 1);

/**
 * The one model that the lab holds. A new one takes the place of the old only once it has loaded, so that a bad file
 * costs nothing.
 */
export class ModelSlot {
  model: Model | null = null;
  /** Name of the file that the model was loaded from. */
  file: string | null = null;
  loading: Loading | null = null;
  problem: Problem | null = null;
  #source: ModelSource = { kind: 'default' };
  #controller: AbortController | null = null;

  constructor(private readonly changed: () => void) {}

  async load(source: ModelSource): Promise<void> {
    this.cancel();
    const controller = new AbortController();
    const { signal } = controller;
    this.#controller = controller;
    this.#source = source;
    this.problem = null;
    this.loading = {
      name: source.kind === 'files' ? source.files[0].name : defaultModel.name,
      bytesLoaded: 0,
      bytesTotal:
        source.kind === 'files' ? source.files.reduce((sum, { size }) => sum + size, 0) : null,
      bytesPerSecond: null,
      secondsLeft: null,
      delay: null,
    };
    this.changed();

    try {
      const model = await this.#open(source, signal);
      if (signal.aborted) {
        model.close();
        return;
      }
      this.model?.close();
      this.model = model;
      // The one before it may have crashed in the meantime: that is over.
      this.problem = null;
      this.file = source.kind === 'files' ? source.files[0].name : defaultFile;
    } catch (error) {
      if (this.#controller === controller) this.#failed(problemOf(error));
    }
    if (this.#controller === controller) {
      this.#controller = null;
      this.loading = null;
      this.changed();
    }
  }

  async #open(source: ModelSource, signal: AbortSignal): Promise<Model> {
    const meter = new RateMeter();
    const onProgress = ({ phase, bytesLoaded, bytesTotal, retry }: LoadProgress) => {
      if (!this.loading || signal.aborted) return;
      meter.add(bytesLoaded, performance.now());
      this.loading = {
        ...this.loading,
        bytesLoaded,
        bytesTotal,
        bytesPerSecond: meter.perSecond,
        secondsLeft: meter.secondsLeft(bytesLoaded, bytesTotal),
        delay: retry ? 'retry' : phase === 'wait' ? 'wait' : null,
      };
      this.changed();
    };
    // An instrument shows the model that is in the file, and not the rounding on the way through it.
    const options = { signal, onProgress, activationBits: 16 } as const;
    if (source.kind === 'files') {
      const { files } = source;
      return Model.load(files.length === 1 ? files[0] : [...files], options);
    }
    const served = await findServedModel(signal);
    return served === null
      ? Model.load(undefined, options)
      : Model.load(served.url, { ...options, sha256: served.sha256 });
  }

  /** What may have failed for lack of a network goes on by itself when that is back. */
  #failed(problem: Problem | null): void {
    this.problem = problem;
    if (!problem || !ofNetwork.has(problem.code)) return;
    const goOn = () => {
      if (this.problem === problem && !this.loading) void this.retry();
    };
    window.addEventListener('online', goOn, { once: true });
  }

  /** Loads again what was asked for last: after an error, or after the engine has crashed. */
  retry(): Promise<void> {
    return this.load(this.#source);
  }

  cancel(): void {
    this.#controller?.abort();
    this.#controller = null;
    this.loading = null;
    this.changed();
  }

  dismiss(): void {
    this.problem = null;
    this.changed();
  }

  /** A trap leaves nothing that can be used: the model is gone, and what was typed stays. */
  crashed(problem: Problem): void {
    this.model?.close();
    this.model = null;
    this.problem = problem;
    this.changed();
  }
}

/** A file that this site serves. */
interface ServedModel {
  url: URL;
  /** SHA-256 that it must have, where that is known. */
  sha256: string | undefined;
}

/**
 * The file that this site serves, if it does. A site that answers every path with a page does not. It may serve any
 * model; one that is as long as the default model, to the byte, must be the default model.
 */
async function findServedModel(signal: AbortSignal): Promise<ServedModel | null> {
  const url = new URL(servedModel, document.baseURI);
  try {
    const response = await fetch(url, { method: 'HEAD', signal });
    const type = response.headers.get('content-type') ?? '';
    if (!response.ok || type.startsWith('text/')) return null;
    const isDefault = Number(response.headers.get('content-length')) === defaultModel.bytes;
    return { url, sha256: isDefault ? defaultModel.sha256 : undefined };
  } catch {
    // Without a network, what was kept of it is as good.
    const kept = await listCached().catch(() => []);
    const own = kept.find(({ url: from, complete }) => complete && from === url.href);
    return own ? { url, sha256: own.sha256 ?? undefined } : null;
  }
}
