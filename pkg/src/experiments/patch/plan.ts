import { ShotglassError } from '../../errors.js';
import { indices, integer, invalid, only, text } from '../../util/validate.js';
import type { PatchColumn, PatchOptions, PatchPlace, PatchSize, PlannedPatch } from './types.js';

/** The distances between layers that are tried, from fine to coarse. */
const strides = [1, 2, 3, 5];

/** The overview has at most this many columns. */
const overviewColumns = 8;

/** The overview has at least this many layers, or all. */
const overviewLayers = 4;

/**
 * The grid of {@link patch} for two prompts, and the order in which it runs. Needs no model.
 *
 * If the whole grid costs more than the budget, it has every second, third or fifth layer; if that is still
 * too much, 2, 4, 8, … neighboring tokens are patched together.
 *
 * @throws {@link ShotglassError} `invalid-option` if the prompts have the same tokens, or one of them has
 * none, if a layer or a position does not exist, or if a position has no counterpart.
 */
export function planPatch(size: PatchSize, options: PatchOptions): PlannedPatch {
  checkPatch(options);
  const { from, into } = size;
  const offset = from.length - into.length;
  const firstDifference = differenceOf(from, into);
  const begin = Math.max(Math.min(firstDifference, into.length - 1), -offset);
  const positions = positionsOf(options.positions, begin, size);
  const places = placesIn(options, positions, size);
  return { ...places, offset, firstDifference };
}

/**
 * What can be said of the options without a model.
 *
 * @throws {@link ShotglassError} `invalid-option`.
 */
export function checkPatch(options: PatchOptions): void {
  only(options, { answer: true, layers: true, positions: true, budget: true, signal: true });
  if (text('answer', options.answer) === '') throw invalid('answer', 'a text that is not empty');
  integer('budget', options.budget ?? 1, 1);
}

/** Index of the first token that differs. */
function differenceOf(from: readonly number[], into: readonly number[]): number {
  if (from.length === 0 || into.length === 0) {
    throw new ShotglassError('empty-prompt', 'A prompt without a token cannot be patched.');
  }
  let index = 0;
  while (index < into.length && from[index] === into[index]) index += 1;
  if (index === into.length && from.length === into.length) {
    throw invalid('into', 'a prompt whose tokens are not those of from');
  }
  return index;
}

/** The positions to patch, in ascending order. */
function positionsOf(
  given: readonly number[] | undefined,
  begin: number,
  { from, into }: PatchSize,
): number[] {
  if (given === undefined) return range(begin, into.length);
  const positions = ascending(indices('positions', given, into.length - 1));
  const least = Math.max(0, into.length - from.length);
  if ((positions[0] as number) < least) {
    throw invalid('positions', `integers from ${least}, the first that the other prompt has too`);
  }
  return positions;
}

/** The finest grid within the budget, else the coarsest one. */
function placesIn(options: PatchOptions, positions: readonly number[], size: PatchSize) {
  const { budget = 2500 } = options;
  const last = size.layers;
  const fine: number[][] = options.layers
    ? [ascending(indices('layers', options.layers, last))]
    : strides.map((stride) => range(0, last + 1).filter((layer) => layer % stride === 0));
  const coarse = fine.at(-1) as number[];
  const tried = fine.map((layers) => ({ layers, width: 1 }));
  for (let width = 2; width < 2 * positions.length; width *= 2) {
    tried.push({ layers: coarse, width });
  }
  const grids = tried.map(({ layers, width }) => grid(layers, grouped(positions, width), size));
  return grids.find(({ cost }) => cost <= budget) ?? (grids.at(-1) as (typeof grids)[number]);
}

function grid(layers: number[], columns: PatchColumn[], { layers: all, into }: PatchSize) {
  const rows = coarseToFine(layers);
  const wide = wider(columns);
  const first = wide.length < columns.length ? rows.filter((row) => row.isFirst) : [];
  const places = new Map<string, PatchPlace>();
  for (const [among, these] of [
    [first, wide],
    [rows, columns],
  ] as const) {
    for (const { layer } of among) {
      for (const column of these) {
        const place = { layer, ...column };
        places.set(`${layer} ${column.position} ${column.width}`, place);
      }
    }
  }
  // A run passes the tokens from its place on through the layers above it, and the output layer.
  const costs = [...places.values()].map(({ layer, position }) => {
    return 1 + (1 - layer / all) * (into.length - position);
  });
  const cost = costs.reduce((sum, each) => sum + each, 0);
  return { layers, columns, places: [...places.values()], cost };
}

/** Neighboring positions, up to `width` of them in a column. */
function grouped(positions: readonly number[], width: number): PatchColumn[] {
  const columns: PatchColumn[] = [];
  for (const position of positions) {
    const column = columns.at(-1);
    const follows = column && position === column.position + column.width;
    if (follows && column.width < width) column.width += 1;
    else columns.push({ position, width: 1 });
  }
  return columns;
}

/** The columns of the overview: some neighboring columns of the grid are one of them. */
function wider(columns: readonly PatchColumn[]): PatchColumn[] {
  const each = Math.ceil(columns.length / overviewColumns);
  const joined: PatchColumn[] = [];
  let parts = 0;
  for (const { position, width } of columns) {
    const column = joined.at(-1);
    const follows = column && position === column.position + column.width;
    if (follows && parts < each) {
      column.width += width;
      parts += 1;
    } else {
      joined.push({ position, width });
      parts = 1;
    }
  }
  return joined;
}

/** The same layers: first some with wide gaps between them, then those in the middle of the gaps. */
function coarseToFine(layers: readonly number[]): { layer: number; isFirst: boolean }[] {
  let step = 1;
  while (Math.ceil(layers.length / (2 * step)) >= overviewLayers) step *= 2;
  const ordered = new Map<number, { layer: number; isFirst: boolean }>();
  const widest = step;
  for (; step >= 1; step /= 2) {
    for (let index = 0; index < layers.length; index += step) {
      const layer = layers[index] as number;
      if (!ordered.has(layer)) ordered.set(layer, { layer, isFirst: step === widest });
    }
  }
  return [...ordered.values()];
}

function ascending(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
