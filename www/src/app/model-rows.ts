/** What the list of models shows: of those that are open, that are on the device, and that can be downloaded. */
import { type CachedModel, defaultModel } from 'shotglass';
import { type CatalogueModel, estimate, keptOf, models, type Pace } from 'shotglass/models';
import { fileOf, fits } from './catalogue.ts';
import { isLoaded } from './lab-model.ts';
import type { Closed, Loading, Models, OpenModel } from './models.ts';
import type { Probe } from './probe.ts';
import type { Problem } from './problem.ts';
import type { ServerAddress } from './server/address.ts';
import type { KeptServer } from './server/kept-server.ts';

/** All that the list of models shows. */
export interface ModelsView {
  /** In the memory of this tab. */
  open: readonly OpenRow[];
  /** On servers: they take no memory here. */
  connections: readonly ConnectionRow[];
  /** That were used before, connected to or not. */
  servers: readonly KeptServer[];
  kept: readonly KeptRow[];
  catalogue: readonly CatalogueRow[];
  budgetBytes: number;
  /** Whether the budget comes from what the device reports. */
  isReported: boolean;
  loading: Loading | null;
  problem: Problem | null;
  closed: Closed | null;
  /** Why no model can run on this device; null if one can. */
  obstacle: Probe['obstacle'];
  /** Whether the last load, and its problem, was of a server. */
  ofServer: boolean;
  /** What a link was made with, if that is to be offered. */
  offered: Omit<ServerAddress, 'apiKey'> | null;
  /** What was done last. */
  notice: (() => string) | null;
}

/** What a reader may ask of the list of models. */
export type ModelsWish =
  | { do: 'close' }
  /** `server`: the model on a server that a link was made with, to be offered. */
  | { do: 'open'; server?: Omit<ServerAddress, 'apiKey'> }
  | { do: 'connect'; address: ServerAddress }
  | { do: 'forget'; server: KeptServer }
  /** Whether the page may run experiments on it by itself. */
  | { do: 'allow'; model: OpenModel; runsByItself: boolean }
  | { do: 'load'; id: string }
  | { do: 'use' | 'end'; model: OpenModel }
  | { do: 'remove'; row: KeptRow };

/** How it stands with a model of the catalogue. `begun`: a part of its file is on the device. */
export type RowState =
  | 'active'
  | 'open'
  | 'loading'
  | 'too large'
  | 'kept'
  | 'begun'
  | 'to download';

/** A model of the catalogue. */
export interface CatalogueRow {
  entry: CatalogueModel;
  state: RowState;
  open: OpenModel | null;
  /** How much of its file is still to be downloaded. */
  bytesLeft: number;
  memoryBytes: number;
  /** Tokens of a prompt per second to expect here; null where nothing was measured. */
  pace: Pace | null;
  /** Whether that was measured with this very model. */
  isMeasured: boolean;
  /** The base model that it was made of, which is the better one for few-shot prompts; null if there is none. */
  base: CatalogueModel | null;
}

/** A model on a server that is connected to. */
export interface ConnectionRow {
  open: OpenModel;
  isActive: boolean;
}

/** A model that is open in this tab. */
export interface OpenRow extends ConnectionRow {
  /** Whether its file is on the device for the next visit. */
  isKept: boolean;
}

/** A file on the device. */
export interface KeptRow {
  file: CachedModel;
  name: string;
  /** The size of the whole file, where that is known. */
  bytesTotal: number | null;
  /** The model of the catalogue that it is; null for another one. */
  id: string | null;
  open: OpenModel | null;
}

/** What the files on this device are of, by the id of the catalogue. */
export type KeptFiles = ReadonlyMap<string, CachedModel>;

export async function keptFiles(cached: readonly CachedModel[]): Promise<KeptFiles> {
  const found = await Promise.all(models.map((entry) => keptOf(entry, cached)));
  const pairs = models.map(({ id }, at) => [id, found[at] ?? null] as const);
  return new Map(pairs.filter((pair): pair is [string, CachedModel] => pair[1] !== null));
}

export function openRows(
  { open, active }: Pick<Models, 'open' | 'active'>,
  cached: readonly CachedModel[],
): OpenRow[] {
  const here = open.filter(({ model }) => isLoaded(model));
  return here.map((one) => ({
    open: one,
    isActive: one === active,
    isKept: cached.some(({ complete, sha256 }) => complete && sha256 === one.model.info.sha256),
  }));
}

export function connectionRows({ open, active }: Pick<Models, 'open' | 'active'>): ConnectionRow[] {
  const there = open.filter(({ model }) => !isLoaded(model));
  return there.map((one) => ({ open: one, isActive: one === active }));
}

export function keptRows(
  { open }: Pick<Models, 'open'>,
  cached: readonly CachedModel[],
  kept: KeptFiles,
): KeptRow[] {
  const ids = new Map([...kept].map(([id, file]) => [file, id]));
  return cached.map((file) => {
    const id = ids.get(file) ?? null;
    const entry = models.find((one) => one.id === id);
    const isOf = ({ model }: OpenModel) => model.info.sha256 === file.sha256;
    return {
      file,
      name: entry?.name ?? fileOf(file.url),
      bytesTotal: entry?.bytes ?? (file.complete ? file.bytes : null),
      id,
      open: open.find(isOf) ?? null,
    };
  });
}

/** What the rows of the catalogue depend on. */
export interface Known {
  models: Pick<Models, 'open' | 'active' | 'loading' | 'budgetBytes'>;
  kept: KeptFiles;
  /** Tokens of a prompt per second, by the ids of the models that they were measured with, the last one at the end. */
  measured: ReadonlyMap<string, number>;
  /** What the look at this device says of the default model; null while it is not known. */
  rate: Probe['rate'];
}

export function catalogueRows(known: Known): CatalogueRow[] {
  return models.map((entry) => catalogueRow(entry, known));
}

function catalogueRow(entry: CatalogueModel, known: Known): CatalogueRow {
  const { id, sha256, bytes } = entry;
  const isOf = (one: OpenModel) => one.id === id || one.model.info.sha256 === sha256;
  const open = known.models.open.find(isOf) ?? null;
  const file = known.kept.get(id) ?? null;
  const own = known.measured.get(id);
  const { memoryBytes, pace } = estimate(entry, { pace: measuredPace(id, known) });
  return {
    entry,
    state: stateOf(known.models, id, open, file, memoryBytes),
    open,
    bytesLeft: file?.complete ? 0 : Math.max(0, bytes - (file?.bytes ?? 0)),
    memoryBytes: open?.memoryBytes ?? memoryBytes,
    pace,
    isMeasured: own !== undefined,
    base: models.find((other) => other.id === entry.base) ?? null,
  };
}

function stateOf(
  { active, loading, budgetBytes }: Known['models'],
  id: string,
  open: OpenModel | null,
  file: CachedModel | null,
  memoryBytes: number,
): RowState {
  if (loading?.id === id) return 'loading';
  if (open) return open === active ? 'active' : 'open';
  if (!fits(memoryBytes, budgetBytes)) return 'too large';
  if (!file) return 'to download';
  return file.complete ? 'kept' : 'begun';
}

/** What was measured with the model itself, else with the one that ran last, else what the look at the device says. */
function measuredPace(id: string, { measured, rate }: Known) {
  const [model, pace] = measured.has(id)
    ? [id, measured.get(id)]
    : ([...measured].at(-1) ?? [defaultModel.id, undefined]);
  if (pace !== undefined) return { model, low: pace, high: pace };
  return rate && { model, ...rate };
}
