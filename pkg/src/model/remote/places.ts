/** How probable the tokens of a sequence are, in the cheapest way that the server has. */
import { type Completions, type Next, type Place, rankIn, type Sent } from './completions.js';
import { unsupported } from './errors.js';
import type { Capabilities } from './types.js';

/** More log-probabilities than this are not asked for in one request: some 8 MB. */
const MOST_LISTED = 100_000;
const MOST_PROMPTS = 32;
/** Listed before all of a distribution is asked for, which takes megabytes. */
const FIRST_TOP = 100;

/** A sequence of tokens of which some are to be looked at. */
export interface Sequence {
  ids: Sent;
  /** Index of the first of these, at least 1. */
  from: number;
}

/** The tokens of each sequence from `from` on, each with the `top` most probable tokens in its place. */
export function placesOf(
  completions: Completions,
  capabilities: Capabilities,
  sequences: readonly Sequence[],
  top: number,
  signal: AbortSignal | undefined,
): Promise<Place[][]> {
  return capabilities.promptLogprobs
    ? byPrompt(completions, sequences, top, signal)
    : byNext(completions, capabilities, sequences, top, signal);
}

async function byPrompt(
  completions: Completions,
  sequences: readonly Sequence[],
  top: number,
  signal: AbortSignal | undefined,
): Promise<Place[][]> {
  const size = ({ ids }: Sequence) => ids.length * (top + 1);
  const answers = await Promise.all(
    batches(sequences, size).map((batch) =>
      completions.along(
        batch.map(({ ids }) => ids),
        top,
        signal,
      ),
    ),
  );
  return answers.flat().map((places, i) => places.slice((sequences[i]?.from ?? 1) - 1));
}

/** Asks for the token after each beginning, for each beginning once. */
async function byNext(
  completions: Completions,
  capabilities: Capabilities,
  sequences: readonly Sequence[],
  top: number,
  signal: AbortSignal | undefined,
): Promise<Place[][]> {
  const wanted = new Map<string, { prompt: Sent; ids: Set<number> }>();
  const beginnings = ({ ids, from }: Sequence) =>
    ids.slice(from).map((id, i) => ({ id, prompt: ids.slice(0, from + i) }));
  for (const { id, prompt } of sequences.flatMap(beginnings)) {
    const key = prompt.join();
    const known = wanted.get(key) ?? { prompt, ids: new Set() };
    wanted.set(key, known);
    known.ids.add(id);
  }
  const listed = Math.max(Math.min(Math.max(top, FIRST_TOP), capabilities.top), 1);
  const answers = new Map<string, Next>();
  await Promise.all(
    batches([...wanted], () => listed, completions.dialect.namesIds ? 1 : MOST_PROMPTS).map(
      async (batch) => {
        const named = batch.flatMap(([, { ids }]) => [...ids]);
        const prompts = batch.map(([, { prompt }]) => prompt);
        const found = await completions.next(prompts, { top: listed, named }, signal);
        await Promise.all(
          batch.map(async ([key, { prompt, ids }], i) => {
            const next = found[i] as Next;
            answers.set(key, await withAll(completions, next, prompt, ids, signal));
          }),
        );
      },
    ),
  );
  return sequences.map((sequence) =>
    beginnings(sequence).map(({ id, prompt }) => {
      const next = answers.get(prompt.join()) as Next;
      const logprob = next.named.get(id) as number;
      const rank = rankIn(next.top, id, next.top.length);
      return { id, logprob, rank, top: next.top.slice(0, top) };
    }),
  );
}

/** A distribution that has these tokens: the one that there is, or all of it. */
async function withAll(
  completions: Completions,
  next: Next,
  prompt: Sent,
  ids: ReadonlySet<number>,
  signal: AbortSignal | undefined,
): Promise<Next> {
  const lacks = (next: Next) => [...ids].some((id) => !next.named.has(id));
  if (!lacks(next)) return next;
  const [all] =
    completions.dialect.all === null ? [] : await completions.next([prompt], { top: null }, signal);
  if (all && !lacks(all)) return all;
  throw unsupported(
    'namedTokens',
    `A token that is not among the ${next.top.length} most probable ones`,
  );
}

/** Neighbours that go into one request. */
export function batches<Item>(
  items: readonly Item[],
  size: (item: Item) => number,
  most = MOST_PROMPTS,
): Item[][] {
  const all: Item[][] = [];
  let room = 0;
  for (const item of items) {
    const last = all.at(-1);
    room -= size(item);
    if (last && last.length < most && room >= 0) {
      last.push(item);
    } else {
      all.push([item]);
      room = MOST_LISTED - size(item);
    }
  }
  return all;
}
