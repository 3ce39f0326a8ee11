import { ShotglassError } from '../../errors.js';
import { indices, integer, invalid, only, text } from '../../util/validate.js';
import type { PatchColumn, PatchOptions, PatchPlace, PatchSize, PlannedPatch } from './types.js';

/** The distances between layers that are tried, from fine to coarse. */
const strides = [1, 2, 3, 5];

/** The overview has at most this many columns, each of them some columns of the grid. */
const overviewColumns = 8;
const leastJoined = 3;

/** The overview has at least this many layers, or all. */
const overviewLayers = 4;

/**
 * The grid of {@link patch} for two prompts, and the order in which it runs. Needs no model.
 *
 * If the whole grid costs more than the budget, it has every second, third or fifth layer. If that is still
 * too much, up to 2, 3, 4, 6, … neighboring tokens are patched together: those that are the same in both
 * prompts, or those that are not, and never the last token with others.
 *
 * @throws {@link ShotglassError} `empty-prompt` if a prompt has no token; `invalid-option` if both have the same
 * tokens, or if a layer or a column does not exist or has no counterpart.
 */
export function planPatch(size: PatchSize, options: PatchOptions): PlannedPatch {
  checkPatch(options);
  const { from, into } = size;
  const offset = from.length - into.length;
  const firstDifference = differenceOf(from, into);
  const first = Math.max(Math.min(firstDifference, into.length - 1), -offset);
  return { ...bestGrid(options, first, size), offset, firstDifference };
}

/**
 * What can be said of the options without a model.
 *
 * @throws {@link ShotglassError} `invalid-option`.
 */
export function checkPatch(options: PatchOptions): void {
  only(options, { answer: true, layers: true, columns: true, budget: true, signal: true });
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

/** What is patched at which layers. */
interface Grid {
  layers: number[];
  columns: PatchColumn[];
}

/** The finest grid within the budget, else the coarsest one, and the order in which it runs. */
function bestGrid(options: PatchOptions, first: number, size: PatchSize) {
  const { budget = 2000 } = options;
  const every = range(0, size.layers + 1);
  const layers: number[][] = options.layers
    ? [ascending(indices('layers', options.layers, size.layers))]
    : strides.map((stride) => every.filter((layer) => layer % stride === 0));
  const own = options.columns && checkedColumns(options.columns, size);
  const [narrow, ...wider] = own ? [own] : columnings(first, size);
  const coarse = layers.at(-1) as number[];
  const grids: Grid[] = [
    ...layers.map((some) => ({ layers: some, columns: narrow as PatchColumn[] })),
    ...wider.map((columns) => ({ layers: coarse, columns })),
  ];
  const all = grids.map((grid) => withOverview(grid, own !== undefined, size));
  const best = all.find(({ cost }) => cost <= budget) ?? all.at(-1);
  return inOrder(best as (typeof all)[number]);
}

/** A grid, its overview, and what they cost. */
function withOverview(grid: Grid, isGiven: boolean, size: PatchSize) {
  const wide = isGiven ? [] : overviewOf(grid.columns);
  const overview: Grid = { layers: coarseToFine(grid.layers).first, columns: wide };
  return { grid, overview, cost: costOf(grid, size) + costOf(overview, size) };
}

/** A run passes the tokens from its place on through the layers above it, and the output layer. */
function costOf({ layers, columns }: Grid, { layers: all, into }: PatchSize): number {
  const above = layers.reduce((sum, layer) => sum + 1 - layer / all, 0);
  const tokens = columns.reduce((sum, { position }) => sum + into.length - position, 0);
  return layers.length * columns.length + above * tokens;
}

function inOrder({ grid, overview, cost }: ReturnType<typeof withOverview>) {
  const { layers, columns } = grid;
  const placesAt = (layers: readonly number[], columns: readonly PatchColumn[]): PatchPlace[] =>
    layers.flatMap((layer) => columns.map((column) => ({ layer, ...column })));
  const wide = placesAt(overview.layers, overview.columns);
  // A column of the overview may be one of the grid: the last one, if nothing is left to join it with.
  const done = new Set(wide.map(keyOf));
  const fine = placesAt(coarseToFine(layers).ordered, columns);
  const places = [...wide, ...fine.filter((place) => !done.has(keyOf(place)))];
  return { layers, columns, places, cost };
}

export function keyOf({ layer, position, width }: PatchPlace): string {
  return `${layer} ${position} ${width}`;
}

/** The given columns, in ascending order. */
function checkedColumns(columns: readonly PatchColumn[], { from, into }: PatchSize): PatchColumn[] {
  const least = Math.max(0, into.length - from.length);
  const isColumn = ({ position, width }: PatchColumn) =>
    [position, width].every(Number.isSafeInteger) &&
    position >= least &&
    width >= 1 &&
    position + width <= into.length;
  if (
    !Array.isArray(columns) ||
    columns.length === 0 ||
    !columns.every((one) => isColumn(Object(one)))
  ) {
    throw invalid(
      'columns',
      `a non-empty array of columns of tokens from ${least} to ${into.length - 1}`,
    );
  }
  return columns
    .map(({ position, width }) => ({ position, width }))
    .sort((a, b) => a.position - b.position || a.width - b.width);
}

/** The tokens from `first` on in columns, from narrow to wide. */
function columnings(first: number, { from, into }: PatchSize): PatchColumn[][] {
  const all: PatchColumn[][] = [];
  const isSame = (position: number) =>
    from[position + from.length - into.length] === into[position];
  const last = into.length - 1;
  for (let width = 1; width < 2 * into.length; width = nextWidth(width)) {
    const columns: PatchColumn[] = [];
    for (let position = first; position <= last; position++) {
      const column = columns.at(-1);
      const isAlike = position < last && isSame(position) === isSame(position - 1);
      if (column && isAlike && column.width < width) column.width += 1;
      else columns.push({ position, width: 1 });
    }
    all.push(columns);
  }
  return all;
}

/** 1, 2, 3, 4, 6, 8, 12, 16, … */
function nextWidth(width: number): number {
  if (width === 1) return 2;
  return Number.isInteger(Math.log2(width)) ? 1.5 * width : Math.round((4 / 3) * width);
}

/** The columns of the overview: each joins some neighboring columns. Empty if there are few columns. */
function overviewOf(columns: readonly PatchColumn[]): PatchColumn[] {
  const each = Math.ceil(columns.length / overviewColumns);
  const wide: PatchColumn[] = [];
  if (each < leastJoined) return wide;
  for (const [index, { position, width }] of columns.entries()) {
    const column = wide.at(-1);
    if (column && index % each > 0) column.width = position + width - column.position;
    else wide.push({ position, width });
  }
  return wide;
}

/** The same layers: first some with wide gaps between them, then those in the middle of the gaps. */
function coarseToFine(layers: readonly number[]): { first: number[]; ordered: number[] } {
  let step = 1;
  while (Math.ceil(layers.length / (2 * step)) >= overviewLayers) step *= 2;
  const every = (step: number) => layers.filter((_, index) => index % step === 0);
  const first = every(step);
  const ordered = new Set(first);
  for (; step >= 1; step /= 2) for (const layer of every(step)) ordered.add(layer);
  return { first, ordered: [...ordered] };
}

function ascending(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
