/** What the layers hold: states, the logit lens and embeddings of texts. */

import type { Calls, StatesAsk } from '../protocol.js';
import type { Lens, LensEntry, States } from '../types.js';
import { advance, type Loaded, promptOf, type Run, tokensOf } from './call.js';

/** Layers per slice of the lens, each with a distribution over the vocabulary. */
const LENS_SLICE = 16;

/** Runs the model for the states that are asked for, with a pause before each chunk. */
async function record(loaded: Loaded, asked: StatesAsk, run: Run): Promise<Omit<States, 'rows'>> {
  const { engine } = loaded;
  const { edits } = asked;
  const encoded = await promptOf(loaded, asked.prompt, run);
  const { ids } = encoded;
  const { layers: last, hiddenSize: size } = loaded.info;
  const layers = asked.layers ?? Array.from({ length: last + 1 }, (_, layer) => layer);
  const positions =
    asked.positions === 'all'
      ? [...ids.keys()]
      : asked.positions === 'last'
        ? [Math.max(0, ids.length - 1)]
        : asked.positions;
  engine.beginStates(
    ids,
    Uint32Array.from(layers),
    // Without tokens there is no position; the engine says so.
    Uint32Array.from(positions.length > 0 ? positions : [0]),
    edits?.places,
    edits?.rows,
  );
  const tokens = await tokensOf(engine, encoded, run);
  await advance(engine, Math.max(...positions) + 1, run);
  return { tokens, layers, positions, size };
}

/** The rows between the layers. */
export async function states(
  loaded: Loaded,
  ask: Calls['states']['ask'],
  run: Run,
): Promise<States> {
  const recorded = await record(loaded, ask, run);
  return { ...recorded, rows: loaded.engine.states() };
}

/** What the model would say after each layer, with a pause before each slice. */
export async function lens(loaded: Loaded, ask: Calls['lens']['ask'], run: Run): Promise<Lens> {
  const { tokens, layers, positions } = await record(loaded, ask, run);
  const ids = Uint32Array.from(ask.ids);
  const entries = layers.map((): LensEntry[] => []);
  for (const [index, position] of positions.entries()) {
    for (let from = 0; from < layers.length; from += LENS_SLICE) {
      await run.pause();
      const to = Math.min(from + LENS_SLICE, layers.length);
      for (const [i, reading] of loaded.engine.lens(index, from, to, ask.topK, ids).entries()) {
        const layer = layers[from + i] ?? 0;
        entries[from + i]?.push({ layer, position, ...reading });
      }
    }
  }
  return { tokens, layers, positions, entries };
}

/** The mean of the directions of rows, divided by its length: `m / ‖m‖` with `m = Σ h / ‖h‖`. */
function direction(rows: Float32Array, size: number): Float32Array {
  const sum = new Float32Array(size);
  for (let at = 0; at < rows.length; at += size) {
    for (const [i, x] of unit(rows.subarray(at, at + size)).entries()) sum[i] = (sum[i] ?? 0) + x;
  }
  return unit(sum);
}

/** A row divided by its length, or zeros. */
function unit(row: Float32Array): Float32Array {
  const length = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
  return row.map((x) => (length > 0 ? x / length : 0));
}

/** The unit vector of each text. The progress is that of all texts together. */
export async function embed(
  loaded: Loaded,
  { texts, layer, pooling }: Calls['embed']['ask'],
  run: Run,
): Promise<Float32Array[]> {
  const { engine } = loaded;
  const all: Uint32Array[] = [];
  for (const text of texts) all.push((await promptOf(loaded, text, run)).ids);
  const tokensTotal = all.reduce((sum, ids) => sum + ids.length, 0);
  const vectors: Float32Array[] = [];
  let tokensDone = 0;
  let cachedTokens = 0;
  for (const ids of all) {
    const positions = pooling === 'mean' ? ids.map((_, index) => index) : [ids.length - 1];
    // A text without tokens has no position; the engine says so.
    cachedTokens += engine.beginEmbedding(ids, layer, Uint32Array.from(positions));
    do await run.pause();
    while (engine.advance() > 0);
    vectors.push(direction(engine.states(), loaded.info.hiddenSize));
    tokensDone += ids.length;
    run.progress({ tokensDone, tokensTotal, cachedTokens });
  }
  return vectors;
}
