/** `shotglass models`: the models of the catalogue, which of them are cached, and what they take. */
import { ShotglassError } from '../../errors.js';
import { type CachedModel, listCached, removeCached } from '../../files/cached.js';
import { formatBytes, formatCount } from '../../format/numbers.js';
import { modelNamed, models } from '../../models/catalogue.js';
import type { CatalogueModel } from '../../models/entry.js';
import { type Estimate, estimate, type MeasuredPace, type Pace } from '../../models/estimate.js';
import { keptOf } from '../../models/kept.js';
import {
  type Command,
  type Invocation,
  isGiven,
  jsonOption,
  modelOptions,
  UsageError,
} from '../command.js';
import { bitsOption, loadModel } from '../with-model.js';

const name = 'models';

export const modelsCommand: Command = {
  name,
  about: 'Lists the models that can be downloaded, or removes a cached one.',
  usage: ['[--pace] [--json]', 'remove ID ... [--json]'],
  options: [
    {
      name: 'pace',
      value: null,
      about: 'Run the cached models, measure their pace and estimate that of the others.',
    },
    { ...jsonOption, about: 'Print JSON: all that is known about each model.' },
    ...modelOptions.filter((option) => option.name !== 'model'),
  ],
  notes: [
    'Other commands take an id as --model ID. They download the model once and cache it.',
    'A base model continues a text, which is what few-shot prompts are about. An instruct model was',
    'trained further, to answer. Memory is that of the weights; pace is in tokens of a prompt per second.',
  ],
  run,
};

function run(invocation: Invocation): Promise<number> {
  const [verb, ...ids] = invocation.positionals;
  if (verb === undefined) return list(invocation);
  if (verb === 'remove') return remove(invocation, ids);
  throw new UsageError(`Unexpected argument '${verb}'.`, name);
}

/** A model of the list. */
interface Listed {
  model: CatalogueModel;
  kept: CachedModel | null;
  takes: Estimate;
  /** Whether the pace was measured with this very model. */
  isMeasured: boolean;
}

async function list(invocation: Invocation): Promise<number> {
  const { terminal } = invocation;
  const cached = await listCached();
  const kept = new Map<string, CachedModel | null>();
  for (const model of models) kept.set(model.id, await keptOf(model, cached));
  const whole = models.filter(({ id }) => kept.get(id)?.complete);
  const paces = isGiven(invocation, 'pace') ? await measure(invocation, whole) : [];
  const rows = models.map((model): Listed => {
    const own = paces.find((pace) => pace.model === model.id);
    // The nearest size says the most.
    const pace = own ?? nearest(model, paces);
    const takes = estimate(model, { pace });
    return { model, kept: kept.get(model.id) ?? null, takes, isMeasured: own !== undefined };
  });
  if (isGiven(invocation, 'json')) terminal.print(JSON.stringify(rows.map(plain), null, 2));
  else show(invocation, rows);
  return 0;
}

/** The pace that was measured with the model of the nearest size; null if none was. */
function nearest(model: CatalogueModel, paces: readonly MeasuredPace[]): MeasuredPace | null {
  const distance = ({ model: id }: MeasuredPace) => {
    const other = models.find((one) => one.id === id);
    return Math.abs(Math.log((other?.layerParameters ?? 1) / model.layerParameters));
  };
  return [...paces].sort((one, other) => distance(one) - distance(other))[0] ?? null;
}

/** Tokens of the prompt that is timed: two chunks of the engine, and an answer within seconds from 1B too. */
const TOKENS = 128;

/** Runs a prompt twice with each model. The first run also makes the engine's code fast. */
async function measure(
  invocation: Invocation,
  cached: readonly CatalogueModel[],
): Promise<MeasuredPace[]> {
  const { terminal, signal } = invocation;
  if (cached.length === 0) terminal.say('No model is cached yet, so no pace was measured.');
  const paces: MeasuredPace[] = [];
  for (const { id, url } of cached) {
    const bits = bitsOption(invocation, name) ?? 16;
    const source = { source: { model: id }, from: url };
    const model = await loadModel(invocation, name, bits, source);
    try {
      terminal.progress(`Measuring ${id}`, null);
      let best = 0;
      for (const first of ['b', 'c']) {
        const prompt = first + ' a'.repeat(TOKENS - 1);
        const { tokens, durationMs } = await model.predict(prompt, { topK: 0, signal });
        best = Math.max(best, (tokens / durationMs) * 1000);
      }
      paces.push({ model: id, low: best, high: best });
    } finally {
      model.close();
      terminal.endProgress();
    }
  }
  return paces;
}

/** With everything that the catalogue has about the model. */
function plain({ model, kept, takes, isMeasured }: Listed) {
  return { ...model, ...takes, paceIsMeasured: isMeasured, cached: kept };
}

function show({ terminal }: Invocation, rows: readonly Listed[]): void {
  const hasPace = rows.some(({ takes }) => takes.pace !== null);
  terminal.table(
    [
      'id',
      'file',
      'memory',
      'parameters',
      'context',
      'kind',
      ...(hasPace ? ['pace'] : []),
      'cached',
    ],
    rows.map(({ model, kept, takes }) => [
      model.id,
      formatBytes(model.bytes),
      formatBytes(takes.memoryBytes),
      short(model.parameters),
      formatCount(model.contextLength),
      model.kind,
      ...(hasPace ? [paceText(takes.pace)] : []),
      keptText(kept),
    ]),
  );
  const those = (which: (model: CatalogueModel) => boolean) =>
    rows
      .map(({ model }) => model)
      .filter(which)
      .map(({ id }) => id)
      .join(', ');
  const unknown = those(({ sha256 }) => sha256 === null);
  const loose = those(({ isFixed }) => !isFixed);
  const notes = [
    ...(unknown ? [`Hash not known before the download, and computed then: ${unknown}.`] : []),
    ...(loose ? [`Address without a fixed revision: ${loose}.`] : []),
  ];
  if (notes.length > 0) terminal.print(`\n${notes.join('\n')}`);
}

/** 134,515,008 → "135M", 1,711,376,384 → "1.7B". */
function short(parameters: number): string {
  return parameters >= 999.5e6
    ? `${(parameters / 1e9).toFixed(1)}B`
    : `${formatCount(parameters / 1e6)}M`;
}

function paceText(pace: Pace | null): string {
  if (pace === null) return '';
  const [low, high] = [formatCount(pace.low), formatCount(pace.high)];
  return low === high ? `${low}/s` : `${low}–${high}/s`;
}

function keptText(kept: CachedModel | null): string {
  if (kept === null) return 'no';
  return kept.complete ? 'yes' : `${formatBytes(kept.bytes)} of it`;
}

async function remove(invocation: Invocation, ids: readonly string[]): Promise<number> {
  const { terminal } = invocation;
  if (ids.length === 0) throw new UsageError('Give the id of a model to remove.', name);
  const removed: CachedModel[] = [];
  // All names are checked before the first file goes.
  for (const model of ids.map(entryOf)) removed.push(...(await removeOne(model)));
  const bytes = removed.reduce((sum, file) => sum + file.bytes, 0);
  if (isGiven(invocation, 'json')) terminal.print(JSON.stringify(removed, null, 2));
  else terminal.print(`Removed ${ids.join(', ')} (${formatBytes(bytes)}).`);
  return 0;
}

/** The model with an id. Here an id that is not known is wrong usage. */
function entryOf(id: string): CatalogueModel {
  try {
    return modelNamed(id);
  } catch (error) {
    throw error instanceof ShotglassError ? new UsageError(error.message, name) : error;
  }
}

async function removeOne({ id, url, sha256 }: CatalogueModel): Promise<CachedModel[]> {
  const removed = await removeCached(sha256 === null ? { url } : { sha256 });
  if (removed.length > 0) return removed;
  throw new ShotglassError(
    'invalid-option',
    `${id} is not cached, or another process is downloading it.`,
  );
}
