import { defaultModel, type LoadOptions, type LoadProgress, Model } from 'shotglass';
import { chunk } from '../util/chunk.ts';
import type { Plan } from './catalogue.ts';
import { isLoaded, type LabModel, lackOf } from './lab-model.ts';
import { LabError, ofNetwork, type Problem, problemOf } from './problem.ts';
import { RateMeter } from './rate.ts';
import { findServedModel, servedFile } from './served-model.ts';
import type { ServerAddress } from './server/address.ts';
import { factsOfModel, nameFile } from './source.ts';

/**
 * Where a model comes from: the site or its default, an entry of the catalogue, files of the reader's (one, or the shards
 * of one model), or a server, on which it stays.
 */
export type ModelSource =
  | { kind: 'default' }
  | { kind: 'catalogue'; id: string }
  | { kind: 'files'; files: readonly [File, ...File[]] }
  | { kind: 'server'; address: ServerAddress };

type FileSource = Exclude<ModelSource, { kind: 'server' }>;

/** A model that answers, from memory or from a server. */
export interface OpenModel {
  /** Its id in the catalogue; null for any other. */
  readonly id: string | null;
  /** Name of the file that it was loaded from; null for one on a server. */
  readonly file: string | null;
  /** What to call it; as the file has it where the catalogue does not know better. */
  readonly name: string;
  readonly model: LabModel;
  /** Memory that its weights take here. */
  readonly memoryBytes: number;
  /** Whether its server was given a key. */
  readonly hasKey: boolean;
}

export interface Loading {
  /** Its id in the catalogue; null for a file. */
  id: string | null;
  name: string;
  bytesLoaded: number;
  bytesTotal: number | null;
  bytesPerSecond: number | null;
  secondsLeft: number | null;
  /** What keeps the bytes from coming: another tab that fetches them, a broken connection. */
  delay: 'wait' | 'retry' | null;
}

/** Models that were closed to make room for another one. */
export interface Closed {
  names: readonly string[];
  /** What all models together would have taken. */
  neededBytes: number;
  budgetBytes: number;
}

/** What the models depend on; a test puts something else in its place. */
export interface Parts {
  /** How much memory the weights of all open models may take together. */
  budgetBytes: number;
  load: (source: Parameters<typeof Model.load>[0], options: LoadOptions) => Promise<Model>;
  /** What a load of the catalogue's takes. */
  plan: (id: string, budgetBytes: number) => Promise<Plan>;
  connect: (address: ServerAddress, signal: AbortSignal) => Promise<LabModel>;
}

const catalogueChunk = chunk(() => import('./catalogue.ts'));
const serverChunk = chunk(() => import('./server/connect-server.ts'));

const usualParts = (): Parts => ({
  budgetBytes: budgetOf(navigator as Device),
  load: Model.load,
  plan: async (id, budgetBytes) => (await catalogueChunk()).planOf(id, budgetBytes),
  connect: async (address, signal) => (await serverChunk()).connectServer(address, signal),
});

interface Entry extends OpenModel {
  /** What loads it again. */
  readonly source: ModelSource;
}

/** What is known of a model before its bytes come. */
interface Asked {
  id: string | null;
  name: string;
  file: string;
  bytesTotal: number | null;
}

/**
 * The models that the lab holds. One of them is active: it answers. A new one becomes that only once it has loaded, so
 * that a bad file costs nothing. The others stay open as long as all of them fit the budget of memory.
 */
export class Models {
  loading: Loading | null = null;
  problem: Problem | null = null;
  /** What was closed by the last load; null where nothing was, and once the reader has seen it. */
  closed: Closed | null = null;
  /** All that are open, in the order in which they were loaded. */
  #open: readonly Entry[] = [];
  /** The same, the one that was active last at the end. */
  #recent: readonly Entry[] = [];
  #active: Entry | null = null;
  #source: ModelSource = { kind: 'default' };
  #controller: AbortController | null = null;

  constructor(
    private readonly changed: () => void,
    private readonly parts: Parts = usualParts(),
  ) {}

  get budgetBytes(): number {
    return this.parts.budgetBytes;
  }

  get open(): readonly OpenModel[] {
    return this.#open;
  }

  get active(): OpenModel | null {
    return this.#active;
  }

  /** The model that answers. */
  get model(): LabModel | null {
    return this.#active?.model ?? null;
  }

  /** The same, if it runs in this tab. */
  get loaded(): Model | null {
    const { model } = this;
    return model && isLoaded(model) ? model : null;
  }

  /** Whether words can be made from its vocabulary. */
  get hasWords(): boolean {
    return lackOf(this.model, 'words') === null;
  }

  /** Name of the file that it was loaded from. */
  get file(): string | null {
    return this.#active?.file ?? null;
  }

  /** Whether what was asked for last is on a server. */
  get isOfServer(): boolean {
    return this.#source.kind === 'server';
  }

  /** Makes one of the open models answer. */
  activate({ model }: OpenModel): void {
    const entry = this.#entryOf(model);
    if (!entry) return;
    this.problem = null;
    this.closed = null;
    this.#use(entry);
    this.changed();
  }

  /** Closes a model. If it was the active one, the one that was active before answers again. */
  close({ model }: OpenModel): void {
    const entry = this.#entryOf(model);
    if (!entry) return;
    const wasActive = entry === this.#active;
    this.#drop(entry);
    const before = this.#recent.at(-1);
    if (wasActive && before) this.#use(before);
    this.changed();
  }

  /** Loads a model and makes it the active one. A model of the catalogue that is open already is not loaded again. */
  async load(source: ModelSource): Promise<void> {
    this.cancel();
    const there = this.#alreadyOpen(source);
    if (there) return this.activate(there);
    const controller = new AbortController();
    const { signal } = controller;
    this.#controller = controller;
    this.#source = source;
    this.problem = null;
    this.closed = null;
    const known = knownOf(source);
    this.#begin(known);

    try {
      const entry = await this.#fetch(source, known, signal);
      if (signal.aborted) {
        entry.model.close();
        return;
      }
      this.#take(entry);
    } catch (error) {
      if (this.#controller === controller) this.#failed(problemOf(error));
    }
    if (this.#controller === controller) {
      this.#controller = null;
      this.loading = null;
      this.changed();
    }
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

  /** Puts away what was told. */
  dismiss(): void {
    this.problem = null;
    this.closed = null;
    this.changed();
  }

  /**
   * A trap leaves nothing that can be used: that model is gone, the others stay open, and what was typed stays. Another
   * model does not take the place of the active one by itself: its numbers would be taken for those of the first.
   */
  crashed(problem: Problem, of: LabModel | null = this.model): void {
    const entry = of && this.#entryOf(of);
    if (entry) {
      this.#drop(entry);
      this.#source = entry.source;
    }
    this.problem = problem;
    this.changed();
  }

  #entryOf(model: LabModel): Entry | undefined {
    return this.#open.find((entry) => entry.model === model);
  }

  #alreadyOpen(source: ModelSource): Entry | undefined {
    if (source.kind === 'files' || source.kind === 'server') return undefined;
    const id = source.kind === 'default' ? defaultModel.id : source.id;
    return this.#open.find((entry) => entry.id === id);
  }

  #use(entry: Entry): void {
    this.#active = entry;
    this.#recent = [...this.#recent.filter((other) => other !== entry), entry];
  }

  #drop(entry: Entry): void {
    entry.model.close();
    this.#open = this.#open.filter((other) => other !== entry);
    this.#recent = this.#recent.filter((other) => other !== entry);
    if (entry === this.#active) this.#active = null;
  }

  #take(entry: Entry): void {
    // The same model once more takes the place of itself.
    const same = this.#open.find(({ model }) => model.info.sha256 === entry.model.info.sha256);
    if (same) this.#drop(same);
    this.#open = [...this.#open, entry];
    this.#use(entry);
    // An older one may have crashed in the meantime: that is over.
    this.problem = null;
    this.#makeRoom();
  }

  /** Closes what was not used for longest, until the rest fits. The active one stays in any case. */
  #makeRoom(): void {
    const neededBytes = sum(this.#open);
    const names: string[] = [];
    for (const entry of this.#recent.slice(0, -1)) {
      if (sum(this.#open) <= this.budgetBytes) break;
      if (entry.memoryBytes === 0) continue;
      names.push(entry.name);
      this.#drop(entry);
    }
    const { budgetBytes } = this;
    if (names.length > 0) this.closed = { names, neededBytes, budgetBytes };
  }

  #begin({ id, name, bytesTotal }: Asked): void {
    this.loading = {
      id,
      name,
      bytesLoaded: 0,
      bytesTotal,
      bytesPerSecond: null,
      secondsLeft: null,
      delay: null,
    };
    this.changed();
  }

  async #fetch(source: ModelSource, known: Asked, signal: AbortSignal): Promise<Entry> {
    let asked = known;
    if (source.kind === 'server') {
      const model = await this.parts.connect(source.address, signal);
      const { name } = model.info;
      const hasKey = source.address.apiKey !== '';
      return { id: null, file: null, name, model, memoryBytes: 0, hasKey, source };
    }
    if (source.kind === 'catalogue') {
      const { refusal, ...plan } = await this.parts.plan(source.id, this.budgetBytes);
      if (refusal) throw new LabError(refusal);
      asked = plan;
      signal.throwIfAborted();
      this.#begin(asked);
    }
    const model = await this.#load(source, signal);
    const { sha256, memoryBytes } = model.info;
    if (source.kind === 'catalogue') nameFile(sha256, asked.name);
    const id = sha256 === defaultModel.sha256 ? defaultModel.id : idOf(source);
    const { name } = factsOfModel(model.info);
    return { id, file: asked.file, name, model, memoryBytes, hasKey: false, source };
  }

  async #load(source: FileSource, signal: AbortSignal): Promise<Model> {
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
      return this.parts.load(files.length === 1 ? files[0] : [...files], options);
    }
    const id = idOf(source) ?? defaultModel.id;
    if (id !== defaultModel.id) return this.parts.load({ model: id }, options);
    const served = await findServedModel(signal);
    // A site may serve another model in the place of the default one, but not in the place of one of the catalogue.
    return served === null || (source.kind === 'catalogue' && served.sha256 === undefined)
      ? this.parts.load(undefined, options)
      : this.parts.load(served.url, { ...options, sha256: served.sha256 });
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
}

/** What some browsers tell about the device, and others keep to themselves. */
interface Device {
  /** Gigabytes, rounded to a power of two; a browser has a largest one that it tells, for example 8. */
  deviceMemory?: number;
}

/** The other half is for the prompts that the engine caches, for the browser, and for all else that runs. */
const shareOfDevice = 0.5;

/** Where the browser does not tell: half of what all but the smallest devices of today have. */
export const usualBudgetBytes = 2e9;

/** How much memory the weights of all open models may take together on this device. */
export function budgetOf(device: Device): number {
  const { deviceMemory } = device;
  return deviceMemory === undefined ? usualBudgetBytes : deviceMemory * 1e9 * shareOfDevice;
}

function sum(entries: readonly OpenModel[]): number {
  return entries.reduce((bytes, { memoryBytes }) => bytes + memoryBytes, 0);
}

function idOf(source: ModelSource): string | null {
  return source.kind === 'catalogue' ? source.id : null;
}

/** What a source says by itself; the name of an entry stands in the catalogue, which is fetched. */
function knownOf(source: ModelSource): Asked {
  switch (source.kind) {
    case 'default':
      return {
        id: defaultModel.id,
        name: defaultModel.name,
        file: servedFile,
        bytesTotal: null,
      };
    case 'catalogue':
      return { id: source.id, name: source.id, file: source.id, bytesTotal: null };
    case 'server': {
      const { model, url } = source.address;
      return { id: null, name: model || url, file: '', bytesTotal: null };
    }
    case 'files': {
      const [{ name }] = source.files;
      const bytesTotal = source.files.reduce((bytes, { size }) => bytes + size, 0);
      return { id: null, name, file: name, bytesTotal };
    }
  }
}
